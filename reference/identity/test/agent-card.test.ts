import t from 'tap'
import { defaultLimits } from '../../../schemas/index.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { parseTime, SECOND } from '../../bytes/time.js'
import { ed25519PublicKey } from '../../crypto/ed25519.js'
import { x25519PublicKey } from '../../crypto/x25519.js'
import { parseCard, signCard, verifyCard, type CardKnowledge, type UnsignedCard } from '../agent-card.js'
import { cardGuards } from '../card-guards.js'
import { encodeDidKey } from '../did-key.js'
import { encodeJwk } from '../jwk.js'
import { identityParts } from '../parts.js'

const privateKey = new Uint8Array(32).fill(1)
const publicKey = ed25519PublicKey(privateKey)
const did = encodeDidKey(publicKey)
const now = parseTime('2026-06-01T00:00:00Z')
const unsigned: UnsignedCard = {
  sage: '1.0',
  did,
  name: 'example',
  keys: {
    signing: encodeJwk('Ed25519', publicKey),
    kem: encodeJwk('X25519', x25519PublicKey(new Uint8Array(32).fill(2))),
  },
  endpoints: { http: 'https://agent.example/sage', ws: 'wss://agent.example/ws' },
  capabilities: ['batch', 'echo', 'ws'],
  limits: { ...defaultLimits },
  issuedAt: '2026-05-31T00:00:00Z',
  expiresAt: '2026-06-02T00:00:00Z',
}
const signed = (changes: Partial<UnsignedCard> = {}) => signCard(privateKey, { ...unsigned, ...changes }).card
const bytesOf = (card: unknown) => encodeUtf8(JSON.stringify(card))
const knowledge: Omit<CardKnowledge, 'parts'> = { now, resolvedKey: publicKey, expectedDid: did }
const judge = (card: unknown, changes: Partial<CardKnowledge> = {}, guards = cardGuards) =>
  verifyCard(parseCard(bytesOf(card)), { ...knowledge, ...changes }, identityParts, guards)

t.test('a card that was signed is accepted, in any order of members and with capabilities of tomorrow', async t => {
  judge(signed())
  judge(Object.fromEntries(Object.entries(signed()).reverse()))
  judge(signed({ capabilities: ['batch', 'quic', 'ws'] }))
  judge(signed(), { expectedDid: undefined, latestIssuedAt: parseTime(unsigned.issuedAt) })
  t.strictSame(parseCard(bytesOf(signed())).kemKey, x25519PublicKey(new Uint8Array(32).fill(2)))
})

const rejections: [string, unknown, Partial<CardKnowledge>][] = [
  ['card.capabilities-sorted', signed({ capabilities: ['echo', 'batch', 'ws'] }), {}],
  ['card.signature', { ...signed(), name: 'other' }, {}],
  [
    'card.signing-key',
    signed({ keys: { ...unsigned.keys, signing: { ...unsigned.keys.signing, x: unsigned.keys.kem.x } } }),
    {},
  ],
  ['card.expected-did', signed(), { expectedDid: 'did:web:other' }],
  ['card.expired', signed(), { now: parseTime(unsigned.expiresAt) }],
  ['card.issued-ahead', signed(), { now: parseTime(unsigned.issuedAt) - 120n * SECOND - 1n }],
  ['card.lifetime', signed({ expiresAt: '2026-06-30T00:00:00.000000001Z' }), {}],
  ['card.superseded', signed(), { latestIssuedAt: parseTime(unsigned.issuedAt) + 1n }],
]

t.test('each rule rejects by itself what it is for', async t => {
  t.strictSame(
    rejections.map(([id]) => id),
    cardGuards.map(([id]) => id),
  )
  for (const [id, card, changes] of rejections) {
    t.throws(() => judge(card, changes), { name: 'SageError', code: 'peer_rejected' }, id)
    const others = cardGuards.filter(([guard]) => guard !== id)
    t.doesNotThrow(() => judge(card, changes, others), `${id} alone stands against it`)
  }
})

t.test('the borders belong to the accepted side', async t => {
  judge(signed(), { now: parseTime(unsigned.expiresAt) - 1n })
  judge(signed(), { now: parseTime(unsigned.issuedAt) - 120n * SECOND })
  judge(signed({ expiresAt: '2026-06-30T00:00:00Z' }))
  t.throws(() => judge(signed({ issuedAt: unsigned.expiresAt }), { now: parseTime(unsigned.expiresAt) - 1n }), {
    code: 'peer_rejected',
  })
})

t.test('a DID that does not resolve vouches for no card', async t => {
  t.throws(() => judge(signed(), { resolvedKey: undefined }), { code: 'peer_rejected' })
})

t.test('the form is checked before anything is believed', async t => {
  const malformed = { name: 'SageError', code: 'malformed' }
  const parse = (card: unknown) => parseCard(bytesOf(card))
  t.throws(() => parse({ ...signed(), sage: '1.1' }), malformed)
  t.throws(() => parse({ ...signed(), extra: 1 }), malformed)
  t.throws(() => parse({ ...signed(), endpoints: { http: unsigned.endpoints.http } }), malformed, 'ws declared, absent')
  t.throws(() => parse({ ...signed(), capabilities: ['batch', 'echo'] }), malformed, 'ws present, undeclared')
  t.throws(() => parse({ ...signed(), expiresAt: '2026-02-30T00:00:00Z' }), malformed, 'no such date')
  t.throws(() => parse(unsigned), malformed, 'no signature')
  t.throws(() => parseCard(encodeUtf8('{"sage":"1.0","sage":"1.0"}')), malformed)
})
