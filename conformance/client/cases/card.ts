import { parseBase64url, encodeBase64url } from '../../probe/bytes/base64.js'
import { concat } from '../../probe/bytes/framing.js'
import { parseHex } from '../../probe/bytes/hex.js'
import { encodeTime, SECOND } from '../../probe/bytes/time.js'
import { encodeBase58 } from '../../probe/identity/base58.js'
import { canonicalCard } from '../../probe/identity/card.js'
import { signCardText } from '../../played/card.js'
import type { Fault, Stage } from '../../played/fault.js'
import { forgeIdentity, type PlayedIdentity } from '../../played/identity.js'
import { jsonReply } from '../../played/reply.js'
import { accepts, refuses } from '../check.js'

type Draft = Parameters<NonNullable<Fault['card']>>[0]

const DAY = 86_400n * SECOND

/** A card that says something else, and is signed so. */
const says = (change: (draft: Draft, stage: Stage) => object): Fault => ({
  card: (draft, stage) => ({ ...draft, ...change(draft, stage) }),
})

const lives = (from: bigint, to: bigint): Fault =>
  says((_, { now }) => ({ issuedAt: encodeTime(now + from), expiresAt: encodeTime(now + to) }))

const member = (draft: Draft, name: string): object => draft[name] as object

const without = (object: object, name: string): object =>
  Object.fromEntries(Object.entries(object).filter(([of]) => of !== name))

/** A card with another signature. */
const signedBy = (signature: (canonical: string, stage: Stage, card: object) => string): Fault => ({
  signedCard: (card, stage) => ({ ...card, signature: signature(canonicalCard(card), stage, card) }),
})

/** A card whose text is changed after it was signed, in ways that a lax reader of JSON does not see. */
const written = (change: (text: string) => string): Fault => ({ signedCard: card => change(JSON.stringify(card)) })

const flipped = (b64u: string): string => {
  const bytes = parseBase64url(b64u)
  bytes[40] = (bytes[40] ?? 0) ^ 1
  return encodeBase64url(bytes)
}

/** Another text for the same bytes: the last of 86 characters stands for two bits, and four that are not used. */
export const withUnusedBit = (b64u: string): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return b64u.slice(0, -1) + (alphabet[alphabet.indexOf(b64u.slice(-1)) + 1] ?? '')
}

/** The order of Ed25519's base point, little-endian (RFC 8032 §5.1). */
const L = 2n ** 252n + 27742317777372353535851937790883648493n

/** S + L in place of S: the equation holds all the same. */
const malleated = (b64u: string): string => {
  const signature = parseBase64url(b64u)
  const s = BigInt(`0x${Buffer.from(signature.slice(32).reverse()).toString('hex')}`) + L
  const bytes = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse()
  return encodeBase64url(concat(signature.slice(0, 32), bytes))
}

/** The DID that a reader which forgives a form takes for that of the same key. */
const inForm = (form: (publicKey: Uint8Array) => string): Fault => ({
  identity: honest => ({ ...honest, did: form(honest.signingPublicKey) }),
})

const multibase = (...parts: readonly Uint8Array[]): string => `did:key:z${encodeBase58(concat(...parts))}`

const forged = (publicKey: string): Fault => ({ identity: honest => forgeIdentity(honest, parseHex(publicKey)) })

const other = (_honest: PlayedIdentity, { stranger }: { readonly stranger: PlayedIdentity }) => stranger

