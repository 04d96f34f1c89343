import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { defaultLimits, roomPath, vectorOps } from '../../../schemas/index.js'
import { encodeBase64Url, parseBase64 } from '../../bytes/base64.js'
import { encodeHex, parseHex } from '../../bytes/hex.js'
import type { JsonObject } from '../../bytes/json.js'
import { parseUtf8 } from '../../bytes/utf8.js'
import { answer, createCorePeer } from '../../core-peer.js'
import { ed25519PublicKey } from '../../crypto/ed25519.js'
import { honestParts } from '../../parts.js'
import { honestCoreGuards } from '../guards.js'

const core = createCorePeer()
const accepted = (op: string, input: object): JsonObject => {
  const answered = core(op, input as JsonObject)
  t.equal(answered.outcome, 'accept', op)
  return answered.outcome === 'accept' ? answered.output : {}
}
const rejected = (op: string, input: object, message?: string) =>
  t.strictSame(core(op, input as JsonObject), { outcome: 'reject' }, message ?? op)

const filled = (byte: number) => encodeHex(new Uint8Array(32).fill(byte))
const recording = JSON.parse(
  readFileSync(roomPath('vectors', 'recorded/handshake-sage-go-1.5.2.json'), 'utf8'),
) as Record<string, string> & { rand_reads: string[] }
const [ikmE, ephCPrivateKey, ephSPrivateKey] = recording.rand_reads as [string, string, string]
const [initDid, respDid, ctx] = [recording['init_did']!, recording['resp_did']!, recording['context_id']!]
const request = JSON.parse(recording['http_request_body']!) as Record<string, string>
const payload = JSON.parse(recording['init_payload']!) as Record<string, string>
const data = JSON.parse(recording['response_data']!) as Record<string, string>
const hexOf = (b64u: string) => Buffer.from(b64u, 'base64url').toString('hex')
const keyOf = (seed: string) => encodeHex(ed25519PublicKey(parseHex(recording[seed]!)))
const keys = { [initDid]: keyOf('init_ed25519_seed'), [respDid]: keyOf('resp_ed25519_seed') }

