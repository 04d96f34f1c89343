import type { Exchange, ReceivedMessage, Reading } from '../transport/exchange.js'
import { plainCodeOf, plainError } from '../transport/plain-error.js'
import { parseMessage, readId } from '../message/envelope.js'
import { acceptHandshake } from './accept-handshake.js'
import { acceptRecord } from './accept-record.js'
import { faultOf } from './agent-event.js'
import type { ResponderState } from './responder-state.js'

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
  answer: async (reading, arrival) => {
    const { parts, responderParts, log } = state
    let message: ReceivedMessage | undefined
    try {
      if (!reading.isJson) throw reading.refusal
      message = parseMessage(reading.value, parts)
      arrival.judge(message)
      return message.kind === 'handshake'
        ? { kind: 'handshake', body: await acceptHandshake(message, arrival, state), message }
        : { kind: 'session', body: await acceptRecord(message, arrival, state), message }
    } catch (error) {
      const code = plainCodeOf(error)
      log(code === 'internal' ? faultOf(error) : { event: 'refusal', code })
      const id = reading.isJson ? reading.id : undefined
      return { kind: 'error', body: plainError(code, responderParts.detailOf, id), message }
    }
  },
})
