import t from 'tap'
import { WebSocket } from 'ws'
import type { Transport } from '../../../schemas/index.js'
import { honest, judgeFault, reportFault, type Trial } from '../../mutants/judge-mutant.js'
import { all, insert, sockets, webSocket, wire, type Fault } from '../../mutants/responder/mutant.js'
import type { SessionDraft } from '../../probe/initiator/session-draft.js'
import { accepts, compares, rejects, type Check } from '../check.js'
import { broken, brokenBy, Interruption, isAccepted, type Broken } from '../judgement.js'
import type { Kit } from '../kit.js'
import type { CheckResult } from '../result.js'

// What the runner makes of two transports, each seen over real connections.

const both: readonly Transport[] = ['http', 'ws']
const judge = (suite: readonly Check[], fault: Fault = honest, trial: Trial = {}) =>
  judgeFault(fault, { suite, transports: both, ...trial })

const said = (results: readonly CheckResult[]) =>
  results.map(({ check, transport, state, reasonCode }) => `${check} ${transport} ${state} ${reasonCode}`.trim())

/** A check that holds over one transport, and over the other does what it is told. */
const over = (
  transport: Transport,
  otherwise: () => Promise<Broken | undefined>,
  about: { prerequisite?: true } = {},
) =>
  accepts('task.unknown', {
    ...about,
    run: kit => (kit.conversation.around.transport === transport ? otherwise() : Promise.resolve(undefined)),
  })
const no = async (): Promise<Broken> => broken('no', 'yes', 'no')
const impatient = () => Promise.reject(new Interruption('not-observed', 'patience', 'too long'))
const same = compares('ws.same-as-http')

const pinged = async (kit: Kit): Promise<Broken | undefined> => {
  const answer = await kit.ping(await kit.session())
  return isAccepted(answer) ? undefined : brokenBy(answer, 'a ping')
}

t.test('a check is made over both transports, and the same verdict is what is due', async t => {
  const results = await judge([accepts('task.ping', { run: pinged }), same])
  t.strictSame(said(results), ['task.ping http pass', 'task.ping ws pass', 'ws.same-as-http ws pass'])
  const steps = results[1]?.cases[0]?.transcript.map(({ what, request }) => `${what} ${'connection' in request}`)
  t.strictSame(steps?.slice(0, 3), ['upgrade false', 'handshake true', 'sage/ping@v1 true'])
})

t.test('verdicts that differ are a finding of their own, one case for each check', async t => {
  for (const transport of both) {
    const results = await judge([over(transport, no), accepts('task.ping', { run: pinged }), same])
    const found = results.find(({ check }) => check === 'ws.same-as-http')
    const seen = transport === 'http' ? /fail over http \(no\), pass over ws/ : /pass over http, fail over ws \(no\)/
    t.match(found, { state: 'fail', reasonCode: 'differs', observed: seen })
    t.strictSame(
      found?.cases.map(({ name }) => name),
      ['task.unknown'],
    )
  }
})

t.test('where nothing can be compared, nothing is said of sameness', async t => {
  const compared = async (suite: readonly Check[], trial: Trial = {}) => {
    const results = await judge([...suite, same], honest, trial)
    return results.find(({ check }) => check === 'ws.same-as-http')
  }
  const nothing = { state: 'not-observed', reasonCode: 'nothing-compared' }
  t.match(await compared([]), nothing, 'nothing judged')
  t.match(await compared([over('ws', impatient)]), nothing, 'nothing settled over one transport')
  t.match(await compared([over('ws', no)], { transports: ['ws'] }), nothing, 'one transport alone')
  t.equal(await compared([over('ws', no)], { transports: ['http'] }), undefined, 'not planned over HTTP alone')
  const lacking = { serve: { capabilities: { ws: false } } }
  t.match(await compared([over('ws', no)], lacking), { state: 'skip', observed: 'the target does not declare ws' })
})

t.test('of a target without WebSocket only the checks about it are skipped', async t => {
  const about = accepts('ws.ping', { needs: { transport: 'ws' }, run: no })
  const results = await judge([accepts('task.ping', { run: pinged }), about], honest, {
    serve: { capabilities: { ws: false } },
  })
  t.strictSame(said(results), ['task.ping http pass', 'ws.ping ws skip capability'])
})

t.test(
  'what is missing over one transport blocks nothing over the other, by which the clock is then measured',
  async t => {
    for (const transport of both) {
      const suite = [over(transport, no, { prerequisite: true }), accepts('task.ping', { run: pinged })]
      const { results, skew } = await reportFault(honest, { suite, transports: both })
      const [http, ws] = results.filter(({ check }) => check === 'task.ping')
      const [missing, sound] = transport === 'http' ? [http, ws] : [ws, http]
      t.match(missing, { state: 'blocked', observed: `task.unknown did not pass over ${transport}` })
      t.match(sound, { state: 'pass' })
      const overWs = skew?.transcript.some(({ request }) => 'connection' in request)
      t.equal(overWs, transport === 'http')
    }
  },
)

