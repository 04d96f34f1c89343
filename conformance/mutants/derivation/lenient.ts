import { encodeBase64, encodeBase64Url } from '../../../reference/bytes/base64.js'
import { encodeHex } from '../../../reference/bytes/hex.js'
import type { JsonObject } from '../../../reference/bytes/json.js'
import { encodeUtf8 } from '../../../reference/bytes/utf8.js'
import type { Parts } from '../../../reference/parts.js'
import { nonCanonicalEd25519, smallOrderEd25519 } from '../../../reference/vectors/points.js'
import type { DerivationMutant, Kill } from './mutant.js'
import { underAnyEd25519Key } from '../any-ed25519-key.js'
import { reduced } from '../reduced-signature.js'

const lenient = (
  name: string,
  vector: string,
  parts: (honest: Parts) => Partial<Parts>,
  finding: Kill['finding'] = 'accepted',
): DerivationMutant => ({ name, kills: { vector, finding }, parts })

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')
const bytesOf = (text: string, encoding: 'base64' | 'base64url'): Uint8Array =>
  Uint8Array.from(Buffer.from(text, encoding))

/** A reader of texts that mends what it is given before it looks. */
const mending =
  <Name extends 'parseTime' | 'parseToken' | 'parseDid' | 'parseBase64' | 'parseBase64Url'>(
    name: Name,
    mend: (text: string) => string,
  ) =>
  (honest: Parts): Partial<Parts> => ({
    [name]: (text: string, length?: number) =>
      (honest[name] as (text: string, length?: number) => unknown)(mend(text), length),
  })

const mendingJson =
  (mend: (text: string) => string) =>
  (honest: Parts): Partial<Parts> => ({ parseJson: bytes => honest.parseJson(encodeUtf8(mend(textOf(bytes)))) })

const encodings: readonly DerivationMutant[] = [
  lenient('base64-any', 'base64/b64-line-feed', () => ({ parseBase64: text => bytesOf(text, 'base64') })),
  lenient(
    'base64-unpadded',
    'base64/b64-unpadded-1',
    mending('parseBase64', text => text.padEnd(Math.ceil(text.length / 4) * 4, '=')),
  ),
  lenient(
    'base64-trailing-bits',
    'base64/b64-trailing-bits-2',
    mending('parseBase64', text =>
      encodeBase64(bytesOf(text, 'base64')).length === text.length ? encodeBase64(bytesOf(text, 'base64')) : text,
    ),
  ),
  lenient(
    'base64url-padded',
    'base64/b64u-padded-1',
    mending('parseBase64Url', text => text.replace(/=+$/, '')),
  ),
  lenient(
    'base64url-trailing-bits',
    'base64/b64u-trailing-bits-4',
    mending('parseBase64Url', text =>
      encodeBase64Url(bytesOf(text, 'base64url')).length === text.length
        ? encodeBase64Url(bytesOf(text, 'base64url'))
        : text,
    ),
  ),
  lenient(
    'base64url-either-alphabet',
    'base64/b64u-standard-alphabet',
    mending('parseBase64Url', text => text.replaceAll('+', '-').replaceAll('/', '_')),
  ),
]

