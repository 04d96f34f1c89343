import { plainErrorCodes } from '../../../schemas/index.js'
import { encodeBase64, encodeBase64url, parseBase64, parseBase64url } from '../../probe/bytes/base64.js'
import { concat } from '../../probe/bytes/framing.js'
import { parseHex } from '../../probe/bytes/hex.js'
import { encodeTime, SECOND } from '../../probe/bytes/time.js'
import { encodeUtf8 } from '../../probe/bytes/utf8.js'
import { hmacSha256, sha256 } from '../../probe/crypto/hash.js'
import { hkdfExpand, hkdfExtract } from '../../probe/crypto/hkdf.js'
import { BASE_POINT_ABOVE_P, BASE_POINT_KEY, withHighBit } from '../../probe/crypto/unusual-points.js'
import { deriveAsResponder, type Derivation } from '../../probe/handshake/derivation.js'
import type { ResponseDraft } from '../../probe/handshake/response.js'
import type { Fault, HandshakeStage } from '../../played/fault.js'
import { signData } from '../../played/handshake-answer.js'
import { jsonReply, plainReply, redirectReply } from '../../played/reply.js'
import { accepts, refuses } from '../check.js'
import { withUnusedBit } from './card.js'
import { withUnusedBits } from '../../probe/bytes/unused-bits.js'
import { bothForms, changed, everyForm, lacks, says, text, unsigned } from './response-data.js'

const flip = (b64u: string): string => {
  const bytes = parseBase64url(b64u)
  bytes[5] = (bytes[5] ?? 0) ^ 0x10
  return encodeBase64url(bytes)
}

/** Made with the ephemeral key `ephS`, of which no private key is needed: the exchange gives zeros. */
const withZeros = (honest: Derivation, ephS: Uint8Array): Derivation => {
  const ssE2E = new Uint8Array(32)
  const prk = hkdfExtract(encodeUtf8(honest.exportCtx), concat(honest.exporter, ssE2E))
  return { ...honest, ephS, ssE2E, prk, seed: hkdfExpand(prk, encodeUtf8('SAGE-HPKE+E2E-Combiner'), 32) }
}

const lowOrder = {
  zero: '00'.repeat(32),
  one: `01${'00'.repeat(31)}`,
  'order 8': 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  'order 8, the other': '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'p - 1': `ec${'ff'.repeat(30)}7f`,
  'p, which is zero': `ed${'ff'.repeat(30)}7f`,
  'p + 1, which is one': `ee${'ff'.repeat(30)}7f`,
  'zero with bit 255': `${'00'.repeat(31)}80`,
} as const

const lowOrderFaults = Object.fromEntries(
  Object.entries(lowOrder).map(([name, hex]): [string, Fault] => [
    name,
    { derivation: honest => withZeros(honest, parseHex(hex)) },
  ]),
)

/**
 * Answered so many seconds after the request was made, by the clock of the initiator: its `ts` says how that stands. The check
 * comes later, but nobody knows by how much: up to the border in the past, and from it on in the future, there is room for that.
 */
const at = (seconds: bigint): Fault => says((_, { request }) => ({ ts: encodeTime(request.ts + seconds * SECOND) }))

const signature = (make: (draft: ResponseDraft, stage: HandshakeStage) => string): Fault =>
  changed((data, stage) => ({ ...data, sigB64: make(data, stage) }))

/** The twelve members in the order in which the deployed core writes, not signs, them. */
const signedInOtherOrder = (data: ResponseDraft, { identity }: HandshakeStage): string => {
  const { sigB64: _, ...members } = data as ResponseDraft & { readonly sigB64?: string }
  const sorted = Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)))
  return encodeBase64url(identity.sign(encodeUtf8(JSON.stringify(sorted))))
}

/** The ack tag over something else than this handshake. */
const tagOver = (message: string): Fault =>
  says((_, { ack }) => ({ ackTagB64: encodeBase64url(hmacSha256(ack.ackKey, concat(encodeUtf8(message), ack.th))) }))

const dataAs = (change: (b64: string) => string): Fault => ({
  handshakeEnvelope: message => ({ ...message, data: change(message.data) }),
})

/** An ephemeral key whose coordinate is written as one above the prime. */
const ephSAboveP: Fault = {
  derivation: (honest, { identity }) => {
    const keys = {
      kemPrivateKey: identity.kemPrivateKey,
      kemPublicKey: identity.kemPublicKey,
      ephSPrivateKey: BASE_POINT_KEY,
    }
    return { ...deriveAsResponder({ ...honest, ...keys }), ephS: BASE_POINT_ABOVE_P }
  },
}

