import { createServer, type Server, type ServerOptions } from 'node:http'

/** What a listener leaves to a library, so that it can be replaced to make one that is wrong on purpose. */
export interface HttpParts {
  /** Reads requests: where each of them begins and ends (http.length-beside-chunked, http.chunked-counts, http.length-repeated). */
  readonly createServer: (options: ServerOptions) => Server
}

/** The decisions as the specification has them. */
export const httpParts: HttpParts = { createServer: options => createServer(options) }
