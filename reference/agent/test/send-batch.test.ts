import t from 'tap'
import { isSageError } from '../../bytes/sage-error.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import type { WireAnswer, WireHook } from '../../http/wire.js'
import type { ServeOptions } from '../agent.js'
import { connect } from '../connect.js'
import { createIdentity } from '../identity.js'
import { honestSeams } from '../honest-seams.js'
import { createResponder } from '../responder.js'
import type { BatchRequest, Settled } from '../send-batch.js'

// What an initiator makes of batches.

interface Posted {
  readonly kind: string
  /** Responses of a batch. */
  readonly count: number
}

const start = async (change: WireHook = answer => answer, options: Partial<ServeOptions> = {}) => {
  const posted: Posted[] = []
  const calls: string[] = []
  const wire: WireHook = (answer, about) => {
    const { responses } = about.kind === 'batch' ? bodyOf(answer) : {}
    posted.push({ kind: about.kind, count: Array.isArray(responses) ? responses.length : 0 })
    return about.kind === 'batch' ? change(answer, about) : answer
  }
  const tasks = {
    note: (plaintext: Uint8Array) => (calls.push(Buffer.from(plaintext).toString()), plaintext),
  }
  const agent = await createResponder(
    { identity: createIdentity(), tasks, drainMs: 0, capabilities: { batch: true }, ...options },
    { ...honestSeams, wire },
  )
  const session = await connect(agent.url, { identity: createIdentity(), transports: ['http'], timeoutMs: 60_000 })
  posted.length = 0
  return { agent, session, posted, calls, [Symbol.asyncDispose]: async () => (await session.close(), agent.close()) }
}

type Body = { responses?: readonly Record<string, unknown>[] }

const bodyOf = ({ body }: WireAnswer): Body => JSON.parse(Buffer.from(body).toString()) as Body

const rewrite =
  (change: (responses: readonly Record<string, unknown>[]) => unknown): WireHook =>
  answer => ({ ...answer, body: encodeUtf8(JSON.stringify(change(bodyOf(answer).responses ?? []))) })

const notes = (...texts: string[]): BatchRequest[] => texts.map(text => ({ task: 'note', plaintext: encodeUtf8(text) }))

const told = (settled: readonly Settled[]): string[] =>
  settled.map(outcome => (outcome.ok ? Buffer.from(outcome.plaintext).toString() : outcome.error.code))

t.test('several requests go in one post, and what came of each stands in its place', async t => {
  await using on = await start()
  const requests = [
    ...notes('a'),
    { task: 'no/task', plaintext: new Uint8Array() },
    { task: 'not a task', plaintext: new Uint8Array() },
    { task: 'note', plaintext: new Uint8Array(9_000_000) },
    ...notes('b'),
  ]
  const settled = await on.session.sendBatch(requests)
  t.same(told(settled), ['a', 'task_unsupported', 'configuration', 'payload_too_large', 'b'])
  t.same(on.posted, [{ kind: 'batch', count: 3 }])
  t.same(await on.session.sendBatch([]), [])
  t.equal(on.posted.length, 1)
})

t.test('batches keep to the limits of the peer; a message that has room only alone goes alone', async t => {
  await using on = await start(undefined, { limits: { maxBatch: 3, maxMessageBytes: 65_536 } })
  await on.session.sendBatch(notes('1', '2', '3', '4', '5', '6', '7'))
  t.same(
    on.posted.splice(0).map(({ count }) => count),
    [3, 3, 1],
  )
  const large = 'x'.repeat(30_000)
  t.same(told(await on.session.sendBatch(notes(large, 'small', large))), [large, 'small', large])
  t.same(
    on.posted.splice(0).map(({ count }) => count),
    [2, 1],
  )
  const kinds = async (bytes: number): Promise<string[]> => {
    const [settled] = await on.session.sendBatch([{ task: 'no/task', plaintext: new Uint8Array(bytes) }])
    t.notOk(settled?.ok)
    return on.posted.splice(0).map(({ kind }) => kind)
  }
  let bytes = 48_600
  while ((await kinds(bytes))[0] === 'batch') bytes += 3
  t.same(await kinds(bytes), ['session'], `${bytes} bytes have room alone`)
})

