import { readFileSync } from 'node:fs'
import t from 'tap'
import { roomPath } from '../../../../schemas/index.js'
import { concat } from '../../bytes/framing.js'
import { encodeHex, parseHex } from '../../bytes/hex.js'
import { parseTime } from '../../bytes/time.js'
import { encodeUtf8, parseUtf8 } from '../../bytes/utf8.js'
import { openAead, sealAead } from '../../crypto/aead.js'
import { deriveEd25519PublicKey } from '../../crypto/ed25519.js'
import { deriveX25519PublicKey } from '../../crypto/x25519.js'
import { createResolver } from '../../identity/resolver.js'
import { deriveSessionKeys } from '../../session/keys.js'
import { openRecord, sealRecord } from '../../session/record.js'
import { encodeBody } from '../../wire/body.js'
import { deriveAckTag } from '../ack-tag.js'
import { deriveAsResponder } from '../derivation.js'
import { draftPayload, openRequest, signRequest } from '../request.js'
import {
  draftResponseData,
  parseHandshakeResponse,
  parseResponseData,
  signResponseData,
  wrapResponseData,
} from '../response.js'
import { openResponse } from '../verdict.js'

interface Recording {
  readonly aad: string
  readonly context_id: string
  readonly http_request_body: string
  readonly http_response_body: string
  readonly init_did: string
  readonly init_ed25519_seed: string
  readonly init_payload: string
  readonly kid: string
  readonly rand_reads: readonly string[]
  readonly record_c2s: string
  readonly record_c2s_aad: string
  readonly record_s2c: string
  readonly records_with_sequence: readonly {
    direction: 'c2s' | 's2c'
    seq: number
    caller_aad_hex: string
    plaintext_hex: string
    record: string
  }[]
  readonly resp_did: string
  readonly resp_ed25519_seed: string
  readonly resp_kem_private: string
  readonly resp_kem_public: string
  readonly response_data: string
  readonly session_id: string
}

const path = roomPath('vectors', 'recorded', 'handshake-sage-go-1.5.2.json')
const recording = JSON.parse(readFileSync(path, 'utf8')) as Recording
const reads = recording.rand_reads.map(parseHex)
const read = (index: number): Uint8Array => reads[index] ?? new Uint8Array(0)

const { nonce, ts: requestTime } = JSON.parse(recording.init_payload) as { nonce: string; ts: string }
const { ts: responseTime } = JSON.parse(recording.response_data) as { ts: string }
const { id } = JSON.parse(recording.http_request_body) as { id: string }
const parties = { ctx: recording.context_id, initDid: recording.init_did, respDid: recording.resp_did }
const initSeed = parseHex(recording.init_ed25519_seed)
const respSeed = parseHex(recording.resp_ed25519_seed)
const resolve = createResolver(
  new Map([
    [recording.init_did, deriveEd25519PublicKey(initSeed)],
    [recording.resp_did, deriveEd25519PublicKey(respSeed)],
  ]),
)
const request = { ...parties, nonce, ts: parseTime(requestTime), ikmE: read(0), ephCPrivateKey: read(1) }
const kemPublicKey = parseHex(recording.resp_kem_public)
const responderKeys = { kemPrivateKey: parseHex(recording.resp_kem_private), ephSPrivateKey: read(2) }

t.test('the request of the deployed initiator, byte for byte', async t => {
  const payload = JSON.stringify(draftPayload(request))
  t.equal(payload, recording.init_payload)
  const message = signRequest({ id, context_id: parties.ctx, did: parties.initDid }, payload, initSeed)
  t.equal(parseUtf8(encodeBody(message)), recording.http_request_body)
})

t.test('the response of the deployed responder, byte for byte', async t => {
  const opened = openRequest(recording.http_request_body, {
    respDid: parties.respDid,
    now: parseTime(requestTime),
    resolve,
  })
  t.equal(opened.id, id)
  const derivation = deriveAsResponder({ ...opened, ...responderKeys })
  const { ackTag } = deriveAckTag(derivation, opened.nonce, recording.kid)
  const draft = draftResponseData({ derivation, ackTag, kid: recording.kid, ts: parseTime(responseTime) })
  const data = signResponseData(draft, respSeed)
  t.equal(JSON.stringify(data), recording.response_data)
  t.equal(`${parseUtf8(encodeBody(wrapResponseData(id, data)))}\n`, recording.http_response_body)
})

const opened = openResponse(
  recording.http_response_body,
  { ...request, id, kemPublicKey },
  { now: parseTime(responseTime), resolve },
)
const keys = deriveSessionKeys(opened.derivation.seed)

t.test('the response opens, and both sides come to the seed of the recorded session', async t => {
  t.equal(opened.kid, recording.kid)
  t.equal(keys.sid, recording.session_id)
  t.equal(encodeHex(deriveX25519PublicKey(responderKeys.kemPrivateKey)), recording.resp_kem_public)
  const { enc, ephC } = opened.derivation
  t.equal(
    encodeHex(deriveAsResponder({ ...parties, ...responderKeys, enc, ephC }).seed),
    encodeHex(opened.derivation.seed),
  )
  const data = parseResponseData(parseHandshakeResponse(recording.http_response_body))
  t.equal(JSON.stringify(data), recording.response_data)
})

t.test('the records of the deployed core, which have no sequence number', async t => {
  const cases = [
    [recording.record_c2s, keys.c2sEnc, '', read(3)],
    [recording.record_s2c, keys.s2cEnc, '', read(4)],
    [recording.record_c2s_aad, keys.c2sEnc, recording.aad, read(5)],
  ] as const
  for (const [record, key, aad, nonce] of cases) {
    const bytes = parseHex(record)
    const plaintext = openAead(key, bytes.slice(0, 12), encodeUtf8(aad), bytes.slice(12))
    t.equal(encodeHex(concat(nonce, sealAead(key, nonce, encodeUtf8(aad), plaintext))), record)
  }
})

t.test('the records of SAGE 1.0 that the same core made', async t => {
  recording.records_with_sequence.forEach((each, index) => {
    const key = each.direction === 'c2s' ? keys.c2sEnc : keys.s2cEnc
    const callerAad = parseHex(each.caller_aad_hex)
    const { seq, plaintext } = openRecord(key, callerAad, parseHex(each.record))
    t.equal(seq, BigInt(each.seq))
    t.equal(encodeHex(plaintext), each.plaintext_hex)
    t.equal(encodeHex(sealRecord({ key, seq, nonce: read(6 + index), callerAad, plaintext })), each.record)
  })
})
