import { encodeUtf8 } from '../bytes/utf8.js'
import type { WireRequest } from './exchange.js'

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

/** The request with another body, and the length that goes with it. */
export const withBody = (request: WireRequest, body: Uint8Array | string): WireRequest => {
  const bytes = typeof body === 'string' ? encodeUtf8(body) : body
  return { ...replaceHeader(request, 'Content-Length', String(bytes.length)), body: bytes }
}