t.test('where both are missing nothing more is sent', async t => {
  const first = accepts('task.unknown', { prerequisite: true, run: no })
  const { results, skew } = await reportFault(honest, {
    suite: [first, accepts('task.ping', { run: pinged })],
    transports: both,
  })
  t.equal(skew, undefined)
  t.strictSame(
    results.map(({ state }) => state),
    ['blocked', 'blocked', 'fail', 'fail'],
  )
})

t.test('a target that is silent over WebSocket alone fails there, and is judged over HTTP', async t => {
  const silent = webSocket(() => ({ text: () => new Promise(() => undefined) }))
  const shaken = accepts('task.ping', {
    run: async kit => {
      const answer = await kit.shakeHands()
      return isAccepted(answer) ? undefined : brokenBy(answer, 'a session')
    },
  })
  const results = await judge([shaken, same], silent, { serve: { drainMs: 1 } })
  t.strictSame(said(results), ['task.ping http pass', 'task.ping ws fail no-answer', 'ws.same-as-http ws fail differs'])
})

t.test('a target that ends connections in the place of an answer gives no verdict over WebSocket', async t => {
  const slamming = webSocket(honest => ({
    text: async (text, about) => {
      if (about.kind !== 'session') return honest.text(text, about)
      throw new Error('ends the connection')
    },
  }))
  const confirmed = accepts('task.ping', {
    run: async kit => brokenBy(await kit.ping(await kit.provisionalSession()), 'a ping'),
  })
  const results = await judge([confirmed], slamming, { transports: ['ws'] })
  t.strictSame(said(results), ['task.ping ws inconclusive connection-ended'])
})

t.test('a target without room for another connection is asked again, and no verdict comes of it', async t => {
  const second = accepts('ws.session-moves', {
    needs: { transport: 'ws' },
    run: async kit => {
      const session = await kit.session()
      const answer = await kit.over('ws').ping(session)
      return isAccepted(answer) ? undefined : brokenBy(answer, 'a ping over another connection')
    },
  })
  const [result] = await judge([second], honest, { serve: { caps: { connections: 1 } } })
  t.match(result, { state: 'inconclusive', reasonCode: 'busy', observed: /HTTP 503: busy, try again after 1 s/ })
  const sessions = result?.cases[0]?.transcript.filter(({ what }) => what === 'handshake')
  t.equal(sessions?.length, 5, 'five rounds')
})

// Faults and refusals over WebSocket.

const binary = (change = {}): Check =>
  rejects('ws.binary', {
    subject: 'session message',
    frames: ({ request }) => request.frames.map(frame => ({ ...frame, opcode: 2 })),
    expect: { close: 1003 },
    after: ['same-bytes-accepted', 'session-lives'],
    ...change,
  })

t.test('a connection that has to be closed is, with the code that is due', async t => {
  t.match(await judge([binary()]), [{ transport: 'ws', state: 'pass' }])
  t.match(await judge([binary({ expect: { close: 1008 } })]), [
    {
      state: 'fail',
      reasonCode: 'closed-1003',
      expected: 'the connection closed with 1008',
      observed: 'the connection was closed with 1003',
    },
  ])
})

t.test('a target that says goodbye and is gone is lost, and one that stays has closed with the wrong code', async t => {
  for (const leaves of [true, false]) {
    let said = false
    const goodbye = sockets(honest => ({
      ...honest,
      WebSocket: class extends WebSocket {
        override close(): void {
          said = true
          super.close(1001)
        }
      },
    }))
    const gone = wire(['card'], answer => (said && leaves ? { ...answer, status: 999 } : answer))
    const expected = leaves
      ? { state: 'inconclusive', reasonCode: 'target-lost' }
      : { state: 'fail', reasonCode: 'closed-1001' }
    t.match(await judge([binary()], all(goodbye, gone)), [expected])
  }
})

t.test('frames that say what the honest ones say are an error of the suite', async t => {
  const idle = binary({ frames: ({ request }: { request: { frames: unknown } }) => request.frames })
  t.match(await judge([idle]), [{ state: 'error', observed: /changed nothing/ }])
})

const unreadable = rejects('error.message-id', {
  subject: 'session message',
  bytes: () => 'hello',
  expect: { plain: 'malformed' },
  after: ['same-bytes-accepted'],
})
const unknownMember = rejects('error.message-id', {
  subject: 'session message',
  tampered: ({ envelope }) => ({ ...envelope, extra: 1 }),
  expect: { plain: 'malformed' },
  after: ['same-bytes-accepted'],
})

