import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { honestParts } from '../../parts.js'
import { openRecord, sealRecord } from '../../session/record.js'
import type { SessionLife } from '../../session/session-lives.js'
import { SessionSlab } from '../../session/session-slab.js'
import { SessionTable } from '../../session/session-table.js'
import { systemEntropy } from '../clock.js'
import { LiveSession } from '../live-session.js'

// The table, its slab and its handles against sessions that are objects in a map, each with keys of its own. Handles are
// kept for ever, so that most of them are stale.

const MAX_RECORDS = 6
const CAPS = { inAll: 6, provisional: 3, perDid: 3 }
const nothing = new Uint8Array()
const nonce = new Uint8Array(12)

/** A session as session.md words it. */
class Model {
  readonly seen = new Set<bigint>()
  confirmed = false
  ended = false
  sealed = 0n
  unanswered = 0
  usedAt: number

  constructor(
    readonly number: number,
    readonly initDid: string,
    readonly createdAt: number,
  ) {
    this.usedAt = createdAt
  }

  get kid(): string {
    return `kid-${this.number}`
  }

  get c2sEnc(): Uint8Array {
    return new Uint8Array(32).fill(1 + (this.number % 254))
  }

  get s2cEnc(): Uint8Array {
    return new Uint8Array(32).fill(254 - (this.number % 254))
  }

  get highest(): bigint {
    return [...this.seen].reduce((highest, seq) => (seq > highest ? seq : highest), -1n)
  }

  get mayAnswer(): boolean {
    return !this.ended || this.unanswered > 0
  }
}

const isOver = (now: number, { createdAt, usedAt, confirmed }: SessionLife): boolean =>
  now - createdAt >= 100 || now - usedAt >= 50 || (!confirmed && now - createdAt >= 20)

const attempt = <Value>(what: () => Value): Value | undefined => {
  try {
    return what()
  } catch {
    return undefined
  }
}

class World {
  private now = 0
  private readonly slab = new SessionSlab({ maxRecords: BigInt(MAX_RECORDS), chunkBits: 2 })
  private readonly chunks = new Set<Uint8Array>()
  private readonly all: { readonly model: Model; readonly handle: LiveSession }[] = []
  private readonly table: SessionTable<LiveSession>

  constructor() {
    const monotonic = (): number => this.now
    const { slab } = this
    const end = { role: 'responder' as const, slab, monotonic, entropy: systemEntropy, parts: honestParts }
    this.table = new SessionTable({
      caps: CAPS,
      slab,
      handle: (row, kid, initDid) => new LiveSession(end, row, kid, initDid),
      isOver: life => isOver(this.now, life),
      monotonic,
      seed: 1,
    })
  }

  add(did: string): void {
    const alive = this.alive()
    const [ofDid, provisional] = [alive.filter(({ initDid }) => initDid === did), alive.filter(m => !m.confirmed)]
    const hasRoom = alive.length < CAPS.inAll && provisional.length < CAPS.provisional
    assert.equal(this.table.hasRoom(), hasRoom, 'room for anybody')
    assert.equal(this.table.hasRoomFor(did), ofDid.length < CAPS.perDid, 'room for this DID')
    if (!hasRoom || ofDid.length >= CAPS.perDid) return
    const model = new Model(this.all.length, did, this.now)
    const handle = this.table.add({ kid: model.kid, initDid: did, contextId: `c-${model.number}` }, (into, offset) => {
      this.chunks.add(into)
      into.set(model.c2sEnc, offset)
      into.set(model.s2cEnc, offset + 32)
    })
    this.all.push({ model, handle })
  }

  /** Does something with a session by a handle that is as old as the session, or by a new one. */
  use(what: string, pick: number, seq: bigint): void {
    const chosen = this.all[this.all.length - 1 - (pick % this.all.length)]
    if (chosen === undefined) return
    const { model } = chosen
    const found = this.find(model)
    const handle = pick % 2 === 0 ? (found ?? chosen.handle) : chosen.handle
    if (what === 'receive') this.receive(handle, model, seq)
    else if (what === 'answer') this.answer(handle, model)
    else if (what === 'end') {
      handle.end()
      model.ended = true
    } else if (what === 'begin' && model.mayAnswer) {
      handle.begin()
      model.unanswered++
    } else if (what === 'finish' && model.unanswered > 0) {
      handle.finish()
      model.unanswered--
    }
  }

