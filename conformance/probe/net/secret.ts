import type { Exchanged, WireRequest } from './exchange.js'
import type { Network } from './network.js'

/**
 * What stands in the place of the token for metrics wherever the suite speaks of it: in requests that are drafted, in
 * transcripts and in reports. The token itself is put in last and taken out first.
 */
export const METRICS_TOKEN = '(metrics token)'

/** The same in a query. */
export const METRICS_TOKEN_IN_QUERY = encodeURIComponent(METRICS_TOKEN)

/** The bytes with every `secret` in them replaced. */
const replaceIn = (bytes: Uint8Array, secret: string, by: string): Uint8Array => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return buffer.includes(secret) ? Buffer.from(buffer.toString('latin1').replaceAll(secret, by), 'latin1') : bytes
}

const withoutSecret = (exchanged: Exchanged, secret: string): Exchanged => {
  if (exchanged.kind !== 'response') return exchanged
  const { status, headers, body } = exchanged.response
  const inQuery = encodeURIComponent(secret)
  const clean = (text: string): string =>
    text.replaceAll(secret, METRICS_TOKEN).replaceAll(inQuery, METRICS_TOKEN_IN_QUERY)
  return {
    kind: 'response',
    response: {
      status,
      headers: headers.map(([name, value]) => [name, clean(value)] as const),
      body: replaceIn(replaceIn(body, secret, METRICS_TOKEN), inQuery, METRICS_TOKEN_IN_QUERY),
    },
  }
}

const hasToken = ({ path, headers }: WireRequest): boolean =>
  path.includes(METRICS_TOKEN_IN_QUERY) || headers.some(([, value]) => value.includes(METRICS_TOKEN))

/** Exchanges in which `token`, ASCII, takes the place of its name in headers and queries of requests, and is in no response. */
export const withMetricsToken =
  (exchange: Network['exchange'], token: string): Network['exchange'] =>
  async (request, url) => {
    if (!hasToken(request)) return exchange(request, url)
    const headers = request.headers.map(([name, value]) => [name, value.replaceAll(METRICS_TOKEN, token)] as const)
    const path = request.path.replaceAll(METRICS_TOKEN_IN_QUERY, encodeURIComponent(token))
    return withoutSecret(await exchange({ ...request, path, headers }, url), token)
  }
