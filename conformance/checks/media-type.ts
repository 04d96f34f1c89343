import { headerValues, type WireResponse } from '../probe/net/response-reader.js'

/** Is the one `Content-Type` of a response `application/json`, with at most `charset=utf-8`? Never throws. */
export const isJsonMediaType = (headers: WireResponse['headers']): boolean => {
  const values = headerValues(headers, 'content-type')
  return values.length === 1 && /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i.test(values[0] ?? '')
}