t.test('without batches, or over WebSocket, each request goes alone', async t => {
  await using on = await start(undefined, { capabilities: {} })
  t.same(told(await on.session.sendBatch(notes('a', 'b'))), ['a', 'b'])
  t.same(
    on.posted.map(({ kind }) => kind),
    ['session', 'session'],
  )
  await using both = await start(undefined, { capabilities: { batch: true, ws: true } })
  const session = await connect(both.agent.url, { identity: createIdentity() })
  both.posted.length = 0
  t.equal(session.transport, 'ws')
  t.same(told(await session.sendBatch(notes('a', 'b'))), ['a', 'b'])
  t.same(both.posted, [])
  await session.close()
})

t.test('responses in the wrong number are no responses, and nothing is sent again', async t => {
  const wires: Record<string, WireHook> = {
    'one too few': rewrite(responses => ({ responses: responses.slice(1) })),
    'one too many': rewrite(responses => ({ responses: [...responses, responses[0]] })),
    none: rewrite(() => ({ responses: [] })),
    'no list': rewrite(responses => ({ responses: responses[0] })),
    'one alone': rewrite(responses => responses[0]),
    'something beside': rewrite(responses => ({ responses, more: 1 })),
    'a plain error': answer => ({
      ...answer,
      status: 503,
      body: encodeUtf8(JSON.stringify({ success: false, error: 'unavailable' })),
    }),
    'not read': answer => ({ ...answer, body: encodeUtf8('<html>') }),
    'another status': answer => ({ ...answer, status: 201 }),
  }
  for (const [name, wire] of Object.entries(wires)) {
    await using on = await start(wire)
    t.same(told(await on.session.sendBatch(notes('a', 'b'))), ['outcome_unknown', 'outcome_unknown'], name)
    t.same(on.calls, ['a', 'b'])
  }
})

t.test('a response in the place of another is not honoured; those in their places are', async t => {
  await using on = await start(rewrite(([a, b, ...rest]) => ({ responses: [b, a, ...rest] })))
  t.same(told(await on.session.sendBatch(notes('a', 'b', 'c'))), ['outcome_unknown', 'outcome_unknown', 'c'])
  await using spoilt = await start(rewrite(([, ...rest]) => ({ responses: [null, ...rest] })))
  t.same(told(await spoilt.session.sendBatch(notes('a', 'b'))), ['outcome_unknown', 'b'])
  await using named = await start(
    rewrite(([a, b]) => ({
      responses: [
        { ...a, message_id: b!['message_id'] },
        { ...b, message_id: a!['message_id'] },
      ],
    })),
  )
  t.same(told(await named.session.sendBatch(notes('a', 'b'))), ['outcome_unknown', 'outcome_unknown'])
})

t.test('what the caller has declared idempotent is sent once more where its outcome is unknown', async t => {
  await using on = await start(rewrite(() => ({ responses: [] })))
  const [a, b] = notes('a', 'b')
  const settled = await on.session.sendBatch([a!, { ...b!, options: { idempotent: true } }])
  t.same(told(settled), ['outcome_unknown', 'b'])
  t.same(on.calls, ['a', 'b', 'b'])
})

t.test('a caller that gives up is told so; a closed session sends nothing', async t => {
  await using on = await start()
  const gone = await on.session.sendBatch(notes('a', 'b'), { signal: AbortSignal.abort() })
  t.same(told(gone), ['aborted', 'aborted'])
  t.same(on.posted, [])
  await on.agent.close()
  // Whether a kept connection is gone is known for sure only once it has been tried.
  await on.session.sendBatch(notes('a'))
  t.same(told(await on.session.sendBatch(notes('a'))), ['unreachable'])
  await on.session.close()
  const error: unknown = await on.session.sendBatch(notes('a')).catch((error: unknown) => error)
  t.ok(isSageError(error, 'session_closed'))
})