/** Readers of cards: whom an initiator talks to, and what it takes for a card. */
export const cardChecks = [
  refuses('identity.expected-did', {
    also: ['card.expected-did', 'conventions.did-compare'],
    at: 'card',
    faults: { 'another agent': { identity: other, unexpected: true } },
  }),
  refuses('card.version', {
    at: 'card',
    faults: { '1.1': says(() => ({ sage: '1.1' })), '2.0': says(() => ({ sage: '2.0' })) },
  }),
  refuses('card.schema', {
    at: 'card',
    faults: {
      'unknown member': says(() => ({ extra: 1 })),
      'unknown member in a key': says(draft => {
        const keys = member(draft, 'keys') as { kem: object }
        return { keys: { ...keys, kem: { ...keys.kem, use: 'enc' } } }
      }),
      'limit missing': says(draft => ({ limits: without(member(draft, 'limits'), 'maxBatch') })),
      'name of 129 characters': says(() => ({ name: 'n'.repeat(129) })),
      'not JSON': { cardReply: () => jsonReply(200, '<html></html>') },
    },
  }),
  refuses('card.schema', {
    variant: 'endless-body',
    at: 'card',
    fault: { cardReply: () => ({ ...jsonReply(200, ' '.repeat(65_536)), ending: 'endless' }) },
  }),
  refuses('card.endpoints-declared', {
    at: 'card',
    faults: {
      'endpoint without its capability': says(draft => ({
        endpoints: { ...member(draft, 'endpoints'), health: 'https://agent.example/health' },
      })),
      'capability without its endpoint': says(() => ({ capabilities: ['ws'] })),
    },
  }),
  refuses('card.capabilities-sorted', { at: 'card', fault: says(() => ({ capabilities: ['gzip', 'echo'] })) }),
  accepts('card.capabilities-unknown', {
    over: 'http',
    fault: says(() => ({ capabilities: ['echo', 'zz-unheard-of'] })),
  }),
  refuses('card.signature', {
    at: 'card',
    faults: {
      'changed after it was signed': { signedCard: card => ({ ...card, name: 'another name' }) },
      'one bit flipped': { signedCard: card => ({ ...card, signature: flipped(card.signature) }) },
      'by another key': signedBy((text, { stranger }) => signCardText(text, stranger.sign)),
      'over members in the order in which they stand': signedBy((_text, { identity }, card) =>
        signCardText(JSON.stringify(without(card, 'signature')), identity.sign),
      ),
      'without the label': signedBy((text, { identity }) => signCardText(text, identity.sign, '')),
    },
  }),
  refuses('card.signing-key', {
    at: 'card',
    fault: says((draft, { stranger }) => {
      const x = encodeBase64url(stranger.signingPublicKey)
      return { keys: { ...member(draft, 'keys'), signing: { kty: 'OKP', crv: 'Ed25519', x } } }
    }),
  }),
  refuses('card.expired', {
    at: 'card',
    faults: { 'long ago': lives(-10n * DAY, -3n * DAY), 'ten seconds ago': lives(-DAY, -10n * SECOND) },
  }),
  refuses('card.issued-ahead', { at: 'card', fault: lives(130n * SECOND, DAY) }),
  accepts('card.issued-ahead', { over: 'http', variant: 'within', fault: lives(110n * SECOND, DAY) }),
  refuses('card.lifetime', {
    at: 'card',
    faults: {
      '31 days': lives(-60n * SECOND, 31n * DAY),
      'none at all': lives(60n * SECOND, 60n * SECOND),
      'less than none': lives(90n * SECOND, 60n * SECOND),
    },
  }),
  accepts('card.lifetime', { over: 'http', variant: '30-days', fault: lives(-60n * SECOND, 30n * DAY - 60n * SECOND) }),
  refuses('conventions.json-duplicate-signed', {
    variant: 'card',
    at: 'card',
    fault: written(text => text.replace('{', '{"did":"did:key:z6Mk",')),
  }),
  refuses('conventions.json-depth', {
    variant: 'card',
    at: 'card',
    fault: written(text => text.replace('{', `{"x":${'['.repeat(16)}${']'.repeat(16)},`)),
  }),
  refuses('conventions.json-null', {
    variant: 'card',
    at: 'card',
    fault: written(text => text.replace('"endpoints":{', '"endpoints":{"ws":null,')),
  }),
  refuses('conventions.json-integer', {
    variant: 'card',
    at: 'card',
    faults: {
      fraction: written(text => text.replace('"maxBatch":64', '"maxBatch":64.0')),
      exponent: written(text => text.replace('"maxBatch":64', '"maxBatch":64e0')),
    },
  }),
  refuses('conventions.base64-canonical', {
    variant: 'card',
    at: 'card',
    faults: {
      padding: { signedCard: card => ({ ...card, signature: `${card.signature}==` }) },
      'unused bits': { signedCard: card => ({ ...card, signature: withUnusedBit(card.signature) }) },
    },
  }),
  refuses('identity.did-key-form', {
    variant: 'card',
    also: ['identity.did-key'],
    at: 'card',
    faults: {
      'multicodec of X25519': inForm(key => multibase(Uint8Array.of(0xec, 1), key)),
      'a byte too many': inForm(key => multibase(Uint8Array.of(0xed, 1), key, Uint8Array.of(0))),
      'base64url instead of base58': inForm(key => `did:key:u${encodeBase64url(concat(Uint8Array.of(0xed, 1), key))}`),
    },
  }),
  refuses('identity.key-small-order', {
    variant: 'card',
    at: 'card',
    fault: forged(`01${'00'.repeat(31)}`),
  }),
  refuses('identity.key-canonical', {
    variant: 'card',
    at: 'card',
    fault: forged(`ee${'ff'.repeat(30)}7f`),
  }),
  refuses('identity.signature-strict', {
    variant: 'card',
    at: 'card',
    fault: { signedCard: card => ({ ...card, signature: malleated(card.signature) }) },
  }),
]
