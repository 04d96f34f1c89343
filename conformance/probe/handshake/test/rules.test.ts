import t from 'tap'
import type { HandshakeMessage, HandshakePayload } from '../../../../schemas/index.js'
import { encodeBase64, encodeBase64url } from '../../bytes/base64.js'
import { parseTime, SECOND } from '../../bytes/time.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { deriveEd25519PublicKey } from '../../crypto/ed25519.js'
import { encodeHex } from '../../bytes/hex.js'
import { deriveX25519PublicKey } from '../../crypto/x25519.js'
import { encodeDidKey } from '../../identity/did-key.js'
import { createResolver } from '../../identity/resolver.js'
import { encodeBody } from '../../wire/body.js'
import { deriveAckTag } from '../ack-tag.js'
import { deriveAsResponder } from '../derivation.js'
import { draftPayload, openRequest, signRequest, type RequestReader } from '../request.js'
import { draftResponseData, signResponseData, wrapResponseData, type ResponseDraft } from '../response.js'
import { openResponse, type ResponseReader } from '../verdict.js'

const bytes = (fill: number) => new Uint8Array(32).fill(fill)
const [initKey, respKey, strangerKey, kemPrivateKey] = [bytes(1), bytes(2), bytes(3), bytes(4)]
const [initDid, respDid, strangerDid] = [initKey, respKey, strangerKey].map(key =>
  encodeDidKey(deriveEd25519PublicKey(key)),
) as [string, string, string]
const now = parseTime('2026-01-01T00:00:00Z')
const facts = { ctx: 'ctx-1', initDid, respDid, nonce: 'nonce-1', ts: now, ikmE: bytes(5), ephCPrivateKey: bytes(6) }
const lowOrder = encodeBase64url(new Uint8Array(32))
const honest = draftPayload(facts)
const envelope = { id: 'id-1', context_id: 'ctx-1', did: initDid }

const request = (payload: object = {}, outer: object = {}, key = initKey): Uint8Array =>
  encodeBody({ ...signRequest({ ...envelope, ...outer }, JSON.stringify({ ...honest, ...payload }), key), ...outer })
const reader: RequestReader = { respDid, now, resolve: createResolver() }
const open = (message: Uint8Array, more: Partial<RequestReader> = {}) => openRequest(message, { ...reader, ...more })

t.test('an honest request opens', async t => {
  const { id, ctx, nonce, enc, ephC } = open(request())
  t.same({ id, ctx, nonce }, { id: 'id-1', ctx: 'ctx-1', nonce: 'nonce-1' })
  t.equal(encodeBase64url(enc), honest.enc)
  t.equal(encodeHex(ephC), encodeHex(deriveX25519PublicKey(bytes(6))))
  t.ok(open(request(), { now: now + 120n * SECOND }))
  t.ok(open(request(), { now: now - 120n * SECOND }))
})

t.test('each rule of the responder refuses what breaks it', async t => {
  const cases: [string, Uint8Array, Partial<RequestReader>?][] = [
    ['handshake.did-resolves', request({ initDid: 'did:web:a' }, { did: 'did:web:a' })],
    ['handshake.signature', request({}, {}, strangerKey)],
    ['handshake.signature', request({}, { payload: encodeBase64(encodeBody({ ...honest, nonce: 'other' })) })],
    ['handshake.did-match', request({}, { did: strangerDid }, strangerKey)],
    ['handshake.resp-did', request({ respDid: strangerDid })],
    ['handshake.resp-did', request(), { respDid: strangerDid }],
    ['handshake.ts-fresh', request(), { now: now + 120n * SECOND + 1n }],
    ['handshake.ts-fresh', request(), { now: now - 120n * SECOND - 1n }],
    ['handshake.info-match', request({ info: `${honest.info} ` })],
    ['handshake.info-match', request({}, { context_id: 'ctx-2' })],
    ['handshake.export-ctx-match', request({ exportCtx: honest.exportCtx.replace('v1', 'v2') })],
    ['handshake.nonce-single-use', request(), { isNewNonce: () => false }],
    ['handshake.low-order', request({ enc: lowOrder })],
    ['handshake.low-order', request({ ephC: lowOrder })],
  ]
  for (const [rule, message, more] of cases) t.throws(() => open(message, more), { name: 'Refusal', rule }, rule)
})

