import { encodeBase64, parseBase64 } from '../probe/bytes/base64.js'
import { concat } from '../probe/bytes/framing.js'
import { parseHex } from '../probe/bytes/hex.js'
import { encodeBase58 } from '../probe/identity/base58.js'
import { encodeDidKey, parseDidKey } from '../probe/identity/did-key.js'
import { payloadTextOf, withParties, type HandshakeDraft } from '../probe/initiator/handshake-draft.js'
import { rejects } from '../runner/check.js'

const authenticationFailed = { plain: 'authentication_failed' } as const
const leavesNoTrace = ['no-session', 'same-bytes-accepted'] as const

/** The order of the group of Ed25519 (RFC 8032 §5.1). */
const L = 2n ** 252n + 27742317777372353535851937790883648493n

/** The signature with another number for S that is the same modulo the order: whoever reduces it first accepts both. */
const malleated = (signature: Uint8Array): Uint8Array => {
  const little = (bytes: Uint8Array): string => Buffer.from(bytes).reverse().toString('hex')
  const s = BigInt(`0x${little(signature.slice(32))}`) + L
  return concat(signature.slice(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse())
}

/** `text` with its last character but `back` exchanged for another letter or digit. */
const altered = (text: string, back = 1): string => {
  const at = text.length - back
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
}

/** The handshake of a `did:key` of the bytes that `change` makes of the initiator's key, consistent in all else. */
const renamed =
  (change: (key: readonly number[]) => readonly number[]) =>
  (next: HandshakeDraft): HandshakeDraft => {
    const did = `did:key:z${encodeBase58(Uint8Array.from(change([...parseDidKey(next.did)])))}`
    return withParties(next, { did, initDid: did })
  }

/** The handshake of a key that nobody holds, with the one signature that a careless verifier takes for everybody's. */
const signedByNobody =
  (key: string) =>
  (next: HandshakeDraft): HandshakeDraft => {
    const did = encodeDidKey(parseHex(key))
    const identityAndZero = parseHex(`01${'00'.repeat(63)}`)
    return { ...withParties(next, { did, initDid: did }), signingKey: undefined, sign: () => identityAndZero }
  }

/** Who shakes hands, and that what they sign is what they say. */
export const handshakeIdentityChecks = [
  rejects('handshake.did-resolves', {
    subject: 'handshake',
    forged: {
      'a method that nobody knows': next => withParties(next, { did: 'did:nobody:1', initDid: 'did:nobody:1' }),
      'did:key of another key type': next => {
        const did = 'did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc'
        return withParties(next, { did, initDid: did })
      },
      'did:key in another base': next => {
        const did = next.did.replace('did:key:z', 'did:key:u')
        return withParties(next, { did, initDid: did })
      },
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('identity.key-small-order', {
    subject: 'handshake',
    // Under the identity as a key, R the identity and S zero verify for every message.
    forged: {
      'the identity': signedByNobody('0100000000000000000000000000000000000000000000000000000000000000'),
      'order 2': signedByNobody('ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'),
      'order 8': signedByNobody('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('identity.key-canonical', {
    subject: 'handshake',
    forged: {
      'y of p + 1': signedByNobody('eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'),
      'x of 0 with the sign bit': signedByNobody('0100000000000000000000000000000000000000000000000000000000000080'),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('identity.did-key-form', {
    subject: 'handshake',
    forged: {
      'the multicodec of X25519 before an Ed25519 key': renamed(key => [0xec, 0x01, ...key]),
      'no multicodec': renamed(key => key),
      'a byte after the key': renamed(key => [0xed, 0x01, ...key, 0]),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('handshake.signature', {
    subject: 'handshake',
    tampered: {
      'white space after the payload': next => ({
        ...next.envelope,
        payload: encodeBase64(Buffer.from(`${payloadTextOf(next)} `)),
      }),
      'white space before the payload': next => ({
        ...next.envelope,
        payload: encodeBase64(Buffer.from(` ${payloadTextOf(next)}`)),
      }),
      'the payload with its members in another order': next => ({
        ...next.envelope,
        payload: encodeBase64(
          Buffer.from(
            JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(payloadTextOf(next)) as object).reverse())),
          ),
        ),
      }),
      'a bit of the signature': next => ({
        ...next.envelope,
        signature: altered(String(next.envelope['signature']), 5),
      }),
      'a bit of the payload': next => {
        const payload = Buffer.from(parseBase64(String(next.envelope['payload']))).toString('utf8')
        return {
          ...next.envelope,
          payload: encodeBase64(Buffer.from(payload.replace(next.nonce, altered(next.nonce)))),
        }
      },
      "the twin's signature": (next, twin) => ({ ...next.envelope, signature: twin.envelope['signature'] }),
      'signature of zeros': next => ({ ...next.envelope, signature: encodeBase64(new Uint8Array(64)) }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('identity.signature-strict', {
    subject: 'handshake',
    tampered: next => ({
      ...next.envelope,
      signature: encodeBase64(malleated(parseBase64(String(next.envelope['signature'])))),
    }),
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('handshake.signature', {
    variant: 'other-key',
    subject: 'handshake',
    forged: (next, _twin, kit) => ({ ...next, signingKey: kit.entropy(32) }),
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('handshake.did-match', {
    subject: 'handshake',
    forged: {
      'and every string with it': (next, _twin, kit) => withParties(next, { initDid: kit.stranger().identity.did }),
      'and nothing else': (next, _twin, kit) => ({ ...next, initDid: kit.stranger().identity.did }),
      'in the envelope alone': (next, _twin, kit) => ({ ...next, did: kit.stranger().identity.did }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('handshake.resp-did', {
    subject: 'handshake',
    forged: {
      'and every string with it': (next, _twin, kit) => withParties(next, { respDid: kit.stranger().identity.did }),
      'and nothing else': (next, _twin, kit) => ({ ...next, respDid: kit.stranger().identity.did }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('handshake.info-match', {
    subject: 'handshake',
    forged: {
      'another context': next => ({ ...next, info: next.info.replace('|ctx=', '|ctx=x') }),
      'another suite': next => ({ ...next, info: next.info.replace('hkdf-sha256', 'hkdf-sha512') }),
      'something after it': next => ({ ...next, info: `${next.info}|` }),
      empty: next => ({ ...next, info: '' }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('handshake.export-ctx-match', {
    subject: 'handshake',
    forged: {
      'another context': next => ({ ...next, exportCtx: next.exportCtx.replace('|ctx=', '|ctx=x') }),
      'something after it': next => ({ ...next, exportCtx: `${next.exportCtx}|` }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
]
