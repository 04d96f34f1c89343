import type { BatchResponse } from '../../schemas/index.js'
import { enforce } from '../bytes/guard.js'
import { isJsonObject, type JsonValue } from '../bytes/json.js'
import { malformed, SageError } from '../bytes/sage-error.js'
import { readId } from '../message/envelope.js'
import type { Arrival, BatchReply, Reading, WholeReply } from '../transport/exchange.js'
import { BatchRoom } from './batch-room.js'
import type { ResponderState } from './responder-state.js'

type AnswerOne = (reading: Reading, arrival: Arrival) => Promise<WholeReply>

/** The elements of a batch. @throws SageError `malformed` or `payload_too_large` */
const elementsOf = (reading: Reading, { guards, limits }: ResponderState): readonly JsonValue[] => {
  if (!reading.isJson) throw reading.refusal
  const { value: batch } = reading
  enforce(guards.batch, { batch, limits })
  // The guards have said so already, unless one is missing.
  return Array.isArray(batch['messages']) ? batch['messages'] : []
}

const readingOf = (element: JsonValue): Reading =>
  isJsonObject(element)
    ? { isJson: true, value: element, id: readId(element) }
    : { isJson: false, refusal: malformed('not an object') }

/** What is done with the elements of a batch, each by itself. */
export type AnswerElements = (
  elements: readonly JsonValue[],
  begin: (element: JsonValue, place: number) => Begun,
) => Promise<WholeReply[]>

/** An element whose answer has been begun. */
export interface Begun {
  /** Resolves once the next one may be begun: the record is open, and the task has been called. */
  readonly begun: Promise<unknown>
  readonly reply: Promise<WholeReply>
}

/** One element after the other is begun (batch.in-order); from there on their tasks run at once. */
export const answerElements: AnswerElements = async (elements, begin) => {
  const replies: Promise<WholeReply>[] = []
  for (const [place, element] of elements.entries()) {
    const { begun, reply } = begin(element, place)
    replies.push(reply)
    // A session that this message closes is closed for the next one, even if its plaintext had to be inflated first.
    await begun
  }
  return Promise.all(replies)
}

/**
 * Answers a batch, each of its messages as it would be answered alone (batch.alone).
 * @param answer what answers one message; it never rejects
 * @throws SageError `malformed` or `payload_too_large`, of the batch as a whole
 */
export const answerBatch = async (
  reading: Reading,
  arrival: Arrival,
  answer: AnswerOne,
  state: ResponderState,
): Promise<BatchReply> => {
  const { guards, limits, responderParts } = state
  const elements = elementsOf(reading, state)
  const room = new BatchRoom(elements.length, limits.maxMessageBytes)
  const begin = (element: JsonValue, place: number): Begun => {
    let goOn = (): void => undefined
    const goingOn = new Promise<void>(resolve => (goOn = resolve))
    const reply = answer(readingOf(element), {
      ...arrival,
      judge: message => enforce(guards.element, { message }),
      begun: goOn,
      fits: (bytes, least) => {
        goOn()
        return room.wish(place, bytes, least)
      },
    })
    const settled = reply.then(({ body }) => room.take(place, body))
    return { begun: Promise.race([goingOn, settled]), reply }
  }
  const replies = await responderParts.answerElements(elements, begin)
  if (room.isOverfull) throw new SageError('payload_too_large', 'not even the shortest answers have room in a response')
  return { kind: 'batch', body: { responses: replies.map(({ body }) => body as BatchResponse['responses'][number]) } }
}
