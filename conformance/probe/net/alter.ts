import { encodeUtf8 } from '../bytes/utf8.js'
import type { WireRequest } from './exchange.js'
import { opcodes, type WireFrames } from './frames.js'

/** A message as it is sent, over either transport. */
export type Outgoing = WireRequest | WireFrames

/** Does it go over WebSocket? */
export const isFrames = (outgoing: Outgoing): outgoing is WireFrames => 'frames' in outgoing

/** A message that is known to go over HTTP. */
export const asRequest = (outgoing: Outgoing): WireRequest => {
  if (isFrames(outgoing)) throw new Error('only a message over HTTP has a request')
  return outgoing
}

/** The request with one more header at the end, whatever is there already. */
export const addHeader = (request: WireRequest, name: string, value: string): WireRequest => ({
  ...request,
  headers: [...request.headers, [name, value]],
})

/** The request without a header. Names compare without regard to case. */
export const removeHeader = (request: WireRequest, name: string): WireRequest => ({
  ...request,
  headers: request.headers.filter(([of]) => of.toLowerCase() !== name.toLowerCase()),
})

/** The request with a header replaced where it stands. */
export const replaceHeader = (request: WireRequest, name: string, value: string): WireRequest => ({
  ...request,
  headers: request.headers.map(header =>
    header[0].toLowerCase() === name.toLowerCase() ? [header[0], value] : header,
  ),
})

/** The message with other bytes: the body and its length over HTTP, one text message over WebSocket. */
export const withBody = <Message extends Outgoing>(message: Message, body: Uint8Array | string): Message => {
  const bytes = typeof body === 'string' ? encodeUtf8(body) : body
  if (!isFrames(message))
    return { ...message, ...replaceHeader(message, 'Content-Length', String(bytes.length)), body: bytes }
  const [frame] = message.frames
  return { ...message, text: bytes, frames: [{ opcode: opcodes.text, mask: frame?.mask, payload: bytes }] }
}
