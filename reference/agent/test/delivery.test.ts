import fc from 'fast-check'
import t from 'tap'
import { isSageError } from '../../bytes/sage-error.js'
import { connect } from '../connect.js'
import { createConnections } from '../connections.js'
import { createIdentity } from '../identity.js'
import { serve } from '../serve.js'
import type { Session } from '../session.js'
import { Line, type LineMode } from './line.js'
import { FakeClock } from './stage.js'

// Whatever the lines do: nothing is delivered twice that may not be, and nothing is lost without a word.

const identity = createIdentity()
const own = createIdentity()

const modes = ['carries', 'hangs-up', 'loses-answers'] as const satisfies readonly LineMode[]

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ sends: fc.integer({ min: 1, max: 4 }), isIdempotent: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ line: fc.nat(1), mode: fc.constantFrom(...modes) }) },
  { weight: 1, arbitrary: fc.record({ line: fc.nat(1), does: fc.constantFrom('close', 'open', 'cut') }) },
  { weight: 2, arbitrary: fc.record({ turns: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ seconds: fc.integer({ min: 1, max: 40 }) }) },
)

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** What says that a request was not sent. */
const notSent: ReadonlySet<string> = new Set(['unreachable', 'session_closed'])

interface Sent {
  readonly text: string
  readonly isIdempotent: boolean
  readonly outcome: Promise<string>
}

const outcomeOf = (sending: Promise<Uint8Array>): Promise<string> =>
  sending.then(
    answer => Buffer.from(answer).toString(),
    (error: unknown) => {
      if (!isSageError(error)) throw error
      return error.code
    },
  )

const play = async (steps: readonly Step[], lines: readonly Line[], clock: FakeClock, session: Session) => {
  const sent: Sent[] = []
  const isOpen = new Map(lines.map(line => [line, true]))
  for (const each of steps) {
    if ('sends' in each) {
      const { isIdempotent } = each
      for (let i = 0; i < each.sends; i++) {
        const text = `request ${sent.length}`
        const sending = session.send('test/note@v1', Buffer.from(text), { idempotent: isIdempotent })
        sent.push({ text, isIdempotent, outcome: outcomeOf(sending) })
      }
    } else if ('mode' in each) lines[each.line]!.mode = each.mode
    else if ('does' in each) {
      const line = lines[each.line]!
      if (each.does === 'cut') line.cut()
      else if (isOpen.get(line) !== (each.does === 'open')) {
        await line[each.does === 'open' ? 'open' : 'close']()
        isOpen.set(line, each.does === 'open')
      }
    } else if ('turns' in each) for (let i = 0; i < each.turns; i++) await new Promise(resolve => setImmediate(resolve))
    else clock.advance(each.seconds)
  }
  return sent
}

t.test('every request ends in its answer, in an error that says it was not sent, or in the unknown', async t => {
  const seen = new Set<string>()
  const delivered = new Map<string, number>()
  const tasks = {
    'test/note@v1': async (plaintext: Uint8Array) => {
      const text = Buffer.from(plaintext).toString()
      delivered.set(text, (delivered.get(text) ?? 0) + 1)
      await new Promise(resolve => setImmediate(resolve))
      return plaintext
    },
  }
  await using agent = await serve({ identity, tasks, capabilities: { ws: true }, drainMs: 0 })
  const to = Number(new URL(agent.url).port)
  const run = async (steps: readonly Step[]): Promise<void> => {
    delivered.clear()
    const lines = await Promise.all([new Line(to).open(), new Line(to).open()])
    const clock = new FakeClock()
    const connections = createConnections({ clock })
    const endpoint = [`ws://127.0.0.1:${lines[0]!.port}/ws`, `http://127.0.0.1:${lines[1]!.port}`]
    const peer = { did: identity.did, kemKey: identity.kemPublicKey, endpoint }
    const session = await connect('http://localhost', { identity: own, peer, connections, clock, timeoutMs: 10_000 })
    try {
      const sent = await play(steps, lines, clock, session)
      for (const { text, isIdempotent, outcome } of sent) {
        const came = await outcome
        const times = delivered.get(text) ?? 0
        seen.add(came === text ? 'answer' : came)
        if (times > (isIdempotent ? 2 : 1)) throw new Error(`${text} was delivered ${times} times`)
        const isTrue = came === text ? times > 0 : notSent.has(came) ? times === 0 : came === 'outcome_unknown'
        if (!isTrue) throw new Error(`${text} ended in ${came} after ${times} deliveries`)
      }
    } finally {
      await session.close({ timeoutMs: 1 })
      await connections.close()
      await Promise.all(lines.map(line => line.close()))
    }
  }
  const allDown: Step[] = [
    { line: 0, does: 'close' },
    { line: 1, does: 'close' },
    ...Array.from({ length: 3 }, () => [{ sends: 2, isIdempotent: true }, { turns: 30 }]).flat(),
  ]
  const steps = fc.array(step, { minLength: 5, maxLength: 30 })
  await fc.assert(fc.asyncProperty(steps, run), { numRuns: 60, examples: [[allDown]] })
  for (const came of ['answer', 'outcome_unknown', 'unreachable']) t.ok(seen.has(came), `${came} has come`)
})
