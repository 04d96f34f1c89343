import { statusOf, STREAM_MEDIA_TYPE, type PlainErrorCode } from '../../schemas/index.js'
import { concat } from '../probe/bytes/framing.js'
import { encodeUtf8 } from '../probe/bytes/utf8.js'
import { closePayload, opcodes, type Frame } from '../probe/net/frames.js'
import { encodeBody } from '../probe/wire/body.js'

/**
 * What a played responder puts on the wire. `whole` unless it says otherwise: `truncated` promises all of the body and ends
 * the connection halfway, `cut` ends it after all of the body without saying that this was all, `endless` repeats it until
 * nobody reads any more, `reset` and `closed` end the connection without a byte. Over WebSocket the body is the message, and
 * status and headers are nowhere.
 */
export interface Reply {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  readonly ending?: 'whole' | 'truncated' | 'cut' | 'endless' | 'reset' | 'closed'
  /** What is sent over WebSocket in place of one frame with the body. */
  readonly frames?: readonly Frame[]
}

/** A text message in one frame. */
export const textFrame = (body: object | Uint8Array): Frame => ({
  opcode: opcodes.text,
  payload: body instanceof Uint8Array ? body : encodeBody(body),
})

/** A close frame with its code and nothing more. */
export const closeFrame = (code: number): Frame => ({ opcode: opcodes.close, payload: closePayload(code) })

/** JSON as a responder sends it: an object, or a text that may be none. */
export const jsonReply = (status: number, body: object | string): Reply => ({
  status,
  headers: [
    ['Content-Type', 'application/json'],
    ['Cache-Control', 'no-store'],
  ],
  body: typeof body === 'string' ? Buffer.from(body, 'utf8') : encodeBody(body),
})

/** What a stream is answered with: over HTTP a response on each line, over WebSocket one in each message. */
export const streamReply = (responses: readonly object[]): Reply => ({
  status: 200,
  headers: [
    ['Content-Type', STREAM_MEDIA_TYPE],
    ['Cache-Control', 'no-store'],
  ],
  body: concat(...responses.flatMap(response => [encodeBody(response), encodeUtf8('\n')])),
  frames: responses.map(textFrame),
})

/** Nothing at all, as a control over WebSocket is answered. */
export const noReply: Reply = { status: 0, headers: [], body: new Uint8Array(0), frames: [] }

/** No answer: the connection is closed with this code. */
export const closeReply = (code: number): Reply => ({
  status: 0,
  headers: [],
  body: new Uint8Array(0),
  frames: [closeFrame(code)],
})

/** A plain error with its status, about the message `id`. */
export const plainReply = (error: PlainErrorCode, id?: string): Reply => {
  const reply = jsonReply(statusOf(error), { success: false, error, ...(id === undefined ? {} : { message_id: id }) })
  const busy = error === 'rate_limited' || error === 'unavailable'
  return busy ? { ...reply, headers: [...reply.headers, ['Retry-After', '0']] } : reply
}

/** A redirect of whatever was asked, to `location`. */
export const redirectReply = (status: number, location: string): Reply => ({
  status,
  headers: [['Location', location]],
  body: new Uint8Array(0),
})
