import t from 'tap'
import { defaultLimits } from '../../../../schemas/index.js'
import { encodeBase64url } from '../../bytes/base64.js'
import { parseTime } from '../../bytes/time.js'
import { deriveEd25519PublicKey } from '../../crypto/ed25519.js'
import { deriveX25519PublicKey } from '../../crypto/x25519.js'
import { canonicalCard, signCard, verifyCard, type CardReader } from '../card.js'
import { encodeDidKey } from '../did-key.js'
import { createResolver } from '../resolver.js'

const privateKey = new Uint8Array(32).fill(7)
const publicKey = deriveEd25519PublicKey(privateKey)
const x = encodeBase64url(publicKey)
const draft = {
  sage: '1.0',
  did: encodeDidKey(publicKey),
  name: 'Éva 😀',
  keys: {
    signing: { kty: 'OKP', crv: 'Ed25519', x },
    kem: { kty: 'OKP', crv: 'X25519', x: encodeBase64url(deriveX25519PublicKey(privateKey)) },
  },
  endpoints: { http: 'https://agent.example/sage', ws: 'wss://agent.example/ws' },
  capabilities: ['gzip', 'stream', 'unheard-of', 'ws'],
  limits: { ...defaultLimits },
  issuedAt: '2026-01-01T00:00:00Z',
  expiresAt: '2026-01-31T00:00:00Z',
}
const reader: CardReader = { now: parseTime('2026-01-10T00:00:00Z'), resolve: createResolver() }
const at = (time: string) => ({ now: parseTime(time) })
const verify = (card: object, more: Partial<CardReader> = {}) =>
  verifyCard(JSON.stringify(card), { ...reader, ...more })
const signed = (changes: object = {}) => signCard({ ...draft, ...changes }, privateKey)

t.test('a card is accepted whatever the order of its members', async t => {
  t.equal(verify(signed()).did, draft.did)
  t.equal(verify(Object.fromEntries(Object.entries(signed()).reverse())).did, draft.did)
  t.equal(verify(signed({ name: undefined })).did, draft.did)
  t.equal(verify(signed(), { expectedDid: draft.did, latestIssuedAt: parseTime(draft.issuedAt) }).did, draft.did)
})

t.test('the canonical text leaves the signature out', async t => {
  t.equal(canonicalCard(signed()), canonicalCard(draft))
  t.match(canonicalCard(draft), /^\{"capabilities":\["gzip","stream","unheard-of","ws"\],"did":/)
})

t.test('borders of the times are inclusive where they are limits', async t => {
  t.ok(verify(signed(), at('2026-01-30T23:59:59.999999999Z')))
  t.ok(verify(signed(), at('2025-12-31T23:58:00Z')))
  const rejects = (card: object, more: Partial<CardReader>, rule: string) =>
    t.throws(() => verify(card, more), { name: 'Refusal', layer: 'freshness', rule: `card.${rule}` }, rule)
  rejects(signed(), at('2026-01-31T00:00:00Z'), 'expired')
  rejects(signed(), at('2025-12-31T23:57:59.999999999Z'), 'issued-ahead')
  rejects(signed({ expiresAt: '2026-01-31T00:00:00.000000001Z' }), {}, 'lifetime')
  const instant = { issuedAt: '2026-01-10T00:01:00Z', expiresAt: '2026-01-10T00:01:00Z' }
  rejects(signed(instant), {}, 'lifetime')
  rejects(signed(), { latestIssuedAt: parseTime(draft.issuedAt) + 1n }, 'superseded')
})

t.test('each rule of the reader refuses what breaks it', async t => {
  const other = { kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(deriveEd25519PublicKey(new Uint8Array(32))) }
  const cases: [string, object, string, Partial<CardReader>?][] = [
    ['version', signed({ sage: '1.1' }), 'schema'],
    ['closed', signed({ extra: 1 }), 'schema'],
    ['ws declared and absent', signed({ endpoints: { http: draft.endpoints.http } }), 'schema'],
    ['ws present and undeclared', signed({ capabilities: [] }), 'schema'],
    ['capabilities out of order', signed({ capabilities: ['ws', 'gzip'] }), 'schema'],
    ['capability twice', signed({ capabilities: ['ws', 'ws'] }), 'schema'],
    ['endpoint with a query', signed({ endpoints: { ...draft.endpoints, http: 'https://a.example/?q' } }), 'schema'],
    ['endpoint with a user', signed({ endpoints: { ...draft.endpoints, http: 'https://u@a.example/' } }), 'schema'],
    [
      'endpoint that is none',
      signed({ endpoints: { ...draft.endpoints, http: 'https://a.example:99999/' } }),
      'schema',
    ],
    ['date that is none', signed({ expiresAt: '2026-01-32T00:00:00Z' }), 'schema'],
    ['limit out of range', signed({ limits: { ...defaultLimits, maxBatch: 0 } }), 'schema'],
    ['altered', { ...signed(), name: 'Eve' }, 'signature'],
    ['signed without its label', { ...signed(), signature: encodeBase64url(new Uint8Array(64)) }, 'signature'],
    ['signed by another', signCard(draft, new Uint8Array(32)), 'signature'],
    ['another signing key', signed({ keys: { ...draft.keys, signing: other } }), 'transcript'],
    ['not expected', signed(), 'identity', { expectedDid: 'did:key:another' }],
    ['not resolvable', signed({ did: 'did:web:a.example' }), 'identity'],
  ]
  for (const [name, card, layer, more] of cases) t.throws(() => verify(card, more), { name: 'Refusal', layer }, name)
  const text = JSON.stringify(signed())
  t.throws(
    () => verifyCard(text.replace('{', '{"sage":"1.0",'), reader),
    { name: 'Refusal', layer: 'encoding' },
    'a member twice',
  )
})
