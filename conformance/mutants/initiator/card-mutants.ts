import { capabilities, defaultLimits } from '../../../schemas/index.js'
import { base58 } from '@scure/base'
import { anyBase64Url, forgives, forgivesCards, forgivesText, readsCardsAs, readsJsonWith } from './lenient.js'
import { insert, mutant, parts, type Driver } from './mutant.js'
import { anyEd25519Key } from '../any-ed25519-key.js'
import { reduced } from '../reduced-signature.js'

type Card = Record<string, unknown>

/** The 32 bytes that a `did:key` of any form and any kind of key has in it. */
const anyDidKey = (did: string): Uint8Array => {
  const text = did.replace(/^did:key:/, '')
  const bytes = text.startsWith('u') ? Buffer.from(text.slice(1), 'base64url') : base58.decode(text.slice(1))
  return Uint8Array.from(bytes.subarray(2, 34))
}

const undeclared = (card: Card): void => {
  const declared = card['capabilities'] as string[]
  const endpoints = card['endpoints'] as Card
  for (const name of ['ws', 'health', 'metrics']) if (!declared.includes(name)) delete endpoints[name]
  card['capabilities'] = declared.filter(
    name => endpoints[name] !== undefined || !['ws', 'health', 'metrics'].includes(name),
  )
}

const withoutNulls = (value: Card): void => {
  for (const [name, member] of Object.entries(value)) {
    if (member === null) delete value[name]
    else if (typeof member === 'object') withoutNulls(member as Card)
  }
}

/** Reads the card once more, to its end. */
const readsWhole = async ({ asked, open, ask }: Driver): Promise<Uint8Array[]> => {
  const found = await fetch(new URL('/.well-known/sage.json', asked.url))
  await found.arrayBuffer()
  const session = await open()
  try {
    return await ask(session)
  } finally {
    await session.close()
  }
}

const HOUR = 3_600_000_000_000n

/** Initiators that are wrong in how they read cards. */
export const cardMutants = [
  mutant(
    'initiator-any-version',
    ['card.version'],
    forgivesText('sage', () => '1.0'),
  ),
  mutant(
    'initiator-unknown-members-dropped',
    ['card.schema', 'handshake.response-schema', 'conventions.json-closed/response'],
    forgives(value => ['extra', 'sid'].forEach(name => delete value[name])),
  ),
  mutant(
    'initiator-missing-limits-are-defaults',
    ['card.schema'],
    forgivesCards(card => (card['limits'] = { ...defaultLimits, ...(card['limits'] as Card) })),
  ),
  mutant(
    'initiator-long-names-cut',
    ['card.schema'],
    forgivesCards(card => (card['name'] = String(card['name']).slice(0, 128))),
  ),
  mutant(
    'initiator-key-uses-dropped',
    ['card.schema'],
    forgivesCards(card => delete (card['keys'] as { kem: Card }).kem['use']),
  ),
  mutant('initiator-card-read-to-its-end', ['card.schema/endless-body'], { drive: readsWhole }),
  mutant('initiator-endpoints-as-they-come', ['card.endpoints-declared'], forgivesCards(undeclared)),
  mutant(
    'initiator-unknown-capability-refused',
    ['card.capabilities-unknown'],
    insert('card', ({ parsed }) =>
      parsed.card.capabilities.some(name => !(capabilities as readonly string[]).includes(name)),
    ),
  ),
  mutant(
    'initiator-card-from-the-future-refused',
    ['card.issued-ahead/within'],
    insert('card', ({ parsed, now }) => parsed.issuedAt > now),
  ),
  mutant(
    'initiator-card-of-a-week-at-most',
    ['card.lifetime/30-days'],
    insert('card', ({ parsed }) => parsed.expiresAt - parsed.issuedAt > 7n * 24n * HOUR),
  ),
  mutant(
    'initiator-last-of-two-names-wins',
    [
      'conventions.json-duplicate-signed/card',
      'conventions.json-duplicate-signed/response',
      'conventions.json-integer/card',
    ],
    readsJsonWith(text => text),
  ),
  mutant('initiator-null-is-absent', ['conventions.json-null/card'], readsCardsAs(withoutNulls)),
  mutant(
    'initiator-any-base64-in-cards',
    ['conventions.base64-canonical/card'],
    forgivesText('signature', anyBase64Url),
  ),
  mutant(
    'initiator-any-did-key',
    ['identity.did-key-form/card'],
    parts(() => ({ decodeDidKey: anyDidKey })),
  ),
  mutant(
    'initiator-any-ed25519-key',
    ['identity.key-small-order/card', 'identity.key-canonical/card'],
    parts(anyEd25519Key),
  ),
  mutant(
    'initiator-any-s',
    ['identity.signature-strict/card'],
    parts(honest => ({
      isEd25519Signature: (key, message, signature) => honest.isEd25519Signature(key, message, reduced(signature)),
    })),
  ),
]
