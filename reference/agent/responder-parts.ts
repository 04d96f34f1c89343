import { detailOf, type DetailOf } from '../transport/plain-error.js'
import { MAX_ECHO_DELAY_MS } from '../../schemas/index.js'
import { answerElements, type AnswerElements } from './answer-batch.js'
import { answerEncoding } from './encoding.js'
import { randomUuid, type Entropy } from './clock.js'
import type { LiveSession } from './live-session.js'
import { healthOf, type HealthOf } from './health-page.js'
import type { Meter } from './meter.js'
import { pause } from './pause.js'
import { cut, type ServedStream } from './served-streams.js'
import { ECHO_CHUNK_SIZE, ECHO_DELAY, type ServedTask, type TaskRequest } from './tasks.js'

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
  readonly echoStream: ServedStream
  readonly close: ServedTask
  /** In which order the messages of a batch are begun (batch.in-order). */
  readonly answerElements: AnswerElements
  /** The coding of an answer (gzip.response-asked, gzip.echo, gzip.small). */
  readonly answerEncoding: typeof answerEncoding
  readonly health: HealthOf
  /** What is told of everything that is counted (metrics.counts). */
  readonly meter: (meter: Meter) => Meter
  readonly detailOf: DetailOf
}

const delayed = async (request: TaskRequest): Promise<void> => {
  const delay = request.metadata[ECHO_DELAY]
  if (delay !== undefined) await pause(Math.min(Number(delay) || 0, MAX_ECHO_DELAY_MS), request.signal)
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
  echo: async (plaintext, request) => {
    await delayed(request)
    return plaintext
  },
  echoStream: async function* (chunks, request) {
    await delayed(request)
    const size = Number(request.metadata[ECHO_CHUNK_SIZE] ?? Infinity)
    for await (const chunk of chunks) yield* cut(chunk, size)
  },
  close: (_plaintext, _request, endSession) => {
    endSession()
    return new Uint8Array()
  },
  answerElements,
  answerEncoding,
  health: healthOf,
  meter: meter => meter,
  detailOf,
}
