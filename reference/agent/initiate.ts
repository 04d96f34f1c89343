import { encodeUtf8 } from '../bytes/utf8.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import { encodeTime } from '../bytes/time.js'
import { erase } from '../crypto/erase.js'
import { createRequest, erasePending, type PendingHandshake } from '../handshake/request.js'
import { verifyResponse } from '../handshake/verify-response.js'
import type { Answer, Channel } from '../transport/channel.js'
import { parseResponse, readMessageId, type ReceivedResponse } from '../message/envelope.js'
import { writeTrafficKeys } from '../session/key-schedule.js'
import type { Resolver } from '../identity/resolver.js'
import type { Parts } from '../parts.js'
import { randomUuid, type Clock, type Entropy } from './clock.js'
import type { Identity } from './identity.js'
import type { InitiatorSeams } from './initiator-seams.js'
import { LiveSession } from './live-session.js'
import type { Peer } from './peer.js'

/** What an initiator shakes hands with. */
export interface InitiateInput {
  readonly identity: Identity
  readonly peer: Peer
  readonly channel: Channel
  readonly resolve: Resolver
  readonly clock: Clock
  readonly entropy: Entropy
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  readonly seams: InitiatorSeams
}

const rejected = (message: string, cause?: unknown): SageError => new SageError('peer_rejected', message, { cause })

/** What a responder answered, read. @throws SageError `malformed` */
export const readAnswer = ({ body }: Answer, parts: Parts): ReceivedResponse =>
  parseResponse(parts.parseJson(body), parts)

/** The `message_id` of an answer; undefined where there is none that can be read. */
export const messageIdOf = (body: Uint8Array, parts: Parts): string | undefined => {
  try {
    return readMessageId(parts.parseJson(body))
  } catch {
    return undefined
  }
}

const handshakeAnswer = (answer: Answer, parts: Parts): Extract<ReceivedResponse, { kind: 'handshake' }> => {
  let received: ReceivedResponse
  try {
    received = readAnswer(answer, parts)
  } catch (cause) {
    throw rejected('the answer to the handshake cannot be read', cause)
  }
  if (received.kind === 'plain')
    throw rejected('the responder refused the handshake', new SageError(received.response.error, 'a plain error'))
  if ((answer.status ?? 200) !== 200 || received.kind !== 'handshake')
    throw rejected('the answer is not one to a handshake')
  return received
}

const shakeHands = async (
  message: { readonly id: string },
  pending: PendingHandshake,
  input: InitiateInput,
): Promise<{ readonly kid: string; readonly seed: Uint8Array }> => {
  const { channel, peer, resolve, clock, timeoutMs, signal, seams } = input
  const { parts, guards, initiatorParts } = seams
  const body = encodeUtf8(JSON.stringify(message))
  const answer = await initiatorParts.exchange(channel, { id: message.id, body, timeoutMs, signal })
  const { response, dataBytes } = handshakeAnswer(answer, parts)
  const responderKey = await resolve(peer.did)
  const received = { messageId: response.message_id, dataBytes, pending, responderKey, now: clock.now() }
  return verifyResponse(received, parts, guards.response)
}

/**
 * One handshake. No session comes of it unless every rule of handshake.md, "What the initiator refuses", holds.
 * @throws SageError `peer_rejected` when the responder refuses, or its answer is not acceptable (then `cause` says what it
 * said or what was wrong); `unreachable`, `timeout`, `aborted`, `connection_lost`
 */
export const initiate = async (input: InitiateInput): Promise<LiveSession> => {
  const { identity, peer, clock, entropy, seams } = input
  const { parts } = seams
  const contextId = randomUuid(entropy)
  const { message, pending } = createOffer(contextId, input)
  try {
    const { kid, seed } = await shakeHands(message, pending, input)
    const monotonic = (): number => clock.monotonic()
    const maxRecords = peer.limits.maxSessionRecords
    const initDid = identity.did
    return LiveSession.alone(
      { role: 'initiator', maxRecords, monotonic, entropy, parts },
      { kid, initDid, contextId },
      (into, offset) => writeTrafficKeys(seed, into, offset, parts),
    )
  } finally {
    erasePending(pending)
  }
}

const createOffer = (
  ctx: string,
  { identity, peer, clock, entropy, seams }: InitiateInput,
): ReturnType<typeof createRequest> => {
  const content = {
    id: randomUuid(entropy),
    ctx,
    initDid: identity.did,
    respDid: peer.did,
    nonce: randomUuid(entropy),
    ts: encodeTime(clock.now()),
    signingKey: identity.signer,
    kemPublicKey: peer.kemKey,
    ikmE: entropy(32),
    ephCPrivateKey: entropy(32),
  }
  try {
    return createRequest(content, seams.parts)
  } catch (cause) {
    erase(content.ephCPrivateKey)
    if (!isSageError(cause)) throw cause
    throw rejected("the responder's KEM key is not acceptable", cause)
  } finally {
    erase(content.ikmE)
  }
}