t.test('the recorded handshake answers every operation of the handshake, with its steps', async t => {
  const [ephS, enc, ephC] = [hexOf(data['ephS']!), hexOf(payload['enc']!), hexOf(payload['ephC']!)]
  const kemPublicKey = recording['resp_kem_public']
  const parties = { ctx, initDid, respDid }
  const initiator = accepted('handshake.initiator', { ...parties, kemPublicKey, ikmE, ephCPrivateKey, ephS })
  t.match(initiator, { info: payload['info'], exportCtx: payload['exportCtx'], enc, ephC })
  t.strictSame(Object.keys(initiator).sort(), ['enc', 'ephC', 'exportCtx', 'exporter', 'info', 'prk', 'seed', 'ssE2E'])
  const responder = accepted('handshake.responder', {
    ...parties,
    kemPrivateKey: recording['resp_kem_private'],
    enc,
    ephC,
    ephSPrivateKey,
  })
  t.match(responder, { ephS, seed: initiator['seed'], prk: initiator['prk'], ssE2E: initiator['ssE2E'] })
  const { seed } = initiator
  const [nonce, kid] = [payload['nonce'], recording['kid']]
  const tag = accepted('handshake.ack-tag', { ...parties, seed, nonce, kid, enc, ephC, ephS })
  t.equal(tag['ackTag'], hexOf(data['ackTagB64']!))
  t.strictSame(Object.keys(tag).sort(), ['ackKey', 'ackTag', 'exportCtx', 'info', 'th'])
  const signed = accepted('handshake.sign-response', {
    privateKey: recording['resp_ed25519_seed'],
    ...{ ctx, kid, ephS, ackTag: tag['ackTag'], ts: data['ts'], respDid, enc, ephC },
    ...{ info: payload['info'], exportCtx: payload['exportCtx'] },
  })
  t.match(signed, { sigB64: data['sigB64'], infoHash: hexOf(data['infoHash']!) })
  t.match(signed['signedText'], /^\{"v":"v1","task":"hpke\/complete@v1","ctx":/)
  t.strictSame(
    accepted('handshake.sign-request', {
      privateKey: recording['init_ed25519_seed'],
      payload: recording['init_payload'],
    }),
    { signature: request['signature'] },
  )
  const opened = { message: recording['http_request_body'], respDid, now: payload['ts'], keys }
  t.strictSame(accepted('handshake.open-request', opened), { ctx, initDid, nonce, enc, ephC })
  rejected('handshake.open-request', { ...opened, respDid: initDid })
  rejected('handshake.open-request', { ...opened, keys: {} })
  const answered = {
    response: recording['http_response_body'],
    request: { id: request['id'], ...parties, nonce, ikmE, ephCPrivateKey, kemPublicKey },
    now: payload['ts'],
    keys,
  }
  t.strictSame(accepted('handshake.open-response', answered), { kid, seed })
  rejected('handshake.open-response', { ...answered, now: '2026-11-22T08:11:37Z' })
  rejected('handshake.open-response', { ...answered, response: recording['http_request_body'] })
  t.equal(accepted('key-schedule', { seed })['sid'], recording['session_id'])
  t.equal(parseUtf8(parseBase64(request['payload']!)), recording['init_payload'])
})

t.test('records are sealed, opened and received', async t => {
  const [key, nonce] = [filled(1), '02'.repeat(12)]
  const sealed = (seq: string) =>
    accepted('record.seal', { key, seq, nonce, callerAad: '03', plaintext: '04' })['record'] as string
  const top = '18446744073709551615'
  t.strictSame(accepted('record.open', { key, callerAad: '03', record: sealed(top) }), { seq: top, plaintext: '04' })
  const delivery = (seq: string) => ({ record: sealed(seq), callerAad: '03' })
  const deliveries = [delivery('5'), delivery('5'), { ...delivery('6'), callerAad: '' }, delivery('6'), delivery('9')]
  t.strictSame(accepted('record.receive', { key, maxSessionRecords: '9', deliveries })['results'], [
    { accepted: true, seq: '5', plaintext: '04' },
    { accepted: false },
    { accepted: false },
    { accepted: true, seq: '6', plaintext: '04' },
    { accepted: false },
  ])
  for (const seq of ['18446744073709551616', '-1', '01', '1.0', ''])
    rejected('record.seal', { key, seq, nonce, callerAad: '03', plaintext: '04' }, `seq ${seq}`)
})

t.test('cards are signed and verified', async t => {
  const { publicKey: signing } = accepted('ed25519.sign', { privateKey: filled(1), message: '' })
  const { did } = accepted('did-key.encode', { publicKey: signing })
  t.strictSame(accepted('did-key.decode', { did }), { publicKey: signing })
  const jwk = (crv: string, x: string) => ({ kty: 'OKP', crv, x: encodeBase64Url(parseHex(x)) })
  const card = {
    sage: '1.0',
    did,
    keys: { signing: jwk('Ed25519', signing as string), kem: jwk('X25519', filled(9)) },
    endpoints: { http: 'http://127.0.0.1:1/' },
    capabilities: [],
    limits: { ...defaultLimits },
    issuedAt: '2026-06-01T00:00:00Z',
    expiresAt: '2026-06-02T00:00:00Z',
  }
  const { signature } = accepted('card.sign', { privateKey: filled(1), card })
  const text = JSON.stringify({ ...card, signature: encodeBase64Url(parseHex(signature as string)) })
  const judged = { card: text, now: '2026-06-01T12:00:00Z', keys: {} }
  t.strictSame(accepted('card.verify', judged), { did })
  t.strictSame(accepted('card.verify', { ...judged, expectedDid: did, latestIssuedAt: card.issuedAt }), { did })
  rejected('card.verify', { ...judged, expectedDid: 'did:web:a' })
  rejected('card.verify', { ...judged, latestIssuedAt: '2026-06-01T00:00:01Z' })
  rejected('card.sign', { privateKey: filled(1), card: { ...card, signature: 'x' } })
})

t.test('envelopes are bound', async t => {
  const names = { task_id: 'sage/ping@v1', kid: 'k' }
  const request = { ...names, id: 'i', context_id: 'c', did: 'did:a:b' }
  t.ok(accepted('aad.request', request)['aad'])
  const response = { ...names, success: false, error: 'internal', message_id: 'i', requestRecord: '00' }
  t.strictSame(Object.keys(accepted('aad.response', response)), ['requestHash', 'aad'])
  rejected('aad.request', { ...request, stream: {} })
  rejected('aad.response', { ...response, success: true })
})

t.test('one member is opened, up to a limit', async t => {
  const bytes = '1f8b0800000000000003cb48cdc9c9e7020020303a3606000000'
  t.strictSame(accepted('gzip.open', { bytes, max: 6 }), { plaintext: '68656c6c6f0a' })
  rejected('gzip.open', { bytes, max: 5 })
  rejected('gzip.open', { bytes: `${bytes}00`, max: 6 })
  rejected('gzip.open', { bytes: bytes.slice(2), max: 6 })
})

t.test('the forms are parsed', async t => {
  t.strictSame(accepted('base64.decode', { text: 'AQI=' }), { bytes: '0102' })
  t.strictSame(accepted('base64url.decode', { text: 'AQI' }), { bytes: '0102' })
  t.strictSame(accepted('token.parse', { text: 'a' }), {})
  t.strictSame(accepted('task.parse', { text: 'a/b@v1' }), {})
  t.strictSame(accepted('did.parse', { text: 'did:a:b' }), { method: 'a', id: 'b' })
  t.strictSame(accepted('time.parse', { text: '1970-01-01T00:00:01Z' }), { unixNanoseconds: '1000000000' })
  t.strictSame(accepted('json.parse', { bytes: '7b7d' }), {})
  t.strictSame(accepted('jcs', { json: '{"b":1.50,"a":[]}' }), { canonical: '{"a":[],"b":1.5}' })
  rejected('json.parse', { bytes: '5b5d' })
})

t.test('the primitives answer', async t => {
  const [info, exporterContext, length] = ['', '', 8]
  const { privateKey, publicKey } = {
    privateKey: filled(9),
    publicKey: encodeHex(honestParts.x25519PublicKey(new Uint8Array(32).fill(9))),
  }
  const sent = accepted('hpke.export-sender', { ikmE: filled(1), pkR: publicKey, info, exporterContext, length })
  t.strictSame(accepted('hpke.export-receiver', { skR: privateKey, enc: sent['enc'], info, exporterContext, length }), {
    exported: sent['exported'],
  })
  rejected('x25519', { privateKey, publicKey: filled(0) })
  const { publicKey: signing, signature } = accepted('ed25519.sign', { privateKey, message: '00' })
  t.strictSame(accepted('ed25519.verify', { publicKey: signing, message: '00', signature }), {})
  rejected('ed25519.verify', { publicKey: signing, message: '01', signature })
  t.strictSame(accepted('ed25519.public-key', { publicKey: signing }), {})
  rejected('ed25519.public-key', { publicKey: filled(0) })
  const aead = { key: filled(1), nonce: '00'.repeat(12), aad: '' }
  const { ciphertext } = accepted('aead.seal', { ...aead, plaintext: 'ff' })
  t.strictSame(accepted('aead.open', { ...aead, ciphertext }), { plaintext: 'ff' })
  t.strictSame(Object.keys(accepted('hkdf', { salt: '', ikm: '', info: '', length: 1 })), ['prk', 'okm'])
  rejected('hkdf', { salt: '', ikm: '', info: '', length: 8161 })
})

t.test('every operation of the vectors is known, and rejects an input that is none', async t => {
  for (const op of vectorOps) rejected(op, {})
  t.strictSame(core('toString', {}), { outcome: 'unsupported' })
  const members = fc.constantFrom('key', 'text', 'seed', 'card', 'record', 'publicKey', 'message', 'deliveries', 'keys')
  const inputs = fc.dictionary(members, fc.oneof(fc.jsonValue(), fc.constant('00')), { noNullPrototype: true })
  fc.assert(
    fc.property(fc.constantFrom(...vectorOps), inputs, (op, input) => {
      t.match(core(op, input as JsonObject).outcome, /^(accept|reject)$/)
    }),
    { numRuns: 300 },
  )
})

t.test('one part or one list of guards makes another core', async t => {
  const wrong = createCorePeer({ ...honestParts, isEd25519Signature: () => true })
  const [publicKey, signature] = [keyOf('init_ed25519_seed'), '00'.repeat(64)]
  t.match(wrong('ed25519.verify', { publicKey, message: '', signature }), { outcome: 'accept' })
  const lax = createCorePeer(honestParts, { ...honestCoreGuards, responder: [] })
  const message = recording['http_request_body']!
  const stale = { message, respDid, now: '2030-01-01T00:00:00Z', keys }
  rejected('handshake.open-request', stale)
  t.match(lax('handshake.open-request', stale), { outcome: 'accept' })
})

t.test('a line is answered with a line', async t => {
  t.equal(answer('{"id":"x","op":"token.parse","input":{"text":"a"}}'), '{"id":"x","outcome":"accept","output":{}}')
  t.equal(answer('{"id":"x","op":"none","input":{}}'), '{"id":"x","outcome":"unsupported"}')
  for (const line of ['', 'x', '[]', 'null', '{"id":1,"op":"hkdf","input":{}}', '{"id":"x","op":"hkdf"}'])
    t.throws(() => answer(line), { name: 'SageError', code: 'malformed' }, line)
})

t.test(
  'as a program it answers until its input ends, and a bad line ends it without a trace of its inside',
  async t => {
    const program = fileURLToPath(new URL('../../core-peer.js', import.meta.url))
    const run = (input: string) => spawnSync(process.execPath, [program], { input, encoding: 'utf8' })
    const line = '{"id":"x","op":"token.parse","input":{"text":"a b"}}\n'
    t.match(run(line + line), { status: 0, stderr: '', stdout: '{"id":"x","outcome":"reject"}\n'.repeat(2) })
    t.match(run(`${line}{"secret"\n`), {
      status: 2,
      stdout: '{"id":"x","outcome":"reject"}\n',
      stderr: /^core-peer: the line is not a JSON object\n$/,
    })
  },
)