t.test('where an error is due that nothing could be matched to, WebSocket is closed instead', async t => {
  const results = await judge([unreadable])
  t.strictSame(said(results), ['error.message-id http pass', 'error.message-id ws pass'])
  t.match(
    results[1]?.cases[0]?.transcript.find(({ step }) => step === 'fault'),
    {
      arrived: { kind: 'closed', code: 1007 },
    },
  )
})

t.test('an answer in the place of a close fails, and a close in the place of an answer', async t => {
  const talks: Fault = seams => ({
    ...seams,
    guards: { ...seams.guards, incoming: seams.guards.incoming.filter(([id]) => id !== 'ws.not-json') },
  })
  t.match(await judge([unreadable], talks), [
    { state: 'pass' },
    { state: 'fail', reasonCode: 'plain-malformed', expected: 'the connection closed with 1007' },
  ])
  const hangsUp = webSocket(honest => ({
    text: (text, about) => (about.code === 'malformed' ? Uint8Array.of(1) : honest.text(text, about)),
  }))
  t.match(await judge([unknownMember], hangsUp), [
    { state: 'pass' },
    { state: 'fail', reasonCode: 'unacceptable', expected: 'plain error malformed', observed: /a binary message/ },
  ])
})

t.test('a plain error over WebSocket needs no HTTP status, and one that is expected over HTTP keeps it', async t => {
  const wrong = rejects('record.tag', {
    subject: 'session message',
    forged: (next: SessionDraft, _twin, kit) => ({ ...next, key: kit.entropy(32) }),
    expect: { plain: 'malformed' },
    after: ['session-lives'],
  })
  t.match(await judge([wrong]), [
    { expected: 'plain error malformed (HTTP 400)', observed: 'plain error authentication_failed (HTTP 401)' },
    { expected: 'plain error malformed', observed: 'plain error authentication_failed' },
  ])
})

// Upgrades.

const ofPage = rejects('ws.origin', {
  subject: 'upgrade',
  wire: next => ({ ...next, headers: [...next.headers, ['Origin', 'https://page.example']] }),
  expect: { status: 403 },
  after: ['same-bytes-accepted'],
})
const isOfPage = ({ headers }: { headers: Readonly<Record<string, unknown>> }) => headers['origin'] !== undefined

t.test('an upgrade that has to be refused is, and its undamaged form taken', async t => {
  t.match(await judge([ofPage]), [{ transport: 'ws', state: 'pass' }])
})

t.test('an upgrade that is taken, or refused with another status, fails', async t => {
  const takes: Fault = seams => ({ ...seams, guards: { ...seams.guards, upgrade: [] } })
  t.match(await judge([ofPage], takes), [{ state: 'fail', reasonCode: 'http-101', observed: /was upgraded/ }])
  const other = insert('upgrade', context => (isOfPage(context) ? 400 : undefined), 'ws.origin')
  t.match(await judge([ofPage], other), [{ state: 'fail', reasonCode: 'http-400', expected: 'HTTP 403' }])
})

t.test('an upgrade that got no verdict is tried again', async t => {
  const busy = insert('upgrade', context => (isOfPage(context) ? (503 as 400) : undefined), 'ws.origin')
  t.match(await judge([ofPage], busy), [{ state: 'inconclusive', reasonCode: 'busy' }])
})

t.test('without an honest connection that works, the refusal of an upgrade says nothing', async t => {
  const refuses = insert('handshake', () => 'internal')
  t.match(await judge([ofPage], refuses), [{ state: 'inconclusive', reasonCode: 'twin' }])
})

t.test('an upgrade with a fault that changes nothing is an error of the suite', async t => {
  const idle = rejects('ws.origin', {
    subject: 'upgrade',
    wire: next => ({ ...next, headers: [...next.headers] }),
    expect: { status: 403 },
    after: ['same-bytes-accepted'],
  })
  t.match(await judge([idle]), [{ state: 'error', observed: /changed nothing/ }])
})

t.test('a refusal after which the undamaged upgrade is refused, or its connection does not work, fails', async t => {
  const sulks = (then: (sulking: () => boolean) => Fault): Fault => {
    let sulking = false
    const notes = insert('upgrade', context => void (sulking ||= isOfPage(context)) as undefined, 'ws.origin')
    return seams => then(() => sulking)(notes(seams))
  }
  const after = { state: 'fail', reasonCode: 'after-same-bytes-accepted' }
  const refusesUpgrades = sulks(isSulking => insert('upgrade', () => (isSulking() ? 403 : undefined)))
  t.match(await judge([ofPage], refusesUpgrades), [after])
  const refusesHandshakes = sulks(isSulking => insert('handshake', () => (isSulking() ? 'internal' : undefined)))
  t.match(await judge([ofPage], refusesHandshakes), [after])
})
