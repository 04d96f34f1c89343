import type { RequirementId } from '../../../schemas/index.js'
import { defaultLimits } from '../../../schemas/index.js'
import { encodeBase64Url } from '../../bytes/base64.js'
import { parseHex } from '../../bytes/hex.js'
import { actor, type Actor } from '../actors.js'
import type { Ask, Case, Family, Layer, Values } from '../case.js'
import { textOf } from '../case.js'
import { flipped, hexOf } from '../fixed.js'
import { cardLabelCut, cardLabelMissing, membersAsWritten } from '../mistakes/primitives.js'
import type { Flag } from '../notes.js'
import { withOrderAdded } from '../signatures.js'
import { jcsCases, jcsRfcCases } from './jcs.js'

const now = '2026-01-15T12:00:00Z'

const jwk = (crv: string, hex: string): Values => ({ kty: 'OKP', crv, x: encodeBase64Url(parseHex(hex)) })

const cardOf = (agent: Actor): Values => ({
  sage: '1.0',
  did: agent.did,
  name: 'Responder',
  keys: { signing: jwk('Ed25519', agent.publicKey), kem: jwk('X25519', agent.kemPublic) },
  endpoints: { http: 'https://agent.example/sage' },
  capabilities: [],
  limits: defaultLimits,
  issuedAt: '2026-01-15T11:00:00Z',
  expiresAt: '2026-01-22T11:00:00Z',
})

const fullCard = (agent: Actor): Values => ({
  ...cardOf(agent),
  name: 'R\u00e9ponse \u2603 \u{1f600}',
  endpoints: {
    http: 'https://agent.example/sage/',
    ws: 'wss://agent.example/sage/ws',
    health: 'https://agent.example/health',
    metrics: 'https://agent.example:9464/metrics',
  },
  capabilities: ['batch', 'echo', 'gzip', 'health', 'metrics', 'stream', 'ws'],
})

const base64Url = (hex: string): string => encodeBase64Url(parseHex(hex))

