import { statusOf, type PlainErrorCode } from '../../schemas/index.js'
import { encodeBody } from '../probe/wire/body.js'

/**
 * What a played responder puts on the wire. `whole` unless it says otherwise: `truncated` promises all of the body and ends
 * the connection halfway, `endless` repeats it until nobody reads any more, `reset` and `closed` end the connection
 * without a byte.
 */
export interface Reply {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  readonly ending?: 'whole' | 'truncated' | 'endless' | 'reset' | 'closed'
}

/** JSON as a responder sends it: an object, or a text that may be none. */
export const jsonReply = (status: number, body: object | string): Reply => ({
  status,
  headers: [
    ['Content-Type', 'application/json'],
    ['Cache-Control', 'no-store'],
  ],
  body: typeof body === 'string' ? Buffer.from(body, 'utf8') : encodeBody(body),
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
