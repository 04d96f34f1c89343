import type { Exchanged, WireRequest } from './exchange.js'
import type { Network } from './network.js'

/**
 * What stands in the place of the token for metrics wherever the suite speaks of it: in requests that are drafted, in
 * transcripts and in reports. The token itself is put in last and taken out first.
 */
export const METRICS_TOKEN = '(metrics token)'

/** The bytes with every `secret` in them replaced. */
const replaceIn = (bytes: Uint8Array, secret: string, by: string): Uint8Array => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return buffer.includes(secret) ? Buffer.from(buffer.toString('latin1').replaceAll(secret, by), 'latin1') : bytes
}

const withoutSecret = (exchanged: Exchanged, secret: string): Exchanged => {
  if (exchanged.kind !== 'response') return exchanged
  const { status, headers, body } = exchanged.response
  return {
    kind: 'response',
    response: {
      status,
      headers: headers.map(([name, value]) => [name, value.replaceAll(secret, METRICS_TOKEN)] as const),
      body: replaceIn(body, secret, METRICS_TOKEN),
    },
  }
}

const hasToken = ({ headers }: WireRequest): boolean => headers.some(([, value]) => value.includes(METRICS_TOKEN))

/** Exchanges in which `token`, ASCII, takes the place of its name in the headers of requests, and is in no response. */
export const withMetricsToken =
  (exchange: Network['exchange'], token: string): Network['exchange'] =>
  async (request, url) => {
    if (!hasToken(request)) return exchange(request, url)
    const headers = request.headers.map(([name, value]) => [name, value.replaceAll(METRICS_TOKEN, token)] as const)
    return withoutSecret(await exchange({ ...request, headers }, url), token)
  }