/** The same response data with white space behind it, as much as leaves unused bits in its b64. */
const roomy = (b64: string): string => {
  const data = parseBase64(b64)
  return encodeBase64(concat(data, encodeUtf8(' '.repeat(1 + ((3 - (data.length % 3)) % 3)))))
}

/** A member of no use that makes the outermost object nest so deep. */
const nests = (depth: number): { readonly x: unknown } => ({
  x: JSON.parse('['.repeat(depth - 1) + ']'.repeat(depth - 1)) as unknown,
})

const plainErrors = Object.fromEntries(
  plainErrorCodes.map((code): [string, Fault] => [
    code,
    { handshakeReply: (_reply, { request }) => plainReply(code, request.id) },
  ]),
)

const redirects = (statuses: readonly number[]): Record<string, Fault> =>
  Object.fromEntries(
    statuses.map(status => [
      `HTTP ${status}`,
      {
        instead: ({ kind }, { elsewhere }) =>
          kind === 'handshake' ? redirectReply(status, `${elsewhere}/messages`) : undefined,
      },
    ]),
  )

/** What an initiator refuses in the answer to its handshake. */
export const handshakeChecks = [
  refuses('handshake.response-message', {
    at: 'handshake',
    fault: { handshakeEnvelope: message => ({ ...message, message_id: `${message.message_id.slice(0, -1)}~` }) },
  }),
  refuses('handshake.response-schema', {
    at: 'handshake',
    faults: {
      'unknown member': changed(data => ({ ...data, extra: 'x' })),
      'session id sent': changed(data => ({ ...data, sid: 'x'.repeat(22) })),
      ...lacks('infoHash', 'infoHash'),
      ...lacks('enc and ephC', 'enc', 'ephC'),
      'without enc': unsigned(() => ({ enc: undefined as never })),
      'without ephC': unsigned(() => ({ ephC: undefined as never })),
      'without did': unsigned(() => ({ did: undefined as never })),
      ...bothForms('null for a text', () => ({ exportCtxHash: null as never })),
      'an array': text(json => `[${json}]`),
      'not JSON': text(() => 'ok'),
    },
  }),
  refuses('handshake.response-schema', {
    variant: 'endless-body',
    at: 'handshake',
    fault: { handshakeReply: () => ({ ...jsonReply(200, ' '.repeat(65_536)), ending: 'endless' }) },
  }),
  refuses('handshake.response-version', {
    at: 'handshake',
    faults: {
      ...bothForms('another v', () => ({ v: 'v2' })),
      ...bothForms('another task', () => ({ task: 'hpke/complete@v2' })),
    },
  }),
  refuses('handshake.response-echo', {
    at: 'handshake',
    faults: {
      ...everyForm('ctx', ({ ctx }) => ({ ctx: `${ctx}~` })),
      ...everyForm('enc', ({ enc }) => ({ enc: flip(enc) })),
      ...everyForm('ephC', ({ ephC }) => ({ ephC: flip(ephC) })),
    },
  }),
  refuses('handshake.response-did', {
    at: 'handshake',
    faults: {
      ...everyForm('another DID', (_, { stranger }) => ({ did: stranger.did })),
      'another DID, which signs': changed((data, { stranger }) => {
        const said = { ...data, did: stranger.did }
        return { ...said, sigB64: signData(said, stranger.sign) }
      }),
    },
  }),
  refuses('handshake.response-hashes', {
    at: 'handshake',
    faults: {
      ...bothForms('infoHash', ({ infoHash }) => ({ infoHash: flip(infoHash) })),
      ...bothForms('exportCtxHash', ({ exportCtxHash }) => ({ exportCtxHash: flip(exportCtxHash) })),
      ...bothForms('each in the place of the other', ({ infoHash, exportCtxHash }) => ({
        infoHash: exportCtxHash,
        exportCtxHash: infoHash,
      })),
    },
  }),
  refuses('handshake.response-ts', {
    at: 'handshake',
    faults: { '121 s ago': at(-121n), '130 s ahead': at(130n), yesterday: at(-86_400n) },
  }),
  accepts('handshake.response-ts', { variant: 'within', faults: { '110 s ago': at(-110n), '119 s ahead': at(119n) } }),
  refuses('handshake.response-low-order', { also: ['handshake.all-zero'], at: 'handshake', faults: lowOrderFaults }),
  refuses('handshake.response-ack-tag', {
    at: 'handshake',
    faults: {
      'one bit flipped': says(({ ackTagB64 }) => ({ ackTagB64: flip(ackTagB64) })),
      zeros: says(() => ({ ackTagB64: encodeBase64url(new Uint8Array(32)) })),
      'right at its beginning': says(({ ackTagB64 }) => ({
        ackTagB64: encodeBase64url(concat(parseBase64url(ackTagB64).slice(0, 16), new Uint8Array(16))),
      })),
      'hash of the right one': says(({ ackTagB64 }) => ({
        ackTagB64: encodeBase64url(sha256(parseBase64url(ackTagB64))),
      })),
      'without nonce and kid': tagOver('SAGE-ack-msg|v1|'),
    },
  }),
  refuses('handshake.response-signature', {
    also: ['identity.signature-strict'],
    at: 'handshake',
    faults: {
      'one bit flipped': changed(data => ({ ...data, sigB64: flip(data.sigB64) })),
      zeros: signature(() => encodeBase64url(new Uint8Array(64))),
      'by another responder': signature((data, { stranger }) => signData(data, stranger.sign)),
      'over members in another order': signature(signedInOtherOrder),
      'over the data with other times': signature((data, { identity }) =>
        signData({ ...data, ts: '2020-01-01T00:00:00Z' }, identity.sign),
      ),
    },
  }),
  refuses('conventions.json-duplicate-signed', {
    variant: 'response',
    at: 'handshake',
    fault: text(json => json.replace('{', '{"kid":"kid-of-another",')),
  }),
  refuses('conventions.json-depth', {
    variant: 'response',
    at: 'handshake',
    faults: {
      'response data 17 deep': changed(data => ({ ...data, ...nests(17) })),
      'response data 1000 deep': changed(data => ({ ...data, ...nests(1000) })),
      'the message 17 deep': { handshakeEnvelope: message => ({ ...message, ...nests(17) }) },
    },
  }),
  refuses('conventions.json-utf8', { variant: 'response', at: 'handshake', fault: text(json => `\ufeff${json}`) }),
  refuses('conventions.base64-canonical', {
    variant: 'response',
    at: 'handshake',
    faults: {
      'padding in b64u': changed(data => ({ ...data, sigB64: `${data.sigB64}==` })),
      'unused bits in b64u': changed(data => ({ ...data, sigB64: withUnusedBit(data.sigB64) })),
      'unused bits in ephS': says(({ ephS }) => ({ ephS: withUnusedBit(ephS) })),
      'unused bits in ackTagB64': says(({ ackTagB64 }) => ({ ackTagB64: withUnusedBit(ackTagB64) })),
      'unused bits in infoHash': says(({ infoHash }) => ({ infoHash: withUnusedBit(infoHash) })),
      'unused bits in b64': dataAs(b64 => withUnusedBits(roomy(b64))),
      'white space in b64': dataAs(b64 => `${b64.slice(0, 76)}\r\n${b64.slice(76)}`),
      'excess padding in b64': dataAs(b64 => `${b64}====`),
    },
  }),
  refuses('conventions.time', {
    variant: 'response',
    at: 'handshake',
    faults: {
      'offset for Z': says(({ ts }) => ({ ts: ts.replace('Z', '+00:00') })),
      'small z': says(({ ts }) => ({ ts: ts.replace('Z', 'z') })),
      'space for T': says(({ ts }) => ({ ts: ts.replace('T', ' ') })),
    },
  }),
  accepts('identity.x25519-masking', {
    variant: 'eph-s',
    also: ['identity.transcript-as-received'],
    faults: {
      'bit 255': { derivation: honest => ({ ...honest, ephS: withHighBit(honest.ephS) }) },
      'a coordinate above the prime': ephSAboveP,
    },
  }),
  accepts('identity.x25519-masking', {
    variant: 'kem-key',
    also: ['identity.transcript-as-received'],
    over: 'http',
    fault: { identity: honest => ({ ...honest, kemPublicKey: withHighBit(honest.kemPublicKey) }) },
  }),
  refuses('message.no-plaintext', { variant: 'handshake-refused', at: 'handshake', faults: plainErrors }),
  refuses('http.no-redirect', {
    variant: 'handshake',
    over: 'http',
    at: 'handshake',
    faults: redirects([301, 302, 303, 307, 308]),
  }),
]
