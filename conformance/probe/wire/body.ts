import { encodeUtf8 } from '../bytes/utf8.js'

/** The bytes of an HTTP body or a WebSocket message: compact JSON, members in the order they have. */
export const encodeBody = (value: object): Uint8Array => encodeUtf8(JSON.stringify(value))
