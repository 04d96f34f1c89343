import type { HandshakeResponse, HandshakeResponseData } from '../../schemas/index.js'
import type { Json } from '../probe/bytes/json.js'
import type { Entropy } from '../probe/entropy.js'
import type { AckTag } from '../probe/handshake/ack-tag.js'
import type { Derivation } from '../probe/handshake/derivation.js'
import type { OpenedRequest } from '../probe/handshake/request.js'
import type { ResponseDraft } from '../probe/handshake/response.js'
import type { CardDraft } from '../probe/identity/card.js'
import type { Frame } from '../probe/net/frames.js'
import type { ResponseFields } from '../probe/wire/aad.js'
import type { Sealing } from '../probe/wire/session-message.js'
import type { PlayedIdentity } from './identity.js'
import type { PlayedRequest, PlayedSession } from './played-session.js'
import type { Reply } from './reply.js'
import type { UpgradeAnswer } from './upgrade.js'

/** What every step of a played responder has at hand. */
export interface Stage {
  /** Nanoseconds from the Unix epoch. */
  readonly now: bigint
  readonly entropy: Entropy
  readonly identity: PlayedIdentity
  /** Another responder, with a DID and keys of its own. */
  readonly stranger: PlayedIdentity
  /** Origin of a second listener, behind which the same responder answers honestly. */
  readonly elsewhere: string
}

/** What the answer to a handshake follows from. */
export interface HandshakeStage extends Stage {
  readonly request: OpenedRequest
  readonly derivation: Derivation
  readonly ack: AckTag
}

/** What the answer to a request follows from. */
export interface AnswerStage extends Stage {
  readonly session: PlayedSession
  readonly request: PlayedRequest
  /** Which request of this run it is that carries the payload, from 0. */
  readonly index: number
  /** All of them that have arrived so far. */
  readonly requests: readonly PlayedRequest[]
  /** The honest, sealed answer to one of them, in the next record of the session. */
  readonly answerTo: (request: PlayedRequest) => WireResponse
}

/** A session response before it is sealed, flat. Whoever forges spreads it and overrides. */
export interface AnswerDraft extends ResponseFields, Sealing {
  /** SHA-256, 32 bytes, of the record that it answers. */
  readonly requestHash: Uint8Array
}

/** A session response as it is sent. */
export type WireResponse = ResponseFields & { readonly data: string }

/** What a message claims to be, before anything is verified. */
export interface Claim {
  readonly kind: 'handshake' | 'request'
}

/**
 * What a responder does otherwise than the specification has it, step by step. Each step is given what the honest responder
 * has there; all later steps follow from what it returns, so that a forgery is signed and sealed and a message that
 * somebody changed on the path is not.
 */
export interface Fault {
  /** Is somebody else; whose card, keys and signatures they are from here on. */
  readonly identity?: (honest: PlayedIdentity, stage: Pick<Stage, 'stranger'>) => PlayedIdentity
  /** The caller of the initiator expects the honest one all the same. */
  readonly unexpected?: true
  /** The card before it is signed. */
  readonly card?: (draft: CardDraft, stage: Stage) => CardDraft
  /** The signed card, as an object or as text. */
  readonly signedCard?: (card: CardDraft & { readonly signature: string }, stage: Stage) => object | string
  readonly cardReply?: (reply: Reply, stage: Stage) => Reply
  /** Answers a message before it is looked at. */
  readonly instead?: (claim: Claim, stage: Stage) => Reply | undefined
  /** The derivation; the ack tag and the keys follow from it. */
  readonly derivation?: (honest: Derivation, stage: Stage) => Derivation
  /** The response data before it is signed. */
  readonly response?: (draft: ResponseDraft, stage: HandshakeStage) => ResponseDraft
  /** The signed response data, as an object or as text. */
  readonly responseData?: (data: HandshakeResponseData, stage: HandshakeStage) => object | string
  readonly handshakeEnvelope?: (message: HandshakeResponse, stage: HandshakeStage) => object
  readonly handshakeReply?: (reply: Reply, stage: HandshakeStage) => Reply
  /** The answer to a request with the payload before it is sealed. */
  readonly answer?: (draft: AnswerDraft, stage: AnswerStage) => AnswerDraft
  /** The chunks of the answer to a stream before they are sealed; `answerReply` is given all of them. */
  readonly chunks?: (drafts: readonly AnswerDraft[], stage: AnswerStage) => readonly AnswerDraft[]
  /** The responses to the messages of a batch. */
  readonly responses?: (honest: readonly Json[]) => readonly Json[]
  /** The sealed answer, as an object or as text. */
  readonly answerEnvelope?: (response: WireResponse, stage: AnswerStage) => object | string
  readonly answerReply?: (reply: Reply, stage: AnswerStage) => Reply
  /** The answer to an upgrade. */
  readonly upgrade?: (honest: UpgradeAnswer) => UpgradeAnswer
  /** The frames in which the answer to a request is sent over WebSocket, and what is sent around it. */
  readonly frames?: (honest: Frame, stage: AnswerStage) => readonly Frame[]
}

/** A fault that needs what this run does not bring, such as two requests at once: nothing comes of it. */
export class Unplayable extends Error {
  override readonly name = 'Unplayable'
}
