import { readFileSync } from 'node:fs'
import t from 'tap'
import { roomPath } from '../../../schemas/index.js'
import { parseBase64 } from '../../bytes/base64.js'
import { encodeHex, parseHex } from '../../bytes/hex.js'
import { encodeUtf8, parseUtf8 } from '../../bytes/utf8.js'
import { parseTime } from '../../bytes/time.js'
import { openAead, sealAead } from '../../crypto/chacha20poly1305.js'
import { ed25519PublicKey } from '../../crypto/ed25519.js'
import { x25519KeyPair } from '../../crypto/x25519.js'
import { deriveKeySchedule } from '../../session/key-schedule.js'
import { openRecord, sealRecord } from '../../session/record.js'
import { answerRequest, judgeRequest, readRequest } from '../accept.js'
import { createRequest } from '../request.js'
import { encodeResponseData } from '../response.js'
import { parseResponseData } from '../response.js'
import { verifyResponse } from '../verify-response.js'

// The deployed core's own handshake: what it drew, what it sent, what it derived.

interface SequencedRecord {
  direction: 'c2s' | 's2c'
  seq: number
  caller_aad_hex: string
  plaintext_hex: string
  record: string
}

type Recording = Record<string, string> & { rand_reads: string[]; records_with_sequence: SequencedRecord[] }

const recording = JSON.parse(
  readFileSync(roomPath('vectors', 'recorded/handshake-sage-go-1.5.2.json'), 'utf8'),
) as Recording
const text = (name: string): string => recording[name]!
const bytes = (name: string): Uint8Array => parseHex(text(name))
const drawn = (index: number): Uint8Array => parseHex(recording.rand_reads[index]!)

const payload = JSON.parse(text('init_payload')) as Record<string, string>
const sent = JSON.parse(text('http_request_body')) as Record<string, string>
const received = JSON.parse(text('http_response_body')) as Record<string, string>

const offer = () =>
  createRequest({
    id: sent['id']!,
    ctx: text('context_id'),
    initDid: text('init_did'),
    respDid: text('resp_did'),
    nonce: payload['nonce']!,
    ts: payload['ts']!,
    signingKey: bytes('init_ed25519_seed'),
    kemPublicKey: bytes('resp_kem_public'),
    ikmE: drawn(0),
    ephCPrivateKey: drawn(1),
  })

const arrived = {
  id: sent['id']!,
  contextId: sent['context_id']!,
  taskId: sent['task_id']!,
  did: sent['did']!,
  payloadBytes: parseBase64(sent['payload']!),
  signature: parseBase64(sent['signature']!, 64),
}

const answered = () => {
  const read = readRequest(arrived)
  judgeRequest(arrived, read, {
    initiatorKey: ed25519PublicKey(bytes('init_ed25519_seed')),
    admitted: true,
    ownDid: text('resp_did'),
    now: parseTime(payload['ts']!),
    replay: { claim: () => 'fresh' },
  })
  return answerRequest(arrived, read, {
    ownDid: text('resp_did'),
    kemKeyPair: x25519KeyPair(bytes('resp_kem_private')),
    signingKey: bytes('resp_ed25519_seed'),
    ephSPrivateKey: drawn(2),
    kid: text('kid'),
    ts: (JSON.parse(text('response_data')) as Record<string, string>)['ts']!,
  })
}

t.test('the request is the recorded one, byte for byte', async t => {
  const { message } = offer()
  t.equal(parseUtf8(parseBase64(message.payload)), text('init_payload'))
  t.equal(JSON.stringify(message), text('http_request_body'))
})

t.test('the response is the recorded one, byte for byte', async t => {
  const { response } = answered()
  t.equal(parseUtf8(parseBase64(response.data)), text('response_data'))
  t.equal(`${JSON.stringify(response)}\n`, text('http_response_body'))
  t.equal(encodeResponseData(parseResponseData(encodeUtf8(text('response_data'))).data), text('response_data'))
})

t.test('both sides come to the recorded session', async t => {
  const { pending } = offer()
  const verified = verifyResponse({
    messageId: received['message_id']!,
    dataBytes: parseBase64(received['data']!),
    pending,
    responderKey: ed25519PublicKey(bytes('resp_ed25519_seed')),
    now: parseTime(payload['ts']!),
  })
  t.equal(verified.kid, text('kid'))
  t.strictSame(verified.seed, answered().seed)
  t.equal(deriveKeySchedule(verified.seed).sid, text('session_id'))
})

t.test('the records in the deployed form open and are sealed alike', async t => {
  const { c2sEnc, s2cEnc } = deriveKeySchedule(answered().seed)
  for (const [name, key, aad] of [
    ['record_c2s', c2sEnc, ''],
    ['record_s2c', s2cEnc, ''],
    ['record_c2s_aad', c2sEnc, text('aad')],
  ] as const) {
    const record = bytes(name)
    const input = { key, nonce: record.subarray(0, 12), aad: encodeUtf8(aad) }
    const plaintext = openAead(input, record.subarray(12))
    t.strictSame(sealAead(input, plaintext), record.slice(12), name)
    t.ok(recording.rand_reads.includes(encodeHex(record.subarray(0, 12))), 'with a nonce that was drawn')
  }
})

t.test('the records with a sequence number open and are sealed alike', async t => {
  const { c2sEnc, s2cEnc } = deriveKeySchedule(answered().seed)
  t.equal(recording.records_with_sequence.length, 8)
  for (const { direction, seq, caller_aad_hex, plaintext_hex, record } of recording.records_with_sequence) {
    const key = direction === 'c2s' ? c2sEnc : s2cEnc
    const callerAad = parseHex(caller_aad_hex)
    const plaintext = parseHex(plaintext_hex)
    const nonce = parseHex(record.slice(16, 40))
    t.equal(encodeHex(sealRecord({ key, seq: BigInt(seq), nonce, callerAad, plaintext })), record)
    t.strictSame(openRecord({ key, callerAad, record: parseHex(record) }), { seq: BigInt(seq), plaintext })
  }
})
