import { HANDSHAKE_TASK, type HandshakeResponse, type HandshakeResponseData } from '../../../schemas/index.js'
import { encodeBase64url, parseBase64url } from '../bytes/base64.js'
import { parseTime } from '../bytes/time.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { isEd25519Signature } from '../crypto/ed25519.js'
import { isEqual, sha256 } from '../crypto/hash.js'
import { isLowOrder } from '../crypto/x25519.js'
import type { Resolve } from '../identity/resolver.js'
import { Refusal, type Layer } from '../refusal.js'
import { deriveAckTag, type AckTag } from './ack-tag.js'
import { deriveAsInitiator, deriveOffer, type Derivation, type InitiatorKeys } from './derivation.js'
import { isTimely } from './request.js'
import { parseHandshakeResponse, parseResponseData, signedText } from './response.js'
import { exportCtxOf, infoOf, type Parties } from './strings.js'

/** What an initiator sent, and what it kept to itself. */
export interface SentRequest extends Parties, InitiatorKeys {
  readonly id: string
  readonly nonce: string
}

/** What an initiator knows beside the response and its own request. */
export interface ResponseReader {
  /** Nanoseconds from the Unix epoch. */
  readonly now: bigint
  readonly resolve: Resolve
}

/** A handshake that broke no rule: the session's kid, everything derived, and the response data. */
export interface OpenedResponse {
  readonly kid: string
  readonly derivation: Derivation
  readonly ack: AckTag
  readonly data: HandshakeResponseData
}

/** A parsed response beside everything that it is judged by. */
export interface JudgedResponse {
  readonly response: HandshakeResponse
  readonly data: HandshakeResponseData
  readonly sent: SentRequest
  readonly reader: ResponseReader
}

interface Rule {
  readonly name: string
  readonly layer: Layer
  readonly holds: (facts: JudgedResponse) => boolean
}

const rule = <Name extends string>(name: Name, layer: Layer, holds: (facts: JudgedResponse) => boolean) => ({
  name,
  layer,
  holds,
})

interface Derived {
  readonly derivation: Derivation
  readonly ack: AckTag
}

// One response is asked for it twice: by the rule of its tag, and by whoever opens the session.
const derivedOf = new WeakMap<JudgedResponse, Derived>()

const derived = (facts: JudgedResponse): Derived => {
  const known = derivedOf.get(facts)
  if (known) return known
  const { data, sent } = facts
  const derivation = deriveAsInitiator({ ...sent, ephS: parseBase64url(data.ephS) })
  const found = { derivation, ack: deriveAckTag(derivation, sent.nonce, data.kid) }
  derivedOf.set(facts, found)
  return found
}

const isHash = (b64u: string, text: string): boolean => b64u === encodeBase64url(sha256(encodeUtf8(text)))

// In the order of handshake.md. A rule that needs a Diffie-Hellman stands after the one that makes it safe.
const rules = [
  rule('handshake.response-message', 'transcript', ({ response, sent }) => response.message_id === sent.id),
  rule('handshake.response-version', 'transcript', ({ data }) => data.v === 'v1' && data.task === HANDSHAKE_TASK),
  rule('handshake.response-echo', 'transcript', ({ data, sent }) => {
    const { enc, ephC } = deriveOffer(sent)
    return data.ctx === sent.ctx && data.enc === encodeBase64url(enc) && data.ephC === encodeBase64url(ephC)
  }),
  rule('handshake.response-did', 'identity', ({ data, sent }) => data.did === sent.respDid),
  rule(
    'handshake.response-hashes',
    'transcript',
    ({ data, sent }) => isHash(data.infoHash, infoOf(sent)) && isHash(data.exportCtxHash, exportCtxOf(sent.ctx)),
  ),
  rule('handshake.response-ts', 'freshness', ({ data, reader }) => isTimely(parseTime(data.ts), reader.now)),
  rule('handshake.response-low-order', 'agreement', ({ data }) => !isLowOrder(parseBase64url(data.ephS))),
  rule('handshake.response-ack-tag', 'transcript', facts =>
    isEqual(parseBase64url(facts.data.ackTagB64), derived(facts).ack.ackTag),
  ),
  rule('handshake.response-signature', 'signature', ({ data, sent, reader }) =>
    isEd25519Signature(reader.resolve(sent.respDid), encodeUtf8(signedText(data)), parseBase64url(data.sigB64)),
  ),
] as const satisfies readonly Rule[]

/** A rule of the initiator, named. */
export type ResponseRule = (typeof rules)[number]['name']

/**
 * The first rule of the initiator, in the protocol's order, that a well-formed response breaks; undefined if none.
 * @throws Refusal of `resolve`, and `agreement` when the KEM key that was used is of low order
 */
export const firstBrokenRule = (facts: JudgedResponse): { name: ResponseRule; layer: Layer } | undefined =>
  rules.find(({ holds }) => !holds(facts))

/**
 * The initiator's judgement of a handshake response.
 * @throws Refusal `encoding` or `schema`; else with the first {@link ResponseRule} broken as its rule, or with what
 *   `resolve` said
 */
export const openResponse = (text: Uint8Array | string, sent: SentRequest, reader: ResponseReader): OpenedResponse => {
  const response = parseHandshakeResponse(text)
  const facts = { response, data: parseResponseData(response), sent, reader }
  const broken = firstBrokenRule(facts)
  if (broken) throw new Refusal(broken.layer, broken.name)
  return { kid: facts.data.kid, data: facts.data, ...derived(facts) }
}
