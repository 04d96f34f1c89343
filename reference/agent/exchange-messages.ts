import type { Arrival, Exchange, ReceivedMessage, Reading, Reply, WholeReply } from '../transport/exchange.js'
import { SageError } from '../bytes/sage-error.js'
import { plainCodeOf, plainError } from '../transport/plain-error.js'
import { parseMessage, readId } from '../message/envelope.js'
import { acceptHandshake } from './accept-handshake.js'
import { acceptRecord } from './accept-record.js'
import { faultOf } from './agent-event.js'
import { answerBatch } from './answer-batch.js'
import type { Meter } from './meter.js'
import { meteredAnswer, meterUnanswered } from './metered-answer.js'
import type { ResponderState } from './responder-state.js'

/** The reply to what is refused before a record has opened (error.plain-until-open, error.message-id). */
const refusal = (error: unknown, { responderParts, log }: ResponderState, id?: string, message?: ReceivedMessage) => {
  const code = plainCodeOf(error)
  log(code === 'internal' ? faultOf(error) : { event: 'refusal', code })
  return { kind: 'error', body: plainError(code, responderParts.detailOf, id), message } as const
}

const answerOne = async (reading: Reading, arrival: Arrival, state: ResponderState): Promise<Reply> => {
  let message: ReceivedMessage | undefined
  try {
    if (!reading.isJson) throw reading.refusal
    message = parseMessage(reading.value, state.parts)
    arrival.judge(message)
    return message.kind === 'handshake'
      ? { kind: 'handshake', body: await acceptHandshake(message, arrival, state), message }
      : await acceptRecord(message, arrival, state)
  } catch (error) {
    return refusal(error, state, reading.isJson ? reading.id : undefined, message)
  }
}

/** An element of a batch has one response: of a stream, which the guards do not let in there, no more than the first. */
const wholeOf = async (reply: Reply): Promise<WholeReply> => {
  if ('body' in reply) return reply
  const { message } = reply
  if (reply.kind === 'stream')
    for await (const body of reply.responses) if ('kid' in body) return { kind: 'session', body, message }
  throw new SageError('internal', 'no response')
}

/**
 * The exchange of a responder: bytes of a message in, a reply out, whatever the bytes are and however they came.
 * @param meter counts, where the responder declares metrics
 */
export const createExchange = (state: ResponderState, meter?: Meter): Exchange => {
  const { parts, clock } = state
  const unmetered = (reading: Reading, arrival: Arrival): Promise<Reply> => answerOne(reading, arrival, state)
  const monotonic = (): number => clock.monotonic()
  const answer = meter === undefined ? unmetered : meteredAnswer({ answer: unmetered, meter, monotonic })
  return {
    read: (bytes): Reading => {
      try {
        const value = parts.parseJson(bytes)
        return { isJson: true, value, id: readId(value) }
      } catch (refusal) {
        return { isJson: false, refusal }
      }
    },
    answer,
    answerBatch: async (reading, arrival) => {
      try {
        const one = async (element: Reading, alone: Arrival) => wholeOf(await answer(element, alone))
        const reply = await answerBatch(reading, { ...arrival, arrivedAt: monotonic() }, one, state)
        meter?.batch()
        return reply
      } catch (error) {
        return refusal(error, state)
      }
    },
    unanswered: reading => {
      if (meter !== undefined) meterUnanswered(reading, meter)
    },
  }
}
