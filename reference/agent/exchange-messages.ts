import type { Arrival, Exchange, ReceivedMessage, Reading, Reply } from '../transport/exchange.js'
import { plainCodeOf, plainError } from '../transport/plain-error.js'
import { parseMessage, readId } from '../message/envelope.js'
import { acceptHandshake } from './accept-handshake.js'
import { acceptRecord } from './accept-record.js'
import { faultOf } from './agent-event.js'
import { answerBatch } from './answer-batch.js'
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
      : { kind: 'session', body: await acceptRecord(message, arrival, state), message }
  } catch (error) {
    return refusal(error, state, reading.isJson ? reading.id : undefined, message)
  }
}

/** The exchange of a responder: bytes of a message in, a reply out, whatever the bytes are and however they came. */
export const createExchange = (state: ResponderState): Exchange => ({
  read: (bytes): Reading => {
    try {
      const value = state.parts.parseJson(bytes)
      return { isJson: true, value, id: readId(value) }
    } catch (refusal) {
      return { isJson: false, refusal }
    }
  },
  answer: (reading, arrival) => answerOne(reading, arrival, state),
  answerBatch: async (reading, arrival) => {
    try {
      return await answerBatch(reading, arrival, (element, alone) => answerOne(element, alone, state), state)
    } catch (error) {
      return refusal(error, state)
    }
  },
})
