import { readFileSync } from 'node:fs'
import { roomPath } from '../../../schemas/index.js'
import { encodeHex } from '../../bytes/hex.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import type { Ask, Case, Family, Group, Values } from '../case.js'
import { textOf } from '../case.js'

interface RecordedRecord {
  readonly direction: 'c2s' | 's2c'
  readonly seq: number
  readonly caller_aad_hex: string
  readonly plaintext_hex: string
  readonly record: string
}

/** What is used of the recording; vectors/recorded/README.md says what it is. */
interface Recording {
  readonly aad: string
  readonly context_id: string
  readonly http_request_body: string
  readonly http_response_body: string
  readonly init_did: string
  readonly init_ed25519_seed: string
  readonly init_payload: string
  readonly kid: string
  readonly rand_reads: readonly [ikmE: string, ephC: string, ephS: string, ...nonces: string[]]
  readonly record_c2s: string
  readonly record_c2s_aad: string
  readonly record_s2c: string
  readonly records_with_sequence: readonly RecordedRecord[]
  readonly resp_did: string
  readonly resp_ed25519_seed: string
  readonly resp_kem_private: string
  readonly resp_kem_public: string
  readonly response_data: string
  readonly session_id: string
}

const readRecording = (): Recording =>
  JSON.parse(readFileSync(roomPath('vectors', 'recorded', 'handshake-sage-go-1.5.2.json'), 'utf8')) as Recording

const parse = (text: string): Record<string, string> => JSON.parse(text) as Record<string, string>
const hexOfBase64Url = (text: string | undefined): string => encodeHex(Buffer.from(text ?? '', 'base64url'))

