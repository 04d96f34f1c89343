import fc from 'fast-check'
import t from 'tap'
import type { HandshakePayload, HandshakeResponseData } from '../../../schemas/index.js'
import { encodeBase64Url, parseBase64 } from '../../bytes/base64.js'
import { isSageError } from '../../bytes/sage-error.js'
import { parseHex } from '../../bytes/hex.js'
import { encodeTime, parseTime, SECOND } from '../../bytes/time.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { ed25519PublicKey, signEd25519 } from '../../crypto/ed25519.js'
import { x25519KeyPair, x25519PublicKey } from '../../crypto/x25519.js'
import { encodeDidKey } from '../../identity/did-key.js'
import { answerRequest, judgeRequest, readRequest, type ReceivedRequest, type ResponderKnowledge } from '../accept.js'
import { deriveInitiator, deriveResponder } from '../derivation.js'
import { handshakeParts } from '../parts.js'
import { createRequest, encodePayload, parsePayload } from '../request.js'
import { responderGuards, taskGuards } from '../responder-guards.js'
import { encodeResponseData, parseResponseData } from '../response.js'
import { signedText } from '../steps.js'
import { responseGuards, verifyResponse } from '../verify-response.js'

const filled = (byte: number) => new Uint8Array(32).fill(byte)
const [initiatorKey, responderKey] = [filled(1), filled(2)]
const initDid = encodeDidKey(ed25519PublicKey(initiatorKey))
const respDid = encodeDidKey(ed25519PublicKey(responderKey))
const kemKeyPair = x25519KeyPair(filled(3))
const ts = '2026-06-01T00:00:00.5Z'
const now = parseTime(ts)
const parties = { ctx: 'ctx-1', initDid, respDid }

const requested = (changes: Partial<Parameters<typeof createRequest>[0]> = {}) =>
  createRequest({
    ...parties,
    id: 'id-1',
    nonce: 'nonce-1',
    ts,
    signingKey: initiatorKey,
    kemPublicKey: kemKeyPair.publicKey,
    ikmE: filled(4),
    ephCPrivateKey: filled(5),
    ...changes,
  })

const arrives = ({ message }: ReturnType<typeof requested>): ReceivedRequest => ({
  id: message.id,
  contextId: message.context_id,
  taskId: message.task_id,
  did: message.did,
  payloadBytes: parseBase64(message.payload),
  signature: parseBase64(message.signature),
})

/** A request whose payload was changed by an initiator that signs what it changed. */
const forged = (changes: Partial<HandshakePayload>, envelope: Partial<ReceivedRequest> = {}): ReceivedRequest => {
  const request = arrives(requested())
  const payload = { ...(JSON.parse(Buffer.from(request.payloadBytes).toString()) as HandshakePayload), ...changes }
  const payloadBytes = encodeUtf8(encodePayload(payload))
  return { ...request, payloadBytes, signature: signEd25519(initiatorKey, payloadBytes), ...envelope }
}

/** A request that names another party, and says so consistently. */
const misnamed = (who: Partial<Record<'initDid' | 'respDid', string>>): ReceivedRequest =>
  forged({ ...who, info: handshakeParts.info({ ...parties, ...who }, handshakeParts) })

const knowledge: ResponderKnowledge = {
  initiatorKey: ed25519PublicKey(initiatorKey),
  admitted: true,
  ownDid: respDid,
  now,
  replay: { claim: () => 'fresh' },
}

const judge = (request: ReceivedRequest, changes: Partial<ResponderKnowledge> = {}, guards = responderGuards) =>
  judgeRequest(request, readRequest(request), { ...knowledge, ...changes }, handshakeParts, guards)

const answer = (request: ReceivedRequest) =>
  answerRequest(request, readRequest(request), {
    ownDid: respDid,
    kemKeyPair,
    signingKey: responderKey,
    ephSPrivateKey: filled(6),
    kid: 'kid-1',
    ts,
  })

const failed = { name: 'SageError', code: 'authentication_failed', message: 'authentication failed' }
const lowOrder = encodeBase64Url(parseHex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'))

t.test('both sides derive the same seed, whatever was drawn', async () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 })
  fc.assert(
    fc.property(key, key, key, key, (kemPrivateKey, ikmE, ephCPrivateKey, ephSPrivateKey) => {
      const kem = x25519KeyPair(kemPrivateKey)
      const ephS = x25519PublicKey(ephSPrivateKey)
      const ours = deriveInitiator({ ...parties, kemPublicKey: kem.publicKey, ikmE, ephCPrivateKey, ephS })
      const theirs = deriveResponder({ ...parties, kemKeyPair: kem, enc: ours.enc, ephC: ours.ephC, ephSPrivateKey })
      t.strictSame(theirs.seed, ours.seed)
      t.strictSame(theirs.exporter, ours.exporter)
      t.strictSame(theirs.ephS, ephS)
    }),
    { numRuns: 20 },
  )
})