/** RFC 8785, the signing of cards, and each rule of a reader. */
export const cards = (ask: Ask): Family => {
  const agent = actor(ask, 'card agent')
  const other = actor(ask, 'another agent')
  const named = actor(ask, 'named agent', 'did:sage:ethereum:0x3333333333333333333333333333333333333333')

  const textOfCard = (card: Values, signature: string): string => JSON.stringify({ ...card, signature })
  const signed = (card: Values, privateKey = agent.signing): string =>
    textOfCard(card, base64Url(textOf(ask('card.sign', { privateKey, card }), 'signature')))
  const signedText = (card: Values, text: string): string =>
    textOfCard(
      card,
      base64Url(textOf(ask('ed25519.sign', { privateKey: agent.signing, message: hexOf(text) }), 'signature')),
    )
  const canonical = (card: Values): string => textOf(ask('card.sign', { privateKey: agent.signing, card }), 'canonical')
  const signature = (card: Values): string => textOf(ask('card.sign', { privateKey: agent.signing, card }), 'signature')

  const base = cardOf(agent)
  const changed = (change: Values): Values => ({ ...base, ...change })
  const without = (member: string): Values =>
    Object.fromEntries(Object.entries(base).filter(([name]) => name !== member))

  const verify = (
    id: string,
    comment: string,
    flag: Flag,
    requirement: RequirementId,
    card: string,
    input: Values = {},
  ): Case => ({
    id: `verify-${id}`,
    comment,
    flags: [flag],
    requirements: [requirement],
    input: { card, now, keys: {}, ...input },
  })
  const refuse = (layer: Layer, ...args: Parameters<typeof verify>): Case => ({ ...verify(...args), reject: layer })
  const schema = (
    id: string,
    comment: string,
    change: Values,
    requirement: RequirementId = 'card.schema',
    flag: Flag = 'Schema',
  ) => refuse('schema', id, comment, flag, requirement, signed(changed(change)))
  const times = (issuedAt: string, expiresAt: string): string => signed(changed({ issuedAt, expiresAt }))
  const limits = (change: Values): Values => ({ limits: { ...defaultLimits, ...change } })

  const ordered = JSON.stringify(
    Object.fromEntries(Object.entries({ ...base, signature: base64Url(signature(base)) }).reverse()),
    null,
    2,
  )
  const honest = signed(base)

  const accepted: readonly Case[] = [
    verify('honest', 'a card as it should be', 'Honest', 'card.signature', honest),
    verify(
      'full',
      'every optional member and every capability',
      'Honest',
      'card.endpoints-declared',
      signed(fullCard(agent)),
    ),
    verify('no-name', 'no name', 'EmptyOrAbsent', 'card.schema', signed(without('name'))),
    verify(
      'member-order',
      'members in the opposite order, with white space: the same signature',
      'MemberOrder',
      'card.signature',
      ordered,
    ),
    verify(
      'escaped',
      'a character of the DID is escaped: the same value, the same signature',
      'MemberOrder',
      'card.signature',
      honest.replace('"did:', '"\\u0064id:'),
    ),
    verify(
      'configured-key',
      'a DID whose key comes from a resolver',
      'Honest',
      'card.signature',
      signed(cardOf(named), named.signing),
      {
        keys: { [named.did]: named.publicKey },
      },
    ),
    verify('expected', 'the DID that is expected', 'Honest', 'card.expected-did', honest, { expectedDid: agent.did }),
    verify(
      'unknown-capability',
      'a capability of a later day',
      'Capability',
      'card.capabilities-unknown',
      signed(changed({ capabilities: ['echo', 'teleport'] })),
    ),
    verify(
      'capabilities-byte-order',
      'a hyphen stands before the digits and these before the letters',
      'Capability',
      'card.capabilities-sorted',
      signed(changed({ capabilities: ['x', 'x-1', 'x1', 'xa'] })),
    ),
    verify(
      'issued-ahead-120',
      'issued 120 seconds ahead',
      'Border',
      'card.issued-ahead',
      times('2026-01-15T12:02:00Z', '2026-01-16T12:00:00Z'),
    ),
    verify(
      'lifetime-30-days',
      'a lifetime of 30 days',
      'Border',
      'card.lifetime',
      times('2026-01-15T11:00:00Z', '2026-02-14T11:00:00Z'),
    ),
    verify(
      'lifetime-1-ns',
      'a lifetime of one nanosecond, of which none has passed',
      'Border',
      'card.lifetime',
      times('2026-01-15T12:00:00Z', '2026-01-15T12:00:00.000000001Z'),
    ),
    verify(
      'last-nanosecond',
      'one nanosecond before it expires',
      'Border',
      'card.expired',
      times('2026-01-15T11:00:00Z', '2026-01-15T12:00:00.000000001Z'),
    ),
    verify('same-age', 'issued at the instant of the latest one', 'Border', 'card.superseded', honest, {
      latestIssuedAt: '2026-01-15T11:00:00.000Z',
    }),
    verify('newer', 'issued after the latest one', 'Honest', 'card.superseded', honest, {
      latestIssuedAt: '2026-01-15T10:59:59.999999999Z',
    }),
    verify('name-128', 'a name of 128 characters', 'Border', 'card.schema', signed(changed({ name: 'n'.repeat(128) }))),
    verify(
      'limits-lowest',
      'every limit at its lowest',
      'Border',
      'conventions.limit-inclusive',
      signed(
        changed({
          limits: {
            maxMessageBytes: 65536,
            maxBatch: 1,
            maxSessionAgeSeconds: 1,
            maxSessionIdleSeconds: 1,
            maxSessionRecords: 16,
            maxSessionsPerDid: 1,
            provisionalSeconds: 1,
            maxStreams: 1,
            streamWindow: 1,
          },
        }),
      ),
    ),
    verify(
      'limits-highest',
      'every limit at its highest',
      'Border',
      'conventions.limit-inclusive',
      signed(
        changed({
          limits: {
            maxMessageBytes: 1073741824,
            maxBatch: 1024,
            maxSessionAgeSeconds: 86400,
            maxSessionIdleSeconds: 86400,
            maxSessionRecords: 4294967296,
            maxSessionsPerDid: 1000000,
            provisionalSeconds: 300,
            maxStreams: 1024,
            streamWindow: 1024,
          },
        }),
      ),
    ),
    verify(
      'http',
      'plain HTTP on loopback, by address and port',
      'Honest',
      'card.schema',
      signed(changed({ endpoints: { http: 'http://127.0.0.1:8080' } })),
    ),
  ]

  const rejected: readonly Case[] = [
    refuse('schema', 'version-1-1', 'sage is 1.1', 'Schema', 'card.version', signed(changed({ sage: '1.1' }))),
    refuse('schema', 'version-1', 'sage is the number 1', 'Schema', 'card.version', signed(changed({ sage: 1 }))),
    refuse('encoding', 'not-json', 'a text that is no JSON', 'JsonForm', 'card.schema', '<!doctype html>'),
    refuse(
      'encoding',
      'duplicate',
      'a name twice',
      'DuplicateName',
      'conventions.json-duplicate-signed',
      honest.replace('{"sage":"1.0"', '{"sage":"1.0","sage":"1.0"'),
    ),
    refuse(
      'encoding',
      'duplicate-inner',
      'a name twice in an inner object',
      'DuplicateName',
      'conventions.json-duplicate-signed',
      honest.replace('"kty":"OKP"', '"kty":"OKP","kty":"OKP"'),
    ),
    refuse(
      'encoding',
      'limit-fraction',
      'a limit written with a fraction',
      'JsonNumber',
      'conventions.json-integer',
      honest.replace('"maxBatch":64', '"maxBatch":64.0'),
    ),
    refuse(
      'encoding',
      'lone-surrogate',
      'half of a surrogate pair in the name',
      'Utf8',
      'conventions.json-surrogate',
      honest.replace('"Responder"', '"\\ud83d"'),
    ),
    schema('unknown-member', 'a member that the schema does not have', { comment: 'x' }, 'conventions.json-closed'),
    schema('name-null', 'null for an absent name', { name: null }, 'conventions.json-null'),
    schema('name-empty', 'an empty name', { name: '' }, 'card.schema', 'Length'),
    schema('name-129', 'a name of 129 characters', { name: 'n'.repeat(129) }, 'card.schema', 'Border'),
    schema('name-line-feed', 'a line feed in the name', { name: 'a\nb' }, 'card.schema', 'Alphabet'),
    schema('name-escape', 'a terminal escape in the name', { name: 'a\u001b[2Jb' }, 'card.schema', 'Alphabet'),
    schema(
      'name-bidi',
      'a character that turns the direction in the name',
      { name: 'a\u202eb' },
      'card.schema',
      'Alphabet',
    ),
    schema('did-form', 'a DID URL for a DID', { did: `${agent.did}#key-1` }, 'conventions.did', 'Alphabet'),
    ...['did', 'keys', 'endpoints', 'capabilities', 'limits', 'issuedAt', 'expiresAt'].map(member =>
      refuse('schema', `no-${member.toLowerCase()}`, `no ${member}`, 'Schema', 'card.schema', signed(without(member))),
    ),
    refuse('schema', 'no-signature', 'no signature', 'Schema', 'card.schema', JSON.stringify(base)),
    schema('jwk-extra', 'a JWK with a further member', {
      keys: { ...(base['keys'] as object), signing: { ...jwk('Ed25519', agent.publicKey), use: 'sig' } },
    }),
    schema('jwk-private', 'a JWK with its private part', {
      keys: { ...(base['keys'] as object), kem: { ...jwk('X25519', agent.kemPublic), d: base64Url(agent.kemPublic) } },
    }),
    schema(
      'signing-x25519',
      'an X25519 key for the signing key',
      { keys: { signing: jwk('X25519', agent.publicKey), kem: jwk('X25519', agent.kemPublic) } },
      'card.schema',
      'WrongKey',
    ),
    schema(
      'kem-ed25519',
      'an Ed25519 key for the KEM key',
      { keys: { signing: jwk('Ed25519', agent.publicKey), kem: jwk('Ed25519', agent.kemPublic) } },
      'card.schema',
      'WrongKey',
    ),
    schema(
      'key-padded',
      'a key in padded base64url',
      {
        keys: { ...(base['keys'] as object), kem: { kty: 'OKP', crv: 'X25519', x: `${base64Url(agent.kemPublic)}=` } },
      },
      'conventions.base64-canonical',
      'Padding',
    ),
    schema('no-http', 'no http endpoint', { endpoints: {} }),
    schema('http-relative', 'a relative URL', { endpoints: { http: '/sage' } }),
    schema('http-userinfo', 'a URL with user information', { endpoints: { http: 'https://user@agent.example/' } }),
    schema('http-query', 'a URL with a query', { endpoints: { http: 'https://agent.example/?a=b' } }),
    schema('http-fragment', 'a URL with a fragment', { endpoints: { http: 'https://agent.example/#a' } }),
    schema('http-scheme', 'a URL of another scheme', { endpoints: { http: 'ftp://agent.example/' } }),
    schema(
      'ws-undeclared',
      'a ws endpoint without the capability',
      { endpoints: { http: 'https://agent.example', ws: 'wss://agent.example' } },
      'card.endpoints-declared',
      'Capability',
    ),
    schema(
      'ws-missing',
      'the capability ws without its endpoint',
      { capabilities: ['ws'] },
      'card.endpoints-declared',
      'Capability',
    ),
    schema(
      'health-undeclared',
      'a health endpoint without the capability',
      { endpoints: { http: 'https://agent.example', health: 'https://agent.example/h' } },
      'card.endpoints-declared',
      'Capability',
    ),
    schema(
      'health-missing',
      'the capability health without its endpoint',
      { capabilities: ['health'] },
      'card.endpoints-declared',
      'Capability',
    ),
    schema(
      'metrics-undeclared',
      'a metrics endpoint without the capability',
      { endpoints: { http: 'https://agent.example', metrics: 'https://agent.example/m' } },
      'card.endpoints-declared',
      'Capability',
    ),
    schema(
      'metrics-missing',
      'the capability metrics without its endpoint',
      { capabilities: ['metrics'] },
      'card.endpoints-declared',
      'Capability',
    ),
    schema(
      'capabilities-unsorted',
      'capabilities out of order',
      { capabilities: ['gzip', 'batch'] },
      'card.capabilities-sorted',
      'Capability',
    ),
    schema(
      'capabilities-twice',
      'a capability twice',
      { capabilities: ['batch', 'batch'] },
      'card.capabilities-sorted',
      'Capability',
    ),
    schema(
      'capability-upper-case',
      'a capability in capitals',
      { capabilities: ['Batch'] },
      'card.schema',
      'Capability',
    ),
    schema('limit-missing', 'a limit is missing', {
      limits: Object.fromEntries(Object.entries(defaultLimits).slice(1)),
    }),
    schema('limit-unknown', 'a limit that the schema does not have', limits({ maxFun: 1 }), 'conventions.json-closed'),
    schema('limit-text', 'a limit as a text', limits({ maxBatch: '64' })),
    schema('limit-zero', 'a limit of zero', limits({ maxBatch: 0 }), 'card.schema', 'Border'),
    schema('limit-over', 'a limit over its range', limits({ maxSessionRecords: 4294967297 }), 'card.schema', 'Border'),
    schema('limit-under', 'a limit under its range', limits({ maxMessageBytes: 65535 }), 'card.schema', 'Border'),
    schema('time-lower-z', 'z in lower case', { expiresAt: '2026-01-22T11:00:00z' }, 'conventions.time', 'TimeForm'),
    schema(
      'time-february-30',
      '30 February',
      { issuedAt: '2025-12-20T00:00:00Z', expiresAt: '2026-02-30T11:00:00Z' },
      'conventions.time',
      'Calendar',
    ),
    refuse(
      'identity',
      'unresolved',
      'a DID that nobody resolves',
      'WrongKey',
      'card.signature',
      signed(cardOf(named), named.signing),
    ),
    refuse(
      'identity',
      'not-expected',
      'another DID than the one that is expected',
      'WrongKey',
      'card.expected-did',
      honest,
      { expectedDid: other.did },
    ),
    refuse(
      'identity',
      'expected-case',
      'the DID that is expected, but for the case of one letter',
      'WrongKey',
      'conventions.did-compare',
      signed(cardOf(named), named.signing),
      {
        keys: { [named.did]: named.publicKey },
        expectedDid: named.did.replace('0x', '0X'),
      },
    ),
    refuse(
      'signature',
      'signature-flipped',
      'one bit of the signature',
      'ForgedSignature',
      'card.signature',
      textOfCard(base, base64Url(flipped(signature(base), 5))),
    ),
    refuse(
      'signature',
      'signature-malleable',
      'the group order is added to S',
      'ForgedSignature',
      'identity.signature-strict',
      textOfCard(base, base64Url(withOrderAdded(signature(base)))),
    ),
    refuse(
      'signature',
      'signed-by-other',
      'signed by another agent',
      'WrongKey',
      'card.signature',
      signed(base, other.signing),
    ),
    refuse(
      'signature',
      'no-label',
      'the label is missing from the signed text',
      'ForgedSignature',
      'card.signature',
      signedText(base, canonical(base)),
    ),
    refuse(
      'signature',
      'label-without-line-feed',
      'the label ends without its line feed',
      'ForgedSignature',
      'card.signature',
      signedText(base, `sage/card|v1${canonical(base)}`),
    ),
    refuse(
      'signature',
      'not-canonical',
      'the signed text has the members in the order of the card',
      'MemberOrder',
      'card.signature',
      signedText(base, `sage/card|v1\n${JSON.stringify(base)}`),
    ),
    refuse(
      'signature',
      'changed-name',
      'the name was changed after signing',
      'Tampered',
      'card.signature',
      honest.replace('"Responder"', '"Imposter"'),
    ),
    refuse(
      'signature',
      'changed-limit',
      'a limit was changed after signing',
      'Tampered',
      'card.signature',
      honest.replace('"maxBatch":64', '"maxBatch":65'),
    ),
    refuse(
      'schema',
      'signature-padded',
      'the signature in padded base64url',
      'Padding',
      'conventions.base64-canonical',
      textOfCard(base, `${base64Url(signature(base))}==`),
    ),
    refuse(
      'transcript',
      'signing-key-of-other',
      'keys.signing is the key of another agent',
      'WrongKey',
      'card.signing-key',
      signed(
        changed({
          keys: { signing: jwk('Ed25519', other.publicKey), kem: jwk('X25519', agent.kemPublic) },
        }),
      ),
    ),
    refuse(
      'freshness',
      'expired',
      'now is the instant of expiresAt',
      'Freshness',
      'card.expired',
      times('2026-01-15T11:00:00Z', '2026-01-15T12:00:00Z'),
    ),
    refuse(
      'freshness',
      'expired-long-ago',
      'expired a day ago',
      'Freshness',
      'card.expired',
      times('2026-01-13T11:00:00Z', '2026-01-14T12:00:00Z'),
    ),
    refuse(
      'freshness',
      'issued-ahead',
      'issued 120.000000001 seconds ahead',
      'Border',
      'card.issued-ahead',
      times('2026-01-15T12:02:00.000000001Z', '2026-01-16T12:00:00Z'),
    ),
    refuse(
      'freshness',
      'lifetime-zero',
      'expires at the instant at which it was issued, which is to come',
      'Border',
      'card.lifetime',
      times('2026-01-15T12:01:00Z', '2026-01-15T12:01:00Z'),
    ),
    refuse(
      'freshness',
      'lifetime-negative',
      'expires before it was issued, both to come',
      'Freshness',
      'card.lifetime',
      times('2026-01-15T12:02:00Z', '2026-01-15T12:01:00Z'),
    ),
    refuse(
      'freshness',
      'lifetime-over-30-days',
      'a lifetime of 30 days and one nanosecond',
      'Border',
      'card.lifetime',
      times('2026-01-15T11:00:00Z', '2026-02-14T11:00:00.000000001Z'),
    ),
    refuse(
      'freshness',
      'superseded',
      'issued one nanosecond before the latest one',
      'Freshness',
      'card.superseded',
      honest,
      { latestIssuedAt: '2026-01-15T11:00:00.000000001Z' },
    ),
  ]

  return {
    name: 'cards',
    title: 'JCS, and agent cards: signing, and every rule of a reader',
    anchor: 'RFC 8785 §3.2.2, §3.2.3 and Appendix B for JCS; none for the cards',
    groups: [
      { op: 'jcs', source: 'RFC 8785', cases: jcsRfcCases },
      { op: 'jcs', cases: jcsCases },
      {
        op: 'card.sign',
        cases: [
          {
            id: 'sign-small',
            comment: 'no optional member',
            flags: ['Honest', 'NearMiss'],
            requirements: ['card.signature'],
            input: { privateKey: agent.signing, card: without('name') },
            mistakes: [membersAsWritten, cardLabelMissing, cardLabelCut],
          },
          {
            id: 'sign-full',
            comment: 'every member; a name beyond ASCII and beyond U+FFFF',
            flags: ['Honest', 'Utf8', 'NearMiss'],
            requirements: ['card.signature'],
            input: { privateKey: agent.signing, card: fullCard(agent) },
            mistakes: [membersAsWritten, cardLabelMissing, cardLabelCut],
          },
        ],
      },
      { op: 'card.verify', cases: [...accepted, ...rejected] },
    ],
  }
}