  pass(ms: number): void {
    this.now += ms
  }

  count(): void {
    for (const { model } of this.all) this.endIfOver(model)
    const alive = this.alive()
    const provisional = alive.filter(({ confirmed }) => !confirmed).length
    assert.deepEqual(this.table.count(), { live: alive.length - provisional, provisional })
  }

  /** Every handle there ever was says what the model says, and nothing is left of what is gone. */
  checkAll(): void {
    this.count()
    for (const { model, handle } of this.all) {
      assert.equal(handle.ended, model.ended, model.kid)
      if (!model.mayAnswer) continue
      assert.equal(handle.highest, model.highest)
      assert.ok(handle.isInContext(`c-${model.number}`))
    }
    for (const { model, handle } of this.all) {
      handle.end()
      for (; model.unanswered > 0; model.unanswered--) handle.finish()
    }
    assert.ok([...this.chunks].every(chunk => chunk.every(byte => byte === 0)))
    assert.equal(this.table.size, 0)
  }

  private find(model: Model): LiveSession | undefined {
    this.endIfOver(model)
    const found = this.table.find(model.kid)
    assert.equal(found === undefined, model.ended, 'a session is known until it ends')
    return found
  }

  /** A record of this session, and one of another: what is accepted is what the model accepts. */
  private receive(handle: LiveSession, model: Model, seq: bigint): void {
    const seal = (key: Uint8Array) => sealRecord({ key, seq, nonce, callerAad: nothing, plaintext: nothing })
    for (const { model: other } of this.all.slice(-8))
      if (other !== model)
        assert.equal(
          attempt(() => handle.receive(nothing, seal(other.c2sEnc))),
          undefined,
        )
    const isExpected = !model.ended && seq < MAX_RECORDS && !model.seen.has(seq)
    const opened = attempt(() => handle.receive(nothing, seal(model.c2sEnc)))
    assert.equal(opened !== undefined, isExpected)
    if (!isExpected) return
    model.seen.add(seq)
    handle.touch()
    handle.confirm()
    model.usedAt = this.now
    model.confirmed = true
  }

  private answer(handle: LiveSession, model: Model): void {
    const record = attempt(() => handle.seal(nothing, nothing))
    const isExpected = model.mayAnswer && model.sealed < MAX_RECORDS
    assert.equal(record !== undefined, isExpected)
    if (record === undefined) {
      model.ended = true
      return
    }
    const { seq } = openRecord({ key: model.s2cEnc, callerAad: nothing, record })
    assert.equal(seq, model.sealed)
    model.sealed++
    model.usedAt = this.now
  }

  private endIfOver(model: Model): void {
    if (isOver(this.now, model)) model.ended = true
  }

  private alive(): Model[] {
    return this.all.map(({ model }) => model).filter(model => !model.ended && !isOver(this.now, model))
  }
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.nat(3).map(did => (world: World) => world.add(`did:x:${did}`)) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom('receive', 'answer', 'end', 'begin', 'finish'), fc.nat(9), fc.bigInt(0n, 7n))
      .map(
        ([what, pick, seq]) =>
          (world: World) =>
            world.use(what, pick, seq),
      ),
  },
  { weight: 2, arbitrary: fc.constantFrom(1, 19, 20, 49, 50, 100).map(ms => (world: World) => world.pass(ms)) },
  { weight: 1, arbitrary: fc.constant((world: World) => world.count()) },
)

t.test('whatever happens to sessions, in whatever order, each has its own keys, numbers and end', async t => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), steps => {
      const world = new World()
      for (const take of steps) take(world)
      world.checkAll()
    }),
    { numRuns: 150 },
  )
  t.pass()
})
