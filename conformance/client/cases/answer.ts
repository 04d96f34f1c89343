import { encodeBase64, parseBase64 } from '../../probe/bytes/base64.js'
import { be64, concat } from '../../probe/bytes/framing.js'
import { withUnusedBits } from '../../probe/bytes/unused-bits.js'
import { encodeUtf8 } from '../../probe/bytes/utf8.js'
import { sha256 } from '../../probe/crypto/hash.js'
import { requestHashOf } from '../../probe/wire/aad.js'
import { Unplayable, type AnswerDraft, type AnswerStage, type Fault, type WireResponse } from '../../played/fault.js'
import { jsonReply, plainReply, type Reply } from '../../played/reply.js'
import { accepts, refuses } from '../check.js'

/** An answer that says something else, and is sealed so: a responder that lies. */
const sealed = (change: (draft: AnswerDraft, stage: AnswerStage) => Partial<AnswerDraft>): Fault => ({
  answer: (draft, stage) => ({ ...draft, ...change(draft, stage) }),
})

/** An answer that is changed after it was sealed: somebody on the path. */
const changed = (change: (response: WireResponse, stage: AnswerStage) => object): Fault => ({
  answerEnvelope: (response, stage) => ({ ...response, ...change(response, stage) }),
})

const record = (change: (bytes: Uint8Array, stage: AnswerStage) => Uint8Array): Fault =>
  changed(({ data }, stage) => ({ data: encodeBase64(change(parseBase64(data), stage)) }))

const flipAt = (index: number): Fault =>
  record(bytes => bytes.map((byte, at) => (at === (index + bytes.length) % bytes.length ? byte ^ 1 : byte)))

const replied = (change: (reply: Reply, stage: AnswerStage) => Reply): Fault => ({ answerReply: change })

const instead = (text: string): Fault => replied(() => jsonReply(200, text))

/** Another one than the request that is answered. */
const another = ({ request, requests }: AnswerStage) => {
  const found = requests.find(each => each !== request)
  if (!found) throw new Unplayable('the requests did not arrive at once: there was no other to take an answer from')
  return found
}

/** Numbers the answers as given, the first and all that follow it. */
const numbered = (...numbers: readonly bigint[]): Fault =>
  sealed((_, { index }) => ({ seq: numbers[Math.min(index, numbers.length - 1)] ?? 0n }))

const limits = { maxSessionRecords: 16 }

