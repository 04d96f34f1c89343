import t from 'tap'
import type { RequirementId } from '../../../schemas/index.js'
import { createIdentity } from '../identity.js'
import { honestSeams } from '../honest-seams.js'
import { createResponder } from '../responder.js'
import type { ResponderGuards, ResponderSeams } from '../responder-state.js'
import { FakeClock, post, StepInitiator, type StepSession } from './stage.js'

// A responder can be made wrong in one place: what these tests need of the seams, and why every guard is worth its line.

type List = keyof ResponderGuards

const omit = (list: List, id: RequirementId): ResponderSeams => {
  const guards = honestSeams.guards[list].filter(guard => guard[0] !== id)
  if (guards.length === honestSeams.guards[list].length) throw new Error(`there is no guard ${id}`)
  return { ...honestSeams, guards: { ...honestSeams.guards, [list]: guards } }
}

interface Stage {
  readonly initiator: StepInitiator
  readonly clock: FakeClock
  readonly session: StepSession
}

/** Does what a guard refuses, and gives the status and error of the last answer. */
type Fault = (on: Stage) => Promise<{ readonly status: number; readonly json: Record<string, unknown> }>

const offer =
  (change: (on: Stage) => Parameters<StepInitiator['offer']>[0]): Fault =>
  async on => {
    const { message } = on.initiator.offer(change(on))
    return post(on.initiator.agent.url, { ...message, did: on.initiator.identity.did })
  }

const ask =
  (...[task, plaintext, change, seq]: Parameters<StepSession['seal']>): Fault =>
  async ({ session }) =>
    session.send(session.seal(task, plaintext, change, seq))

const http =
  (options: Parameters<typeof post>[2]): Fault =>
  async ({ initiator }) =>
    post(initiator.agent.url, initiator.offer().message, options)

const after =
  (seconds: number): Fault =>
  async ({ clock, session }) => {
    clock.advance(seconds)
    return session.ask('sage/ping@v1', 'x')
  }

const twice: Fault = async ({ session }) => {
  const message = session.seal('sage/ping@v1', 'x')
  await session.send(message)
  return session.send(message)
}

const old: Fault = async ({ session }) => {
  await session.send(session.seal('sage/ping@v1', 'x', {}, 2000n))
  return session.send(session.seal('sage/ping@v1', 'x', {}, 976n))
}

const replayed: Fault = async ({ initiator }) => {
  const { message } = initiator.offer()
  await post(initiator.agent.url, message)
  return post(initiator.agent.url, message)
}

const stranger = createIdentity()

const faults: [List, RequirementId, Fault][] = [
  ['front', 'http.loopback-host', http({ headers: { host: 'evil.example' } })],
  ['http', 'http.method', http({ method: 'PUT' })],
  ['http', 'http.media-type', http({ headers: { 'content-type': 'text/plain' } })],
  ['http', 'http.content-encoding', http({ headers: { 'content-encoding': 'identity' } })],
  ['http', 'http.headers-agree', http({ headers: { 'x-sage-task-id': 'another' } })],
  ['http', 'http.body-limit', ask('sage/close@v1', new Uint8Array(65_536))],
  [
    'handshakeTask',
    'handshake.task',
    async on => post(on.initiator.agent.url, { ...on.initiator.offer().message, task_id: 'x' }),
  ],
  [
    'handshake',
    'handshake.did-resolves',
    async on => post(on.initiator.agent.url, on.initiator.offer({ initDid: 'did:web:x' }).message),
  ],
  ['handshake', 'handshake.signature', offer(() => ({ signingKey: stranger.signingKey }))],
  ['handshake', 'handshake.did-match', offer(() => ({ initDid: stranger.did }))],
  ['handshake', 'handshake.resp-did', offer(() => ({ respDid: stranger.did }))],
  ['handshake', 'handshake.ts-fresh', offer(() => ({ ts: '2001-01-01T00:00:00Z' }))],
  ['handshake', 'handshake.nonce-single-use', replayed],
  [
    'handshake',
    'handshake.capacity',
    async ({ initiator }) => {
      for (let i = 0; i < 2; i++) await post(initiator.agent.url, initiator.offer().message)
      return post(initiator.agent.url, initiator.offer().message)
    },
  ],
  ['life', 'session.age', after(3600)],
  ['life', 'session.idle', after(600)],
  ['life', 'handshake.provisional-dropped', after(60)],
  ['session', 'session.unknown', ask('sage/ping@v1', '', { kid: 'kid-none' })],
  ['session', 'message.did-initiator', ask('sage/ping@v1', '', { did: stranger.did })],
  ['session', 'message.context-handshake', ask('sage/ping@v1', '', { context_id: 'another' })],
  ['session', 'record.seq-limit', ask('sage/ping@v1', '', {}, 5000n)],
  ['session', 'record.window', old],
  ['session', 'record.replay', twice],
  ['opened', 'record.once', twice],
  ['task', 'task.unknown', ask('never/heard-of')],
  ['task', 'task.encoding', ask('sage/ping@v1', '', { encoding: 'gzip' })],
  ['arguments', 'task.stream', ask('sage/ping@v1', '', { stream: { id: 's', seq: 0, end: true } })],
  ['arguments', 'task.ping-limit', ask('sage/ping@v1', new Uint8Array(4097))],
  ['arguments', 'task.echo-delay-form', ask('sage/echo@v1', '', { metadata: { 'delay-ms': '007' } })],
]

