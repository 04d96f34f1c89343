import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { MemoryState } from '../../agent/test/memory-state.js'
import type { SharedRules, SharedState } from '../../agent/shared-state.js'
import { ReceiveWindows, windowOf } from '../../session/receive-window.js'
import { redisState, type RedisClient, type RedisOptions } from '../redis-state.js'
import { connectRedis, noServer, startRedis } from './redis-server.js'

if (noServer !== undefined) t.plan(0, noServer)
else {
  const server = await startRedis()
  const clients = await Promise.all([connectRedis(server.url), connectRedis(server.url)])
  const [client, other] = clients as [RedisClient, RedisClient]
  t.teardown(async () => {
    for (const each of clients) each.close()
    await server.stop()
  })

  const rules = (change: Partial<SharedRules> = {}): SharedRules => ({
    did: `did:x:${randomUUID()}`,
    caps: { inAll: 4, provisional: 3, perDid: 2 },
    nonces: 5,
    nonceMs: 600_000,
    ageMs: 10_000,
    idleMs: 4_000,
    provisionalMs: 1_000,
    maxRecords: 16,
    quarantineMs: 240_000,
    ...change,
  })

  /** A clock that goes on, or back, when it is told to. */
  const stopped = () => {
    const clock = { at: 1_700_000_000_000, time: () => clock.at }
    return clock
  }

  const open = (given: SharedRules, options: Partial<RedisOptions> = {}): SharedState =>
    redisState({ client, startsEmpty: true, ...options })(given)

  const entry = (kid: string, initiator = 'ada') => ({ kid, initiator, sealed: `sealed ${kid}` })

  const borders = [
    -1025, -1024, -1023, -1022, -1016, -9, -8, -2, -1, 0, 1, 2, 7, 8, 9, 17, 1007, 1015, 1016, 1022, 1023, 1024, 1025,
    1026,
  ]
  const ends = [0, 1023, 1024, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1025, 2 ** 32 - 2, 2 ** 32 - 1]
  /** A number, by how far it is from the highest so far or from 0; what is marked is so for some numbers from there on. */
  const step = fc.record({
    isNear: fc.constantFrom(true, true, true, true, false),
    by: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...borders) },
      { weight: 2, arbitrary: fc.integer({ min: -1100, max: 1100 }) },
      { weight: 1, arbitrary: fc.constantFrom(...ends) },
    ),
    run: fc.constantFrom(1, 1, 1, 3, 20),
  })

  t.test('a window on the server decides as one in memory does, whatever numbers come', async t => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 30 }),
        fc.constantFrom(16, 5_000, 2 ** 32),
        async (steps, maxRecords) => {
          const window = windowOf(new ReceiveWindows(BigInt(maxRecords)))
          const state = open(rules({ maxRecords, ageMs: 1e9, idleMs: 1e9, provisionalMs: 1e9 }))
          await state.add(entry('kid'))
          let highest = -1n
          const looksAlike = async (seq: bigint): Promise<void> => {
            // What is over the limit is refused before anybody is asked.
            if (seq < 0n || seq >= maxRecords) return
            const look = await state.look('kid', seq)
            if (look?.highest !== highest) throw new Error(`H is ${highest}, not ${look?.highest}`)
            if (look.isOpen !== window.check(seq)) throw new Error(`looked at ${seq}`)
          }
          for (const { isNear, by, run } of steps) {
            const first = isNear ? highest + BigInt(by) : BigInt(by)
            for (let seq = first; seq < first + BigInt(run); seq++) {
              if (seq < 0n || seq >= 2n ** 32n) continue
              await looksAlike(seq)
              const isMarked = window.accept(seq)
              if ((await state.mark('kid', seq)) !== (isMarked ? 'marked' : 'refused')) throw new Error(`marked ${seq}`)
              if (isMarked && seq > highest) highest = seq
            }
          }
          await Promise.all(Array.from({ length: 1030 }, (_, place) => looksAlike(highest + 3n - BigInt(place))))
        },
      ),
      { numRuns: 60 },
    )
    t.pass()
  })

  const [kid, did, nonce] = [fc.nat(3).map(String), fc.constantFrom('ada', 'bob'), fc.nat(5).map(String)]
  const command = fc.oneof(
    fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 999, 1_000, 3_999, 4_000, 9_999, 599_999, 600_000, 600_001),
    }),
    fc.record({ do: fc.constant('claim' as const), nonce, did }),
    fc.record({ do: fc.constant('add' as const), kid, did }),
    fc.record({ do: fc.constant('look' as const), kid, seq: fc.nat(15) }),
    fc.record({ do: fc.constant('mark' as const), kid, seq: fc.nat(17) }),
    fc.record({ do: fc.constant('draw' as const), kid, times: fc.constantFrom(1, 2, 17) }),
    fc.record({ do: fc.constant('end' as const), kid }),
    fc.record({ do: fc.constant('beat' as const) }),
  )

  t.test('the server and a responder that is alone come to the same, whatever happens to sessions', async t => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 80 }), async commands => {
        const clock = stopped()
        const given = rules()
        const here = new MemoryState(given, clock.time)
        const there = open(given, { time: clock.time })
        const apply = async (state: SharedState, each: (typeof commands)[number]): Promise<unknown> => {
          if (each.do === 'claim') return state.claim(`${each.did} ${each.nonce}`, each.did)
          if (each.do === 'add') return state.add(entry(each.kid, each.did))
          if (each.do === 'look') return state.look(each.kid, BigInt(each.seq))
          if (each.do === 'mark') return state.mark(each.kid, BigInt(each.seq))
          if (each.do === 'end') return state.end(each.kid)
          if (each.do === 'beat') return state.beat(['0', '1', '2', '3'])
          const drawn: unknown[] = []
          if (each.do === 'draw') for (let left = each.times; left > 0; left--) drawn.push(await state.draw(each.kid))
          return drawn
        }
        for (const each of commands) {
          if (each.do === 'pass') clock.at += each.ms
          const [wanted, found] = [await apply(here, each), await apply(there, each)]
          const texts = [wanted, found].map(value =>
            JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}` : item)),
          )
          if (texts[0] !== texts[1]) throw new Error(`${JSON.stringify(each)}: ${texts[0]} here, ${texts[1]} there`)
        }
      }),
      { numRuns: 150 },
    )
    t.pass()
  })

  t.test('what lasts so long lasts no longer and no less, with both', async t => {
    for (const kind of ['memory', 'server']) {
      const clock = stopped()
      const given = rules()
      const state = kind === 'memory' ? new MemoryState(given, clock.time) : open(given, { time: clock.time })
      const isAlive = async (kid: string) => (await state.look(kid, 9n)) !== undefined
      const pass = (ms: number): void => void (clock.at += ms)
      t.equal(await state.claim('nonce', 'ada'), 'fresh')
      for (const kid of ['unconfirmed', 'confirmed']) await state.add(entry(kid))
      pass(999)
      t.ok(await isAlive('unconfirmed'))
      t.equal(await state.mark('confirmed', 0n), 'marked')
      pass(1)
      t.notOk(await isAlive('unconfirmed'), 'a second without a record')
      pass(3_998)
      t.equal(await state.draw('confirmed'), 0n)
      pass(3_999)
      t.ok(await isAlive('confirmed'), 'an answer starts the idle time anew')
      t.equal(await state.mark('confirmed', 1n), 'marked')
      pass(1_002)
      t.ok(await isAlive('confirmed'))
      pass(1)
      t.notOk(await isAlive('confirmed'), 'ten seconds old')
      await state.add(entry('idle'))
      await state.mark('idle', 0n)
      pass(3_999)
      t.ok(await isAlive('idle'))
      pass(1)
      t.notOk(await isAlive('idle'), 'four seconds without any use')
      pass(600_000 - 14_000)
      t.equal(await state.claim('nonce', 'ada'), 'seen', 'those 600 seconds included')
      pass(1)
      t.equal(await state.claim('nonce', 'ada'), 'fresh')
    }
  })

  t.test('of many claims of one nonce at the same moment, over two connections, one is fresh', async t => {
    const given = rules({ nonces: 100 })
    const states = [open(given), open(given, { client: other })]
    for (let round = 0; round < 20; round++) {
      const claims = await Promise.all(
        Array.from({ length: 16 }, (_, n) => states[n % 2]!.claim(`nonce ${round}`, 'ada')),
      )
      t.same(claims.sort(), ['fresh', ...Array.from({ length: 15 }, () => 'seen')])
    }
  })

  t.test('of many copies of a record one is marked, and no number is drawn twice', async t => {
    const given = rules({ maxRecords: 1000, ageMs: 1e9, idleMs: 1e9, provisionalMs: 1e9 })
    const states = [open(given), open(given, { client: other })]
    await states[0]!.add(entry('kid'))
    const marks = await Promise.all(Array.from({ length: 64 }, (_, n) => states[n % 2]!.mark('kid', 7n)))
    t.equal(marks.filter(mark => mark === 'marked').length, 1)
    const drawn = await Promise.all(Array.from({ length: 64 }, (_, n) => states[n % 2]!.draw('kid')))
    t.equal(new Set(drawn).size, 64)
    t.equal(
      drawn.reduce<bigint>((sum, seq) => sum + seq!, 0n),
      2016n,
      'from 0 in steps of one',
    )
  })

  t.test('more sessions than there may be are not taken in, however many come at once', async t => {
    const given = rules({ caps: { inAll: 5, provisional: 5, perDid: 5 } })
    const states = [open(given), open(given, { client: other })]
    const added = await Promise.all(Array.from({ length: 40 }, (_, n) => states[n % 2]!.add(entry(`kid ${n}`))))
    t.equal(added.filter(each => each === 'added').length, 5)
  })

  t.test('what another run of the server knew is not relied on', async t => {
    let run = 'a'
    const clock = stopped()
    const state = open(rules(), { time: clock.time, run: () => run })
    t.match(await state.beat([]), { isSettled: true }, 'a server that is said to be new')
    t.equal(await state.claim('nonce', 'ada'), 'fresh')
    await state.add(entry('kid'))
    t.equal(await state.mark('kid', 0n), 'marked')
    for (const next of ['b', 'a']) {
      run = next
      t.equal(await state.look('kid', 1n), undefined, 'a session of before, even where that run comes back')
      t.equal(await state.mark('kid', 1n), 'gone')
      t.equal(await state.draw('kid'), undefined)
      t.match(await state.beat(['kid']), { isSettled: false, live: 0, gone: ['kid'] })
      clock.at += 239_999
      t.equal(await state.claim('another', 'ada'), 'full', 'a nonce of before may have been lost')
      clock.at += 1
      t.match(await state.beat([]), { isSettled: true })
    }
    t.equal(await state.claim('another', 'ada'), 'fresh')
    t.equal(await state.claim('nonce', 'ada'), 'seen', 'and one that was not lost is known still')
  })

  t.test('a server of which nothing is known may have lost everything', async t => {
    const clock = stopped()
    const state = open(rules(), { time: clock.time, startsEmpty: false })
    t.match(await state.beat([]), { isSettled: false })
    t.equal(await state.claim('nonce', 'ada'), 'full')
    clock.at += 240_000
    t.equal(await state.claim('nonce', 'ada'), 'fresh')
  })

  t.test('that a server starts empty is said once: what is lost after that is lost', async t => {
    const given = rules()
    const state = open(given)
    t.match(await state.beat([]), { isSettled: true })
    await client.command(['FLUSHALL'])
    t.match(await state.beat([]), { isSettled: false })
  })

  t.test('sessions grow older while the clock of the server is set back', async t => {
    const clock = stopped()
    const state = open(rules(), { time: clock.time })
    await state.add(entry('kid'))
    await state.mark('kid', 0n)
    clock.at += 3_999
    await state.mark('kid', 1n)
    clock.at -= 3_600_000
    t.equal(await state.mark('kid', 2n), 'marked')
    clock.at += 3_999
    t.equal(await state.mark('kid', 3n), 'marked')
    clock.at += 2_002
    t.equal(await state.mark('kid', 4n), 'gone', 'ten seconds old')
  })

  t.test('without a clock of the test the time is that of the server', async t => {
    const state = open(rules({ provisionalMs: 1 }))
    await state.add(entry('kid'))
    while ((await state.look('kid', 0n)) !== undefined);
    t.match(await state.beat(['kid']), { gone: ['kid'] })
  })

  t.test('every key has the hash tag of its responder, and all that is kept of sessions ends by itself', async t => {
    const given = rules()
    const before = new Set((await client.command(['KEYS', '*'])) as string[])
    const state = open(given, { prefix: 'own' })
    await state.claim('nonce', 'ada')
    await state.add(entry('one'))
    await state.add(entry('two'))
    await state.end('two')
    const keys = ((await client.command(['KEYS', '*'])) as string[]).filter(key => !before.has(key))
    t.ok(keys.length >= 8)
    const [base = ''] = keys.sort((a, b) => a.length - b.length)
    t.match(base, /^own:\{[\w-]{22}\}$/)
    for (const key of keys.slice(1)) {
      t.ok(key.startsWith(`${base}:`), key)
      t.ok(((await client.command(['PTTL', key])) as number) > 0, `${key} ends`)
    }
    const ended = keys.find(key => key.endsWith(':s:two'))!
    t.equal(await client.command(['HGET', ended, 'sealed']), null, 'what has ended has no keys')
  })

  t.test('a script that the server has forgotten is sent again', async t => {
    const state = open(rules())
    await client.command(['SCRIPT', 'FLUSH'])
    t.match(await state.beat([]), { live: 0 })
  })

  t.test('a reply that no script gives is no answer', async t => {
    for (const reply of [undefined, 'OK', 7, [1, 2], ['x'], {}]) {
      const state = open(rules(), { client: { command: async () => reply } })
      const steps: readonly (() => Promise<unknown>)[] = [
        () => state.beat(['kid']),
        () => state.claim('nonce', 'ada'),
        () => state.add(entry('kid')),
        () => state.mark('kid', 0n),
        () => state.end('kid'),
        () => state.look('kid', 0n),
      ]
      for (const step of steps) await t.rejects(step(), { code: 'unavailable' }, JSON.stringify(reply))
    }
    const refusing = open(rules(), { client: { command: () => Promise.reject(new Error('LOADING')) } })
    await t.rejects(refusing.mark('kid', 0n), { message: 'LOADING' })
  })
}