/** What an initiator takes for the answer to its request. */
export const answerChecks = [
  refuses('message.response-honoured', {
    variant: 'status',
    over: 'http',
    at: 'answer',
    faults: Object.fromEntries(
      [201, 202, 203, 400, 401, 404, 500, 503].map(status => [
        `HTTP ${status}`,
        replied(reply => ({ ...reply, status })),
      ]),
    ),
  }),
  refuses('message.response-honoured', {
    variant: 'message-id',
    at: 'answer',
    fault: sealed(({ message_id }) => ({ message_id: `${message_id.slice(0, -1)}~` })),
  }),
  refuses('message.response-honoured', {
    variant: 'task-id',
    at: 'answer',
    fault: sealed(() => ({ task_id: 'sage/echo@v1' })),
  }),
  refuses('message.response-honoured', {
    variant: 'kid',
    at: 'answer',
    fault: sealed(({ kid }) => ({ kid: `${kid.slice(0, -1)}~` })),
  }),
  refuses('message.response-honoured', {
    variant: 'plain-error',
    at: 'answer',
    faults: {
      'with HTTP 200': replied((_, { request }) => ({ ...plainReply('internal', request.message.id), status: 200 })),
      'with its own status': replied((_, { request }) => plainReply('internal', request.message.id)),
    },
  }),
  refuses('message.response-honoured', {
    variant: 'unreadable',
    at: 'answer',
    faults: {
      empty: instead(''),
      HTML: instead('<html><body>OK</body></html>'),
      'an empty object': instead('{}'),
      truncated: replied(reply => ({ ...reply, ending: 'truncated' })),
      'cut in the middle': replied(reply => ({ ...reply, body: reply.body.slice(0, reply.body.length >> 1) })),
    },
  }),
  refuses('message.response-honoured', {
    variant: 'endless-body',
    at: 'answer',
    fault: replied(() => ({ ...jsonReply(200, ' '.repeat(65_536)), ending: 'endless' })),
  }),
  refuses('message.response-once', {
    requests: 2,
    at: 'answer',
    fault: {
      answerEnvelope: (response, { index, requests, answerTo }) => {
        const [answered] = requests
        return index === 0 || !answered ? response : answerTo(answered)
      },
    },
  }),
  refuses('message.response-aad', {
    variant: 'success-flipped',
    at: 'answer',
    fault: {
      answer: draft => ({ ...draft, success: false, error: 'application_failed' }),
      answerEnvelope: ({ error: _, ...response }) => ({ ...response, success: true }),
    },
  }),
  refuses('message.response-aad', {
    variant: 'members-changed',
    at: 'answer',
    faults: {
      'encoding added': changed(() => ({ encoding: 'identity' })),
      'stream added': changed(() => ({ stream: { id: 'stream-1', seq: 0, end: true } })),
      'sealed for another task': {
        answer: draft => ({ ...draft, task_id: 'sage/echo@v1' }),
        answerEnvelope: (response, { request }) => ({ ...response, task_id: request.message.task_id }),
      },
      'sealed for another message': {
        answer: draft => ({ ...draft, message_id: 'another' }),
        answerEnvelope: (response, { request }) => ({ ...response, message_id: request.message.id }),
      },
      'sealed for another session': {
        answer: draft => ({ ...draft, kid: 'another' }),
        answerEnvelope: (response, { request }) => ({ ...response, kid: request.message.kid }),
      },
    },
  }),
  refuses('message.response-aad', {
    variant: 'other-request',
    at: 'answer',
    faults: {
      'bound to a record that was never sent': sealed(() => ({ requestHash: new Uint8Array(32).fill(1) })),
      'bound to the base64 text': sealed((_, { request }) => ({
        requestHash: sha256(encodeUtf8(request.message.payload)),
      })),
      'bound to the plaintext': sealed((_, { request }) => ({ requestHash: requestHashOf(request.plaintext) })),
    },
  }),
  refuses('message.response-aad', {
    variant: 'records-exchanged',
    requests: 2,
    at: 'answer',
    fault: changed((_, stage) => ({ data: stage.answerTo(another(stage)).data })),
  }),
  refuses('conventions.json-closed', {
    variant: 'response',
    at: 'answer',
    faults: {
      'unknown member': changed(() => ({ extra: true })),
      'error beside success': changed(() => ({ error: 'internal' })),
    },
  }),
  refuses('conventions.base64-canonical', {
    variant: 'answer',
    at: 'answer',
    faults: {
      'white space': changed(({ data }) => ({ data: `${data.slice(0, 8)} ${data.slice(8)}` })),
      'excess padding': changed(({ data }) => ({ data: `${data}====` })),
      'unused bits': changed(({ data }) => ({ data: withUnusedBits(data) })),
    },
  }),
  refuses('conventions.json-depth', {
    variant: 'answer',
    at: 'answer',
    fault: changed(() => ({ x: JSON.parse('['.repeat(16) + ']'.repeat(16)) as unknown })),
  }),
  refuses('record.tag', {
    variant: 'response',
    at: 'answer',
    faults: {
      'another key': sealed((_, { entropy }) => ({ key: entropy(32) })),
      'tag flipped': flipAt(-1),
      'ciphertext flipped': flipAt(20),
      'nonce flipped': flipAt(9),
      'number changed': record(bytes => concat(be64(7n), bytes.slice(8))),
    },
  }),
  refuses('keys.direction', {
    variant: 'response',
    at: 'answer',
    faults: {
      c2sEnc: sealed((_, { session }) => ({ key: session.keys.c2sEnc })),
      'the role-less pair': sealed((_, { session }) => ({ key: session.keys.encryptKey })),
    },
  }),
  refuses('record.min-length', {
    variant: 'response',
    at: 'answer',
    faults: {
      '35 bytes': record(bytes => bytes.slice(0, 35)),
      '8 bytes': record(bytes => bytes.slice(0, 8)),
      'none at all': record(() => new Uint8Array(0)),
    },
  }),
  refuses('record.seq-limit', {
    variant: 'response',
    limits,
    at: 'answer',
    faults: {
      'the limit': numbered(16n),
      'far beyond': numbered(1_000_000n),
      'the highest of 64 bits': numbered(2n ** 64n - 1n),
    },
  }),
  accepts('conventions.limit-inclusive', { variant: 'response-seq', limits, fault: numbered(15n) }),
  refuses('record.integer-64', {
    variant: 'response',
    limits: { maxSessionRecords: 2 ** 32 },
    at: 'answer',
    faults: { '2^32': numbered(2n ** 32n), '2^53 + 1': numbered(2n ** 53n + 1n), '2^63': numbered(2n ** 63n) },
  }),
  accepts('record.any-order', {
    variant: 'response',
    faults: { 'a gap at first': numbered(5n), 'a wide gap': numbered(500_000n) },
  }),
  accepts('record.any-order', { variant: 'response-behind', requests: 2, fault: numbered(2000n, 977n) }),
  refuses('record.replay', { variant: 'response', requests: 2, at: 'answer', fault: numbered(3n, 3n) }),
  refuses('record.window', { variant: 'response', requests: 2, at: 'answer', fault: numbered(2000n, 976n) }),
]