t.test('an honest handshake is judged, answered and verified', async t => {
  const { pending, ...rest } = requested()
  const request = arrives({ pending, ...rest })
  judge(request)
  const { response, seed } = answer(request)
  const verified = verifyResponse({
    messageId: response.message_id,
    dataBytes: parseBase64(response.data),
    pending,
    responderKey: ed25519PublicKey(responderKey),
    now,
  })
  t.strictSame(verified, { kid: 'kid-1', seed })
  t.strictSame(pending.ephCPrivateKey, filled(0), 'the ephemeral key is gone')
  t.strictSame(pending.exporter, filled(0), 'and so is the exporter')
})

const refusals: [string, ReceivedRequest, Partial<ResponderKnowledge>][] = [
  ['handshake.did-resolves', arrives(requested()), { initiatorKey: undefined }],
  ['handshake.signature', { ...arrives(requested()), signature: new Uint8Array(64) }, {}],
  ['handshake.did-match', misnamed({ initDid: 'did:web:other' }), {}],
  ['handshake.resp-did', misnamed({ respDid: 'did:web:other' }), {}],
  ['handshake.ts-fresh', forged({ ts: encodeTime(now - 120n * SECOND - 1n) }), {}],
  ['handshake.info-match', forged({ info: 'other' }), {}],
  ['handshake.export-ctx-match', forged({ exportCtx: 'other' }), {}],
  ['handshake.nonce-single-use', arrives(requested()), { replay: { claim: () => 'seen' } }],
  ['handshake.low-order', forged({ ephC: lowOrder }), {}],
]

t.test('each rule of the responder refuses by itself what it is for, all in the same words', async t => {
  t.strictSame(
    refusals.map(([id]) => id),
    responderGuards.map(([id]) => id),
  )
  for (const [id, request, changes] of refusals) {
    t.throws(() => judge(request, changes), failed, id)
    const others = responderGuards.filter(([guard]) => guard !== id)
    t.doesNotThrow(() => judge(request, changes, others), `${id} alone stands against it`)
  }
})

t.test('the other forms of those faults are refused too', async t => {
  t.throws(() => judge(arrives(requested()), { admitted: false }), failed)
  t.throws(() => judge(forged({ ts: encodeTime(now + 120n * SECOND + 1n) })), failed)
  t.throws(() => judge(forged({ enc: lowOrder })), failed)
  t.throws(() => judge({ ...arrives(requested()), contextId: 'ctx-2' }), failed)
  t.doesNotThrow(() => judge(forged({ ts: encodeTime(now - 120n * SECOND) })))
  t.doesNotThrow(() => judge(forged({ ts: encodeTime(now + 120n * SECOND) })))
})

t.test('a nonce is claimed after every check before it, and never by a request that one of them refuses', async t => {
  const claims: string[] = []
  const replay = { claim: (did: string, nonce: string) => (claims.push(`${did} ${nonce}`), 'fresh' as const) }
  for (const [id, request, changes] of refusals.slice(0, 7))
    t.throws(() => judge(request, { ...changes, replay }), failed, id)
  t.strictSame(claims, [])
  t.throws(() => judge(forged({ ephC: lowOrder }), { replay }), failed)
  t.strictSame(claims, [`${initDid} nonce-1`], 'it stands when a later step fails')
  t.throws(() => judge(arrives(requested()), { replay: { claim: () => 'full' } }), { code: 'unavailable' })
})

t.test('another task is not served, and a payload that breaks its schema is malformed', async t => {
  const request = { ...arrives(requested()), taskId: 'sage/ping@v1' }
  t.throws(() => readRequest(request), { code: 'task_unsupported' })
  t.doesNotThrow(() => readRequest(request, handshakeParts, taskGuards.slice(1)))
  const payload = JSON.parse(Buffer.from(arrives(requested()).payloadBytes).toString()) as Record<string, unknown>
  for (const wrong of [
    { ...payload, extra: '1' },
    { ...payload, nonce: 'a b' },
    { ...payload, enc: `${payload['enc'] as string}=` },
    { ...payload, ts: '2026-02-30T00:00:00Z' },
    { ...payload, ts: null },
    (({ nonce: _, ...rest }) => rest)(payload),
  ])
    t.throws(() => parsePayload(encodeUtf8(JSON.stringify(wrong))), { code: 'malformed' })
})

