import { HandshakePayload } from '../../../schemas/index.js'
import { encodeBase64url } from '../../probe/bytes/base64.js'
import type { JsonObject } from '../../probe/bytes/json.js'
import { encodeTime, SECOND } from '../../probe/bytes/time.js'
import {
  payloadTextOf,
  signHandshake,
  withParties,
  type HandshakeDraft,
} from '../../probe/initiator/handshake-draft.js'
import { newIdentity, nowNs } from '../initiator.js'
import type { Input, Route } from './input.js'
import { variantsOf, type Schema } from './schema-variants.js'
import type { Workshop } from './workshop.js'

const REFUSED = ['plain:authentication_failed'] as const
const MALFORMED = ['plain:malformed'] as const

const keptMembers: Readonly<Record<string, readonly string[]>> = {
  exportCtx: REFUSED,
  info: REFUSED,
  initDid: REFUSED,
  respDid: REFUSED,
  nonce: ['handshake'],
}

/** Dates and times that the schema lets through, or nearly, and that do not exist (conventions.time). */
const noTimes = (year: number): readonly string[] => [
  `${year}-02-30T00:00:00Z`,
  `${year}-04-31T00:00:00Z`,
  `${year}-06-31T12:00:00.5Z`,
  '2023-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  `${year}-01-01T24:00:00Z`,
  `${year}-01-01T23:59:60Z`,
  `${year}-01-01T00:00:00.Z`,
  `${year}-01-01T00:00:00+00:00`,
]

/** Points of low order (RFC 7748 §6.1): every exchange with them is all zero. */
const LOW_ORDER = [
  new Uint8Array(32),
  Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0)),
  Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 0xed : at === 31 ? 0x7f : 0xff)),
].map(encodeBase64url)

interface Case {
  readonly constraint: string
  readonly draft: HandshakeDraft
  readonly expected: readonly string[]
}

/** Handshakes whose payload keeps its schema, and is wrong, or only just right. */
function* judged(workshop: Workshop): Generator<Case> {
  const spare = (): HandshakeDraft => workshop.spareHandshake()
  const of = (constraint: string, draft: HandshakeDraft, expected: readonly string[] = REFUSED): Case => ({
    constraint,
    draft,
    expected,
  })
  const at = (seconds: bigint): string => encodeTime(nowNs() + seconds * SECOND)
  for (const ts of noTimes(new Date().getUTCFullYear())) yield of('conventions.time', { ...spare(), ts }, MALFORMED)
  for (const skew of [130n, -130n, 86_400n, -600n]) yield of('handshake.ts-fresh', { ...spare(), ts: at(skew) })
  for (const skew of [110n, -110n, 0n])
    yield of('handshake.ts-fresh', { ...workshop.newHandshake(), ts: at(skew) }, ['handshake'])
  for (const point of LOW_ORDER) {
    yield of('handshake.low-order', { ...workshop.newHandshake(), enc: point })
    yield of('handshake.low-order', { ...workshop.newHandshake(), ephC: point })
  }
  const other = newIdentity().did
  yield of('handshake.did-match', withParties(spare(), { initDid: other }))
  yield of(
    'handshake.did-resolves',
    withParties(spare(), { did: 'did:web:nobody.invalid', initDid: 'did:web:nobody.invalid' }),
  )
  yield of('handshake.resp-did', withParties(spare(), { respDid: other }))
  const [infoBase, ctxBase] = [spare(), spare()]
  yield of('handshake.info-match', { ...infoBase, info: `${infoBase.info} ` })
  yield of('handshake.info-match', { ...infoBase, info: infoBase.info.replace('v1', 'v2') })
  yield of('handshake.export-ctx-match', { ...ctxBase, exportCtx: ctxBase.exportCtx.slice(0, -1) })
  yield of('handshake.signature', { ...spare(), signingKey: workshop.dice.bytes(32) })
  const text = payloadTextOf(spare())
  const texts = [
    `\ufeff${text}`,
    `${text} x`,
    `[${text}]`,
    text.replace('{', '{"nonce":"another",'),
    text.replace('{', '{"nonce":null,'),
    text.replace(/"nonce":"[^"]*"/, '"nonce":null'),
    text.replace(/"info":"/, '"info":"\\ud800'),
    text.slice(0, -1),
    '',
    'null',
  ]
  for (const payloadText of texts) yield of('conventions.json', { ...spare(), payloadText }, MALFORMED)
}

/** Payloads of handshakes: each constraint of the schema broken in turn, and signed rightly; and the rules after it. */
export function* handshakePayloadInputs(workshop: Workshop): Generator<Input> {
  const { dice } = workshop
  const input = ({ constraint, draft, expected }: Case, isKept: boolean): Input => ({
    kind: 'schema',
    constraint,
    isKept,
    body: JSON.stringify(signHandshake(draft)),
    id: draft.id,
    route: dice.pick<Route>(['http', 'ws', 'ws', 'ws']),
    expected,
  })
  const base = workshop.spareHandshake()
  const given = JSON.parse(payloadTextOf(base)) as JsonObject
  for (const { constraint, isKept, value, path } of variantsOf(HandshakePayload as Schema, given, dice)) {
    const expected = isKept ? (keptMembers[path[0] ?? ''] ?? []) : MALFORMED
    if (expected[0] === 'handshake') {
      const { nonce } = value as { readonly nonce: string }
      yield input({ constraint, draft: { ...workshop.strangersHandshake(), nonce }, expected }, true)
    } else {
      const draft = { ...workshop.spareHandshake(), payloadText: JSON.stringify(value) }
      yield input({ constraint, draft, expected }, isKept)
    }
  }
  for (const each of judged(workshop)) yield input(each, each.expected[0] === 'handshake')
}
