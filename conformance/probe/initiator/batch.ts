import { parseJsonObject } from '../bytes/json.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { Refusal } from '../refusal.js'
import { readOutcome, readPlain, readSessionAnswer, type Answer, type Outcome, type SessionReader } from './answer.js'

/** One element of the `messages` of a batch: a message of a session, or any other value. */
export interface BatchElement {
  /** What it is, in a word. */
  readonly what: string
  readonly envelope: unknown
  /** What its answer is judged by, where it is a message of a session. */
  readonly asked?: SessionReader
}

/** A batch, before it is sent. */
export interface BatchDraft {
  readonly elements: readonly BatchElement[]
}

/** The responses of a batch response to `count` messages. Throws Refusal. */
const parseResponses = (body: Uint8Array, count: number): readonly unknown[] => {
  const { responses, ...others } = parseJsonObject(body)
  if (!Array.isArray(responses) || Object.keys(others).length > 0) throw new Refusal('schema', 'batch-response')
  if (responses.length !== count) throw new Refusal('transcript', 'batch.answered')
  return responses as readonly unknown[]
}

/** The response in one place, read as one that came alone, without an HTTP status. Never throws. */
const readPlace = (response: unknown, { asked }: BatchElement, maxMessageBytes: number): Answer => {
  const body = encodeUtf8(JSON.stringify(response))
  if (asked) return readSessionAnswer({ kind: 'message', body }, { maxMessageBytes, ...asked })
  return readPlain(body) ?? { kind: 'unacceptable', why: 'a response to what is no message of a session', body }
}

/** The answer to a batch of `elements`. Never throws. */
export const readBatchAnswer = (outcome: Outcome, elements: readonly BatchElement[], maxMessageBytes: number): Answer =>
  readOutcome(outcome, body => ({
    kind: 'batch',
    answers: parseResponses(body, elements.length).map((response, at) =>
      readPlace(response, elements[at]!, maxMessageBytes),
    ),
  }))