t.test('a request that is not well formed is told apart', async t => {
  const wrap = (payload: string, outer: Partial<HandshakeMessage> = {}) =>
    encodeBody({ ...signRequest(envelope, payload, initKey), ...outer })
  const { nonce: _, ...partial } = honest
  const cases: [string, Uint8Array][] = [
    ['schema', wrap(JSON.stringify(partial))],
    ['schema', request({ extra: '' })],
    ['schema', request({ ts: '2026-02-30T00:00:00Z' })],
    ['schema', request({ enc: `${honest.enc}=` })],
    ['schema', request({}, { extra: 1 })],
    ['schema', request({}, { kid: 'kid-1' })],
    ['schema', request({}, { signature: 'AA==' })],
    ['encoding', wrap(JSON.stringify(honest).replace('{', `{"enc":"${honest.enc}",`))],
    ['encoding', wrap('[]')],
    ['encoding', wrap(JSON.stringify(honest), { payload: 'a' })],
    ['encoding', encodeUtf8('not json')],
  ]
  for (const [layer, message] of cases) t.throws(() => open(message), { name: 'Refusal', layer }, layer)
})

t.test('the nonce is asked for after the cheap rules and before the keys are looked at', async t => {
  const asked: string[] = []
  const isNewNonce = (did: string, nonce: string) => asked.push(`${did} ${nonce}`) > 0
  t.throws(() => open(request({ info: 'x' }), { isNewNonce }), { name: 'Refusal', rule: 'handshake.info-match' })
  t.same(asked, [])
  t.throws(() => open(request({ enc: lowOrder }), { isNewNonce }), { name: 'Refusal', rule: 'handshake.low-order' })
  t.same(asked, [`${initDid} nonce-1`])
})

const derivation = deriveAsResponder({ ...open(request()), kemPrivateKey, ephSPrivateKey: bytes(7) })
const { ackTag } = deriveAckTag(derivation, 'nonce-1', 'kid-1')
const draft = draftResponseData({ derivation, ackTag, kid: 'kid-1', ts: now })
const sent = { ...facts, id: 'id-1', kemPublicKey: deriveX25519PublicKey(kemPrivateKey) }
const respond = (changes: Partial<ResponseDraft> = {}, id = 'id-1', key = respKey) =>
  encodeBody(wrapResponseData(id, signResponseData({ ...draft, ...changes }, key)))
const accept = (response: Uint8Array, more: Partial<ResponseReader> = {}) =>
  openResponse(response, sent, { now, resolve: createResolver(), ...more })

t.test('an honest response opens, with the seed of the responder', async t => {
  const { kid, derivation: own, ack } = accept(respond())
  t.equal(kid, 'kid-1')
  t.equal(encodeHex(own.seed), encodeHex(derivation.seed))
  t.equal(encodeHex(ack.ackTag), encodeHex(ackTag))
  t.ok(accept(respond(), { now: now + 120n * SECOND }))
})

t.test('each rule of the initiator refuses what breaks it', async t => {
  const wrong = encodeBase64url(bytes(9))
  const cases: [string, Uint8Array, Partial<ResponseReader>?][] = [
    ['message', respond({}, 'id-2')],
    ['version', respond({ v: 'v2' })],
    ['version', respond({ task: 'hpke/complete@v2' })],
    ['echo', respond({ ctx: 'ctx-2' })],
    ['echo', respond({ enc: wrong })],
    ['echo', respond({ ephC: wrong })],
    ['did', respond({ did: strangerDid }, 'id-1', strangerKey)],
    ['hashes', respond({ infoHash: wrong })],
    ['hashes', respond({ exportCtxHash: wrong })],
    ['ts', respond(), { now: now + 120n * SECOND + 1n }],
    ['low-order', respond({ ephS: lowOrder })],
    ['ack-tag', respond({ ackTagB64: wrong })],
    ['ack-tag', respond({ kid: 'kid-2' })],
    ['ack-tag', respond({ ephS: wrong })],
    ['signature', respond({}, 'id-1', strangerKey)],
  ]
  for (const [rule, response, more] of cases)
    t.throws(() => accept(response, more), { name: 'Refusal', rule: `handshake.response-${rule}` }, rule)
})

t.test('response data may come in any order and may not be anything else', async t => {
  const data = signResponseData(draft, respKey)
  const wrap = (other: object) => encodeBody(wrapResponseData('id-1', other))
  t.ok(accept(wrap(Object.fromEntries(Object.entries(data).reverse()))))
  t.throws(() => accept(wrap({ ...data, extra: '' })), { name: 'Refusal', layer: 'schema' })
  t.throws(() => accept(wrap({ ...data, ts: '2026-02-30T00:00:00Z' })), { name: 'Refusal', layer: 'schema' })
  t.throws(() => accept(encodeBody({ success: false, error: 'authentication_failed' })), {
    name: 'Refusal',
    layer: 'schema',
  })
})

t.test('a builder refuses nothing', async t => {
  const forged: HandshakePayload = { ...honest, ts: 'yesterday', enc: '' }
  t.match(signRequest({ id: '', context_id: '\n', did: 'nobody' }, JSON.stringify(forged), initKey), {
    id: '',
    did: 'nobody',
  })
  t.match(signRequest(envelope, 'not even JSON', initKey), { payload: encodeBase64(encodeUtf8('not even JSON')) })
})
