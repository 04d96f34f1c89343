import t from 'tap'
import type { CheckResult } from '../../runner/result.js'
import { clientChecks } from '../all.js'
import { runClientChecks } from '../run-client.js'
import { rawInitiator, type Habits } from './raw-initiator.js'

const run = (habits: Habits, ...ids: readonly string[]): Promise<CheckResult[]> => {
  const chosen = clientChecks.filter(({ id, transports }) => ids.includes(id) && transports.includes('ws'))
  const environment = {
    client: rawInitiator(habits),
    timeoutMs: 5000,
    quietMs: 500,
    seed: new Uint8Array(1),
    salt: new Uint8Array(1),
    levelOf: () => 'MUST',
    signal: new AbortController().signal,
  }
  return runClientChecks(chosen, environment, 8, {}, ['ws'])
}

const ofBinding = clientChecks
  .filter(({ id, transports }) => id.startsWith('ws.') && !transports.includes('http'))
  .map(({ id }) => id)

t.test('an initiator that does as it should passes every check of the binding', async t => {
  const results = await run({}, ...ofBinding)
  t.equal(results.length, ofBinding.length)
  for (const { check, state, observed, transport } of results) {
    t.equal(state, 'pass', `${check} ${observed ?? ''}`)
    t.equal(transport, 'ws')
  }
})

/** What an initiator does wrong, and the check that says so, with its reason code. */
const wrong: Readonly<Record<string, [habits: Habits, check: string, reasonCode: string]>> = {
  'offers no subprotocol': [{ headers: [] }, 'ws.offer', 'not-offered'],
  'offers another one': [{ headers: ['Sec-WebSocket-Protocol: sage.v2, mqtt'] }, 'ws.offer', 'not-offered'],
  'offers none and goes over to HTTP': [{ headers: [], fallsBack: true }, 'ws.offer', 'not-offered'],
  'offers compression': [
    { headers: ['Sec-WebSocket-Protocol: sage.v1', 'Sec-WebSocket-Extensions: permessage-deflate; a=1'] },
    'ws.offer-no-extension',
    'extension-offered',
  ],
  'sends its origin': [
    { headers: ['Sec-WebSocket-Protocol: sage.v1', 'Origin: null'] },
    'ws.text/initiator',
    'refused-by-responder',
  ],
  'sends without the subprotocol': [{ anySubprotocol: true }, 'ws.selected', 'sent-unselected'],
  'sends binary messages': [
    { frames: frame => [{ ...frame, opcode: 2 }] },
    'ws.text/initiator',
    'refused-by-responder',
  ],
  'sends frames without a mask': [
    { frames: frame => [{ ...frame, mask: undefined }] },
    'ws.text/initiator',
    'refused-by-responder',
  ],
  'sends what is not UTF-8': [
    { frames: frame => [{ ...frame, payload: Uint8Array.of(...frame.payload, 0xff) }] },
    'ws.text/initiator',
    'refused-by-responder',
  ],
  'sends two objects in one message': [
    { frames: frame => [{ ...frame, payload: Uint8Array.of(...frame.payload, ...frame.payload) }] },
    'ws.text/initiator',
    'refused-by-responder',
  ],
  'takes any message for the answer': [{ takesAnyMessage: true }, 'ws.unmatched', 'refused'],
  'takes an answer to another message': [{ takesAnyMessage: true }, 'ws.unmatched/taken', 'accepted'],
  'gives up at a stray message': [{ refusesStrays: true }, 'ws.unmatched', 'refused'],
  'takes binary messages': [{ lenient: [1003] }, 'ws.binary/initiator', 'accepted'],
  'takes what is not UTF-8': [{ lenient: [1007] }, 'ws.not-utf8/initiator', 'accepted'],
  'takes forbidden frames': [{ lenient: [1002] }, 'ws.protocol-error/initiator', 'accepted'],
  'takes messages of any length': [{ lenient: [1009] }, 'ws.message-limit/initiator', 'accepted'],
  'closes with another code': [{ closesWith: 1000 }, 'ws.binary/initiator', 'closed-1000'],
  'answers no ping': [{ pong: 'nothing' }, 'ws.ping/initiator', 'no-pong'],
  'answers pings with something else': [{ pong: Uint8Array.of(1) }, 'ws.ping/initiator', 'no-pong'],
  'sends again over HTTP': [{ resends: 'http' }, 'message.no-resend', 'resent'],
  'sends again over another connection': [{ resends: 'ws' }, 'message.no-resend', 'resent'],
  'sends the same bytes again': [{ resends: 'same bytes' }, 'message.no-resend', 'resent'],
  'sends again after a lost connection': [{ resends: 'http' }, 'message.no-resend/lost-connection', 'resent'],
}

