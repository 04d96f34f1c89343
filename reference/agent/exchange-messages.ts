import type { Exchange, ReceivedMessage } from '../http/exchange.js'
import { plainCodeOf, plainError } from '../http/plain-error.js'
import { parseMessage, readId } from '../message/envelope.js'
import { acceptHandshake } from './accept-handshake.js'
import { acceptRecord } from './accept-record.js'
import { faultOf } from './agent-event.js'
import type { ResponderState } from './responder-state.js'

/** The exchange of a responder: bytes of a message in, a reply out, whatever the bytes are. */
export const createExchange =
  (state: ResponderState): Exchange =>
  async (bytes, { judge, signal }) => {
    const { parts, responderParts, log } = state
    let id: string | undefined
    let message: ReceivedMessage | undefined
    try {
      const value = parts.parseJson(bytes)
      id = readId(value)
      message = parseMessage(value, parts)
      judge(message)
      return message.kind === 'handshake'
        ? { kind: 'handshake', body: await acceptHandshake(message, state), message }
        : { kind: 'session', body: await acceptRecord(message, signal, state), message }
    } catch (error) {
      const code = plainCodeOf(error)
      log(code === 'internal' ? faultOf(error) : { event: 'refusal', code })
      return { kind: 'error', body: plainError(code, responderParts.detailOf, id), message }
    }
  }
