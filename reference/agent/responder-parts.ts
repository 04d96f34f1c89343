import { detailOf, type DetailOf } from '../transport/plain-error.js'
import { MAX_ECHO_DELAY_MS } from '../../schemas/index.js'
import { answerElements, type AnswerElements } from './answer-batch.js'
import { randomUuid, type Entropy } from './clock.js'
import type { LiveSession } from './live-session.js'
import { pause } from './pause.js'
import { ECHO_DELAY, type ServedTask } from './tasks.js'

/** What a responder decides by itself, step by step, so that each can be replaced to make one that is wrong on purpose. */
export interface ResponderParts {
  /** What the replay store remembers of a handshake (handshake.nonce-scope). */
  readonly replayKey: (initDid: string, nonce: string) => string
  /** Name of a new session (handshake.kid-form). */
  readonly newKid: (entropy: Entropy) => string
  /** What an accepted record does to its session (session.idle, handshake.confirmed). */
  readonly recordAccepted: (session: LiveSession) => void
  readonly ping: ServedTask
  readonly echo: ServedTask
  readonly close: ServedTask
  /** In which order the messages of a batch are begun (batch.in-order). */
  readonly answerElements: AnswerElements
  readonly detailOf: DetailOf
}

/** The steps as the specification has them. */
export const responderParts: ResponderParts = {
  // The separator occurs in neither (conventions.did, conventions.token).
  replayKey: (initDid, nonce) => `${initDid}|${nonce}`,
  newKid: entropy => `kid-${randomUuid(entropy)}`,
  recordAccepted: session => {
    session.touch()
    session.confirm()
  },
  ping: plaintext => plaintext,
  echo: async (plaintext, { metadata, signal }) => {
    const delay = metadata[ECHO_DELAY]
    if (delay !== undefined) await pause(Math.min(Number(delay) || 0, MAX_ECHO_DELAY_MS), signal)
    return plaintext
  },
  close: (_plaintext, _request, endSession) => {
    endSession()
    return new Uint8Array()
  },
  answerElements,
  detailOf,
}