const names: readonly DerivationMutant[] = [
  lenient(
    'token-last-line',
    'names-and-times/token-line-feed',
    mending('parseToken', text => text.replace(/\n$/, '')),
  ),
  lenient(
    'token-any-length',
    'names-and-times/token-too-long',
    mending('parseToken', text => text.slice(0, 128)),
  ),
  lenient('token-of-task', 'names-and-times/token-slash', honest => ({ parseToken: honest.parseTask })),
  lenient('did-any-case', 'names-and-times/did-upper-case-method', honest => ({
    parseDid: text => honest.parseDid(text.toLowerCase()),
  })),
  lenient(
    'did-url',
    'names-and-times/did-fragment',
    mending('parseDid', text => text.replace(/[/?#].*$/, '')),
  ),
  lenient('did-key-any-codec', 'names-and-times/did-key-x25519', honest => ({
    decodeDidKey: (did, parts) => {
      try {
        return honest.decodeDidKey(did, parts)
      } catch (error) {
        if (did.startsWith('did:key:z6LS')) return new Uint8Array(32)
        throw error
      }
    },
  })),
]

const times: readonly DerivationMutant[] = [
  lenient(
    'time-lower-z',
    'names-and-times/time-lower-z',
    mending('parseTime', text => text.toUpperCase()),
  ),
  lenient(
    'time-offset',
    'names-and-times/time-offset',
    mending('parseTime', text => text.replace(/[+-]\d\d:\d\d$/, 'Z')),
  ),
  lenient(
    'time-space',
    'names-and-times/time-space',
    mending('parseTime', text => text.replace(' ', 'T')),
  ),
  lenient(
    'time-february-30',
    'names-and-times/time-february-30',
    mending('parseTime', text => text.replace('-02-30', '-03-02')),
  ),
  lenient(
    'time-leap-second',
    'names-and-times/time-leap-second',
    mending('parseTime', text => text.replace(':60Z', ':59Z')),
  ),
  lenient(
    'time-milliseconds',
    'names-and-times/time-one-nanosecond',
    honest => ({ parseTime: text => (honest.parseTime(text) / 1_000_000n) * 1_000_000n }),
    { step: 'unixNanoseconds' },
  ),
  lenient(
    'time-two-digit-years',
    'names-and-times/time-year-0099',
    honest => ({
      parseTime: text => honest.parseTime(text.replace(/^00/, '19')),
    }),
    { step: 'unixNanoseconds' },
  ),
]

const json: readonly DerivationMutant[] = [
  lenient('json-parse', 'json/duplicate', () => ({ parseJson: bytes => JSON.parse(textOf(bytes)) as JsonObject })),
  lenient(
    'json-bom',
    'json/bom',
    mendingJson(text => text.replace(/^\ufeff/, '')),
  ),
  lenient(
    'json-utf8-replaced',
    'json/utf8-overlong',
    mendingJson(text => text),
  ),
  lenient(
    'json-trailing-comma',
    'json/trailing-comma',
    mendingJson(text => text.replace(/,}/g, '}')),
  ),
  lenient(
    'json-comments',
    'json/comment',
    mendingJson(text => text.replace(/\/\*.*?\*\//g, '')),
  ),
  lenient(
    'json-fractions',
    'json/number-fraction-zero',
    mendingJson(text => text.replace(/(\d)\.0\b/g, '$1')),
  ),
  lenient(
    'json-lone-surrogates',
    'json/surrogate-high-escaped',
    mendingJson(text => text.replace('\\ud83d"', '?"')),
  ),
]

const among = (points: readonly { readonly bytes: string }[], bytes: Uint8Array): boolean =>
  points.some(point => point.bytes === encodeHex(bytes))

const keys: readonly DerivationMutant[] = [
  lenient('ed25519-small-order', 'keys/verify-small-order-identity', honest => ({
    parseEd25519PublicKey: bytes => (among(smallOrderEd25519, bytes) ? bytes : honest.parseEd25519PublicKey(bytes)),
    ...underAnyEd25519Key(honest),
  })),
  lenient('ed25519-non-canonical', 'keys/public-key-non-canonical-p-plus-3', honest => ({
    parseEd25519PublicKey: bytes => (among(nonCanonicalEd25519, bytes) ? bytes : honest.parseEd25519PublicKey(bytes)),
  })),
  lenient('ed25519-s-over-order', 'keys/verify-s-plus-order', honest => ({
    isEd25519Signature: (key, message, signature) =>
      honest.isEd25519Signature(key, message, signature.length === 64 ? reduced(signature) : signature),
  })),
  lenient('ed25519-not-verified', 'keys/verify-message-changed', () => ({ isEd25519Signature: () => true })),
  lenient('x25519-all-zero', 'handshake-derivation/initiator-ephs-small-order-zero', honest => ({
    x25519: (privateKey, publicKey) =>
      honest.isSmallOrderX25519(publicKey) ? new Uint8Array(32) : honest.x25519(privateKey, publicKey),
  })),
  lenient(
    'x25519-refuses-high-bit',
    'keys/x25519-high-bit',
    honest => ({
      x25519: (key, publicKey) => honest.x25519(key, publicKey[31]! > 127 ? new Uint8Array(32) : publicKey),
    }),
    'rejected',
  ),
  lenient(
    'th-over-masked-keys',
    'ack-tag/keys-as-received',
    honest => ({
      th: ({ enc, ephC, ephS, ...rest }, parts) => {
        const [a, b, c] = [enc, ephC, ephS].map(key =>
          Uint8Array.from(key, (byte, at) => (at === 31 ? byte & 0x7f : byte)),
        )
        return honest.th({ ...rest, enc: a!, ephC: b!, ephS: c! }, parts)
      },
    }),
    { step: 'th' },
  ),
]

const receiving: readonly DerivationMutant[] = [
  lenient('tag-not-checked', 'records/open-tag-last', honest => ({
    openAead: (input, sealed) => honest.sealAead(input, sealed.subarray(0, -16)).slice(0, -16),
  })),
  lenient('compares-nothing', 'handshake-messages/response-ack-tag-flipped', () => ({ equal: () => true })),
  lenient('compares-half', 'handshake-messages/response-ack-tag-flipped', honest => ({
    equal: (a, b) => honest.equal(a.subarray(0, 16), b.subarray(0, 16)),
  })),
  lenient(
    'verifies-what-it-writes-anew',
    'handshake-messages/request-member-order',
    honest => ({
      isEd25519Signature: (key, message, signature) => {
        const text = textOf(message)
        const anew = text.startsWith('{') ? JSON.stringify(JSON.parse(text)) : text
        return honest.isEd25519Signature(key, encodeUtf8(anew), signature)
      },
    }),
    'rejected',
  ),
]

/** Readers that take what is nearly right, and a few that refuse what is right. */
export const lenientMutants: readonly DerivationMutant[] = [
  ...encodings,
  ...names,
  ...times,
  ...json,
  ...keys,
  ...receiving,
]