t.test('what an initiator does wrong is found, and named', async t => {
  const judged = Object.entries(wrong).map(async ([name, [habits, check, reasonCode]]) => {
    const [result] = await run(habits, check)
    t.match(result, { check, state: 'fail', reasonCode, transport: 'ws' }, `${name}: ${result?.observed}`)
  })
  await Promise.all(judged)
})

t.test('who hangs up without a close frame is not observed: its code could not be seen', async t => {
  const [result] = await run({ closesWith: 'nothing' }, 'ws.binary/initiator')
  t.match(result, { state: 'not-observed', observed: /ended without a close frame/ })
})

t.test('connections are lost, cut and flooded as they are over HTTP, and it ends', async t => {
  const results = await run(
    {},
    'handshake.response-schema/endless-body',
    'message.response-honoured/endless-body',
    'message.response-honoured/unreadable',
    'message.no-resend/lost-connection',
  )
  for (const { check, state, observed } of results) t.equal(state, 'pass', `${check} ${observed ?? ''}`)
})

t.test('who cannot connect may go over to HTTP', async t => {
  t.match(await run({ fallsBack: true }, 'ws.selected'), [{ state: 'pass' }])
})

t.test('messages in many frames are as good as in one', async t => {
  const inPieces: Habits = {
    frames: ({ opcode, payload }) =>
      Array.from(payload, (byte, index) => ({
        fin: index === payload.length - 1,
        opcode: index === 0 ? opcode : 0,
        payload: Uint8Array.of(byte),
      })).slice(0, payload.length),
  }
  const few: Habits = {
    frames: ({ opcode, payload }) => [
      { fin: false, opcode, payload: payload.subarray(0, 9) },
      { opcode: 9, payload: Uint8Array.of(1) },
      { fin: false, opcode: 0, payload: new Uint8Array(0) },
      { opcode: 0, payload: payload.subarray(9) },
    ],
  }
  t.match(await run(few, 'ws.text/initiator'), [{ state: 'pass' }])
  t.match(await run(inPieces, 'ws.text/initiator'), [{ state: 'fail', observed: /too many/ }], 'but not in any number')
})

t.test('an initiator that does not use WebSocket is not judged by it, nor started again and again', async t => {
  const client = rawInitiator({ overHttp: true })
  let runs = 0
  const environment = {
    client: (...args: Parameters<typeof client>) => {
      runs += 1
      return client(...args)
    },
    timeoutMs: 5000,
    quietMs: 500,
    seed: new Uint8Array(1),
    salt: new Uint8Array(1),
    levelOf: () => 'MUST',
    signal: new AbortController().signal,
  }
  const results = await runClientChecks(clientChecks, environment, 4, {}, ['ws'])
  t.ok(results.length > 40)
  t.strictSame([...new Set(results.map(({ state, reasonCode }) => `${state} ${reasonCode}`))], ['skip no-websocket'])
  t.match(results[0]?.observed, /no upgrade arrived/)
  t.equal(runs, 1)
})

t.test('what is exchanged over WebSocket is in the evidence, frame by frame', async t => {
  const [result] = await run({}, 'ws.unmatched')
  const transcript = result?.cases[0]?.transcript ?? []
  t.strictSame(
    transcript.slice(0, 4).map(({ step, what }) => `${step} ${what}`),
    ['twin agent card', 'twin upgrade', 'twin handshake', 'twin conformance/answer@v1'],
  )
  t.match(transcript[1], { response: { status: 101 } })
  t.match(transcript[3], { request: { connection: 0, frames: [{ opcode: 1, mask: /^[0-9a-f]{8}$/ }] } })
  t.match(transcript[3], { arrived: { kind: 'message', body: /"message_id"/ }, opened: { seq: '0' } })
  t.match(transcript.at(-1)?.judged, /in the frames: text \(\d+ bytes\); text \(\d+ bytes\)$/)
})
