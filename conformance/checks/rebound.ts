import { readFetched } from '../probe/initiator/answer.js'
import type { WireRequest } from '../probe/net/exchange.js'
import { brokenBy, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'

/** Names that a web page could have rebound to a loopback address. */
export const reboundNames = [
  'rebound.example',
  '127.0.0.1.rebound.example',
  'localhost.rebound.example',
  'rebound-localhost',
  'x.localhost',
  'localhost.',
] as const

/** A GET of `url` by names that are not those of a loopback address: each must be refused. */
export const judgeRebound = async (
  kit: Kit,
  url: URL,
  headers: WireRequest['headers'] = [],
): Promise<Broken | undefined> => {
  for (const name of reboundNames) {
    const host = url.port === '' ? name : `${name}:${url.port}`
    const request = {
      method: 'GET',
      path: url.pathname,
      headers: [['Host', host] as const, ...headers],
      body: new Uint8Array(0),
    }
    const answer = readFetched(await kit.conversation.fetch(`GET as ${name}`, request, url))
    if (answer.kind !== 'http' || answer.status < 400 || answer.status > 499)
      return brokenBy(answer, `HTTP 4xx for the Host ${name}`)
  }
  return undefined
}