t.test('all zeros end a handshake even where no rule looked for them', async t => {
  t.throws(() => answer(forged({ ephC: lowOrder })), { code: 'authentication_failed' })
  t.throws(() => answer(forged({ enc: lowOrder })), { code: 'authentication_failed' })
})

/** The verdict on an answer that was changed by a responder that signs what it changed. */
const verdict = (
  changes: Partial<HandshakeResponseData>,
  {
    sign = true,
    guards = responseGuards,
    ...input
  }: Partial<Parameters<typeof verifyResponse>[0]> & {
    sign?: boolean
    guards?: Parameters<typeof verifyResponse>[2]
  } = {},
) => {
  const requestMade = requested()
  const { response } = answer(arrives(requestMade))
  const data = { ...parseResponseData(parseBase64(response.data)).data, ...changes }
  if (sign) data.sigB64 = encodeBase64Url(signEd25519(responderKey, encodeUtf8(signedText(data))))
  return verifyResponse(
    {
      messageId: 'id-1',
      dataBytes: encodeUtf8(encodeResponseData(data)),
      pending: requestMade.pending,
      responderKey: ed25519PublicKey(responderKey),
      now,
      ...input,
    },
    handshakeParts,
    guards,
  )
}

const rejected = { name: 'SageError', code: 'peer_rejected' }
const other = encodeBase64Url(filled(9))

const rejections: [string, Parameters<typeof verdict>[0], Parameters<typeof verdict>[1]][] = [
  ['handshake.response-message', {}, { messageId: 'id-2' }],
  ['handshake.response-version', { v: 'v2' }, {}],
  ['handshake.response-echo', { ctx: 'ctx-2' }, {}],
  ['handshake.response-did', { did: initDid }, {}],
  ['handshake.response-hashes', { infoHash: other }, {}],
  ['handshake.response-ts', { ts: encodeTime(now + 120n * SECOND + 1n) }, {}],
  ['handshake.response-low-order', { ephS: lowOrder }, {}],
  ['handshake.response-ack-tag', { ackTagB64: other }, {}],
  ['handshake.response-signature', { ts: '2026-06-01T00:00:00.6Z' }, { sign: false }],
]

t.test('each rule of the initiator rejects by itself what it is for', async t => {
  t.strictSame(
    rejections.map(([id]) => id),
    [...responseGuards.before, ...responseGuards.after].map(([id]) => id),
  )
  for (const [id, changes, options] of rejections) {
    t.throws(() => verdict(changes, options), rejected, id)
    // X25519 itself refuses what this one looks for.
    if (id === 'handshake.response-low-order') continue
    const without = <G extends readonly [string, unknown]>(list: readonly G[]) => list.filter(([guard]) => guard !== id)
    const guards = { before: without(responseGuards.before), after: without(responseGuards.after) }
    t.doesNotThrow(() => verdict(changes, { ...options, guards }), `${id} alone stands against it`)
  }
})

t.test('the other forms of those faults are rejected too', async t => {
  t.doesNotThrow(() => verdict({}))
  t.throws(() => verdict({ task: 'hpke/complete@v2' }), rejected)
  t.throws(() => verdict({ enc: other }), rejected)
  t.throws(() => verdict({ ephC: other }), rejected)
  t.throws(() => verdict({ exportCtxHash: other }), rejected)
  t.throws(() => verdict({ kid: 'kid-2' }), rejected, 'the tag is over the kid')
  t.throws(() => verdict({ ephS: other }), rejected)
  t.throws(() => verdict({ ts: encodeTime(now - 120n * SECOND - 1n) }), rejected)
  t.throws(() => verdict({}, { responderKey: undefined }), rejected)
  t.throws(() => verdict({}, { responderKey: ed25519PublicKey(initiatorKey) }), rejected)
  t.throws(() => verdict({}, { dataBytes: encodeUtf8('{}') }), rejected)
  t.doesNotThrow(() => verdict({ ts: encodeTime(now - 120n * SECOND) }))
})

t.test('any bytes are read as a payload or refused as malformed', async () => {
  const some = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.json().map(encodeUtf8))
  fc.assert(
    fc.property(some, bytes => {
      for (const parse of [parsePayload, parseResponseData]) {
        try {
          parse(bytes)
        } catch (error) {
          t.ok(isSageError(error, 'malformed'))
        }
      }
    }),
    { numRuns: 100 },
  )
})
