import { headerValues, type WireResponse } from '../probe/net/response-reader.js'

/** Does a response say `Cache-Control: no-store`? Never throws. */
export const isNeverStored = (headers: WireResponse['headers']): boolean =>
  headerValues(headers, 'cache-control').some(value => /(^|[\s,])no-store($|[\s,])/i.test(value))