/** The answers of an honest responder and of one without the guard. */
const compare = async (list: List, id: RequirementId, fault: Fault) => {
  const limits = { maxSessionRecords: 5000, maxMessageBytes: 65_536, maxSessionsPerDid: 2 }
  const results: string[] = []
  for (const seams of [honestSeams, omit(list, id)]) {
    const clock = new FakeClock()
    const identity = createIdentity()
    // Where one end of a session's life is looked at, the others are far away.
    const far = {
      ...(id !== 'session.idle' && { maxSessionIdleSeconds: 86_400 }),
      ...(id !== 'handshake.provisional-dropped' && { provisionalSeconds: 300 }),
    }
    await using agent = await createResponder({ identity, clock, limits: { ...limits, ...far } }, seams)
    const initiator = new StepInitiator(agent, identity.kemPublicKey, createIdentity(), clock)
    const confirmed = new StepInitiator(agent, identity.kemPublicKey, createIdentity(), clock)
    const session = await confirmed.shakeHands()
    if (id !== 'handshake.provisional-dropped') await session.send(session.seal('sage/ping@v1', '', {}, 1n))
    session.nextSeq = 2n
    const { status, json } = await fault({ initiator, clock, session })
    results.push(`${status} ${String(json['error'] ?? 'accepted')}`)
  }
  return results
}

for (const [list, id, fault] of faults)
  t.test(`${list}: ${id} refuses what nothing else refuses the same way`, async t => {
    const [honest, without] = await compare(list, id, fault)
    t.notMatch(honest, /accepted/)
    t.not(without, honest)
  })

t.test('a guard can be moved, and one that does harm put in', async t => {
  const { session: guards } = honestSeams.guards
  const harm: (typeof guards)[number] = [
    'record.window',
    ({ session, seq }) => {
      session?.accept(seq)
      return undefined
    },
  ]
  const identity = createIdentity()
  const seams = { ...honestSeams, guards: { ...honestSeams.guards, session: [...guards, harm] } }
  await using agent = await createResponder({ identity }, seams)
  const session = await new StepInitiator(agent, identity.kemPublicKey).shakeHands()
  const message = session.seal('sage/ping@v1', 'x', {}, 4000n)
  t.equal((await post(agent.url, { ...message, task_id: 'sage/close@v1' })).status, 401)
  t.equal((await post(agent.url, message)).status, 401, 'the window moved before the tag was checked')
})

t.test('a step of the core and a step of the responder can be replaced', async t => {
  const identity = createIdentity()
  const wrongTag = { ...honestSeams.parts, ackTag: () => new Uint8Array(32) }
  await using first = await createResponder({ identity }, { ...honestSeams, parts: wrongTag })
  await t.rejects(new StepInitiator(first, identity.kemPublicKey).shakeHands(), { code: 'peer_rejected' })

  const byNonceAlone = { ...honestSeams.responderParts, replayKey: (_did: string, nonce: string) => nonce }
  await using second = await createResponder({ identity }, { ...honestSeams, responderParts: byNonceAlone })
  await new StepInitiator(second, identity.kemPublicKey).shakeHands({ nonce: 'n' })
  await t.rejects(new StepInitiator(second, identity.kemPublicKey).shakeHands({ nonce: 'n' }))
})
