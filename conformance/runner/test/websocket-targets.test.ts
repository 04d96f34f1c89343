import t from 'tap'
import { honest, judgeFault, type Trial } from '../../mutants/judge-mutant.js'
import { all, insert, omit, webSocket, wire, type Fault } from '../../mutants/responder/mutant.js'
import type { SessionDraft } from '../../probe/initiator/session-draft.js'
import { accepts, rejects } from '../check.js'
import type { CheckResult } from '../result.js'

// What the suite makes of targets whose WebSocket is odd, missing or dead: the rest of them is judged all the same.

const SOME = [
  'ws.subprotocol',
  'ws.subprotocol-required',
  'ws.binary',
  'ws.session-moves',
  'record.replay',
  'ws.same-as-http',
]
const judge = (fault: Fault, only: readonly string[] = SOME, trial: Trial = {}) =>
  judgeFault(fault, { only, transports: ['http', 'ws'], ...trial })

/** Checks that did not pass, but for those that are `blocked`. */
const failing = (results: readonly CheckResult[]): string[] =>
  results
    .filter(({ state }) => state !== 'pass' && state !== 'blocked')
    .map(({ check, transport, state, reasonCode }) => `${check} ${transport} ${state} ${reasonCode}`)

const blocked = (results: readonly CheckResult[]) => results.filter(({ state }) => state === 'blocked')
const isComparison = ({ check }: CheckResult): boolean => check === 'ws.same-as-http'
const isHttp = ({ transport }: CheckResult): boolean => transport === 'http'

const selectsNothing = webSocket(parts => ({
  upgradeHeaders: lines => parts.upgradeHeaders(lines).filter(line => !/^sec-websocket-protocol/i.test(line)),
}))

const knowsNoSubprotocol = all(
  selectsNothing,
  omit('upgrade', 'ws.subprotocol-required'),
  insert('upgrade', ({ headers }) => (headers['sec-websocket-protocol'] === undefined ? undefined : 400)),
)

t.test('a target that selects no subprotocol fails for that, and is judged on the rest', async t => {
  t.strictSame(failing(await judge(honest)), [])
  t.strictSame(failing(await judge(selectsNothing)), ['ws.subprotocol ws fail not-selected'])
})

t.test('a target that takes no upgrade with an offer is judged on the rest over those without one', async t => {
  const results = await judge(knowsNoSubprotocol)
  t.strictSame(failing(results), ['ws.subprotocol ws fail http-400', 'ws.subprotocol-required ws fail http-101'])
  t.strictSame(blocked(results), [])
})

/** Nobody is taken at the endpoint: this status is the answer to all. */
const answersWith = (status: number): Fault =>
  all(
    insert('upgrade', () => 400),
    wire(['upgrade'], answer => ({ ...answer, status })),
  )

t.test('an endpoint that is plain HTTP fails, blocks the other checks over it, and nothing over HTTP', async t => {
  for (const status of [404, 200, 500]) {
    const results = await judge(answersWith(status))
    t.strictSame(failing(results.filter(isHttp)), [])
    t.match(
      results.find(({ check }) => check === 'ws.endpoint'),
      { state: 'fail', reasonCode: `http-${status}`, expected: 'HTTP 101' },
    )
    const others = results.filter(result => !isHttp(result) && result.check !== 'ws.endpoint')
    t.ok(others.length > 6)
    const [same, rest] = [others.filter(isComparison), others.filter(result => !isComparison(result))]
    t.strictSame(blocked(rest), rest)
    t.match(same, [{ state: 'not-observed', reasonCode: 'nothing-compared' }])
    t.match(rest[0]?.observed, 'ws.endpoint did not pass over ws')
  }
})

t.test('an endpoint without room is no failure', async t => {
  const results = await judge(answersWith(503))
  t.strictSame(failing(results), [
    'ws.endpoint ws inconclusive busy',
    'ws.same-as-http ws not-observed nothing-compared',
  ])
})

t.test('a target that stops answering over WebSocket in the middle of a run is judged over HTTP', async t => {
  let silent = false
  const stops = webSocket(parts => ({
    text: (text, about) => {
      silent ||= about.code === 'authentication_failed'
      return silent ? new Promise(() => undefined) : parts.text(text, about)
    },
  }))
  const flipped = rejects('record.tag', {
    subject: 'session message',
    forged: (next: SessionDraft, _twin, kit) => ({ ...next, key: kit.entropy(32) }),
    expect: { plain: 'authentication_failed' },
    after: ['session-lives'],
  })
  const later = accepts('task.ping', { run: async kit => void (await kit.session()) as undefined })
  const results = await judge(stops, [], { suite: [flipped, later], serve: { drainMs: 1 } })
  t.strictSame(failing(results), ['record.tag ws fail no-answer', 'task.ping ws inconclusive twin'])
})

t.test('a target that ends every connection once it is open gives no verdict over it', async t => {
  const slams = webSocket(() => ({
    line: socket => {
      setImmediate(() => socket.destroy())
      return socket
    },
  }))
  const results = await judge(slams)
  t.strictSame(failing(results.filter(isHttp)), [])
  t.match(
    results.find(({ check, transport }) => check === 'handshake.answered' && transport === 'ws'),
    { state: 'inconclusive', reasonCode: 'connection-ended' },
  )
})