/** The recorded handshake and records of the deployed core, as tests: what it said is pinned. */
export const recorded = (ask: Ask): Family => {
  const said = readRecording()
  const [ikmE, ephCPrivateKey, ephSPrivateKey] = said.rand_reads
  const payload = parse(said.init_payload)
  const data = parse(said.response_data)
  const [enc, ephC, ephS] = [payload['enc'], payload['ephC'], data['ephS']].map(hexOfBase64Url)
  const { info, exportCtx, nonce } = payload
  const ackTag = hexOfBase64Url(data['ackTagB64'])
  const parties = { ctx: said.context_id, initDid: said.init_did, respDid: said.resp_did }
  const keys = {
    [said.init_did]: textOf(ask('ed25519.sign', { privateKey: said.init_ed25519_seed, message: '' }), 'publicKey'),
    [said.resp_did]: textOf(ask('ed25519.sign', { privateKey: said.resp_ed25519_seed, message: '' }), 'publicKey'),
  }
  const initiator: Values = { ...parties, kemPublicKey: said.resp_kem_public, ikmE, ephCPrivateKey, ephS }
  // The seed is not in the recording; the tag, the session id and the records that come of it are.
  const seed = textOf(ask('handshake.initiator', initiator), 'seed')
  const schedule = ask('key-schedule', { seed })
  const keyOf = (direction: 'c2s' | 's2c'): string => textOf(schedule, `${direction}Enc`)
  const one = (op: Group['op'], test: Omit<Case, 'flags'>): Group => ({
    op,
    source: 'SAGE Go core v1.5.2',
    cases: [{ flags: ['Recorded'], ...test }],
  })
  const deployed = [
    { id: 'c2s', record: said.record_c2s, key: keyOf('c2s'), aad: '' },
    { id: 's2c', record: said.record_s2c, key: keyOf('s2c'), aad: '' },
    { id: 'c2s-aad', record: said.record_c2s_aad, key: keyOf('c2s'), aad: encodeHex(encodeUtf8(said.aad)) },
  ].map(({ id, record, key, aad }) => {
    const input = { key, nonce: record.slice(0, 24), aad }
    const ciphertext = record.slice(24)
    const { plaintext } = ask('aead.open', { ...input, ciphertext })
    return { id, input, ciphertext, plaintext }
  })
  const messageId = parse(said.http_request_body)['id']

  const groups: Group[] = [
    one('handshake.initiator', {
      id: 'initiator',
      comment: 'the client: enc, ephC, info and exportCtx are recorded',
      requirements: ['handshake.strings', 'handshake.exporter', 'handshake.shared-secret', 'handshake.seed'],
      input: initiator,
      pinned: { info, exportCtx, enc, ephC },
    }),
    one('handshake.responder', {
      id: 'responder',
      comment: 'the server: ephS is recorded, and the seed must be that of the client',
      requirements: ['handshake.strings', 'handshake.exporter', 'handshake.shared-secret', 'handshake.seed'],
      input: { ...parties, kemPrivateKey: said.resp_kem_private, enc, ephC, ephSPrivateKey },
      pinned: { info, exportCtx, ephS, seed },
    }),
    one('handshake.ack-tag', {
      id: 'ack-tag',
      comment: 'the tag is recorded',
      requirements: ['handshake.ack-key', 'handshake.transcript-hash', 'handshake.ack-tag'],
      input: { seed, ...parties, nonce, kid: said.kid, enc, ephC, ephS },
      pinned: { info, exportCtx, ackTag },
    }),
    one('handshake.sign-request', {
      id: 'sign-request',
      comment: 'the payload and its signature are recorded',
      requirements: ['handshake.signature'],
      input: { privateKey: said.init_ed25519_seed, payload: said.init_payload },
      pinned: { signature: parse(said.http_request_body)['signature'] },
    }),
    one('handshake.sign-response', {
      id: 'sign-response',
      comment: 'hashes and signature are recorded',
      requirements: ['handshake.response-correct', 'handshake.response-signature'],
      input: {
        privateKey: said.resp_ed25519_seed,
        ctx: said.context_id,
        kid: said.kid,
        ephS,
        ackTag,
        ts: data['ts'],
        respDid: said.resp_did,
        info,
        exportCtx,
        enc,
        ephC,
      },
      pinned: {
        infoHash: hexOfBase64Url(data['infoHash']),
        exportCtxHash: hexOfBase64Url(data['exportCtxHash']),
        sigB64: data['sigB64'],
      },
    }),
    one('handshake.open-request', {
      id: 'open-request',
      comment: 'the body of the HTTP request',
      requirements: ['handshake.answered'],
      input: { message: said.http_request_body, respDid: said.resp_did, now: data['ts'], keys },
      pinned: { ctx: said.context_id, initDid: said.init_did, nonce, enc, ephC },
    }),
    one('handshake.open-response', {
      id: 'open-response',
      comment: 'the body of the HTTP response, with the line feed at its end',
      requirements: ['handshake.response-ack-tag', 'handshake.response-signature'],
      input: {
        response: said.http_response_body,
        request: { id: messageId, ...parties, nonce, ikmE, ephCPrivateKey, kemPublicKey: said.resp_kem_public },
        now: data['ts'],
        keys,
      },
      pinned: { kid: said.kid, seed },
    }),
    one('key-schedule', {
      id: 'key-schedule',
      comment: 'the session id is recorded as sid; c2sEnc and s2cEnc seal the recorded records',
      requirements: ['keys.sid', 'keys.session-prk', 'keys.block', 'keys.direction'],
      input: { seed },
      pinned: { sid: said.session_id },
    }),
    ...deployed.flatMap(({ id, input, ciphertext, plaintext }) => [
      one('aead.open', {
        id: `deployed-form-${id}-open`,
        comment: 'a record of the deployed form: nonce, ciphertext, tag, no sequence number',
        requirements: ['keys.block', 'keys.direction'],
        input: { ...input, ciphertext },
      }),
      one('aead.seal', {
        id: `deployed-form-${id}-seal`,
        comment: 'the same record, sealed again with its nonce',
        requirements: ['keys.block', 'keys.direction'],
        input: { ...input, plaintext },
        pinned: { ciphertext },
      }),
    ]),
    ...said.records_with_sequence.flatMap(
      ({ direction, seq, caller_aad_hex: callerAad, plaintext_hex: plaintext, record }) => {
        const key = keyOf(direction)
        const id = `sequenced-${direction}-${seq}`
        return [
          one('record.seal', {
            id: `${id}-seal`,
            comment: 'a record of the 1.0 form, which the deployed core sealed',
            requirements: ['record.layout', 'keys.direction'],
            input: { key, seq: String(seq), nonce: record.slice(16, 40), callerAad, plaintext },
            pinned: { record },
          }),
          one('record.open', {
            id: `${id}-open`,
            comment: 'the same record, opened',
            requirements: ['record.layout', 'keys.direction'],
            input: { key, callerAad, record },
            pinned: { seq: String(seq), plaintext },
          }),
        ]
      },
    ),
  ]
  return {
    name: 'recorded-sage-go-1.5.2',
    title: 'The recorded handshake and records of the deployed SAGE Go core v1.5.2',
    anchor:
      'vectors/recorded/handshake-sage-go-1.5.2.json: info, exportCtx, enc, ephC, ephS, ackTag, sid, signatures and records were recorded; the secrets between them were not',
    groups,
  }
}
