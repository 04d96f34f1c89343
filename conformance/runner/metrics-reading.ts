import type { Answer } from '../probe/initiator/answer.js'
import { readFetched } from '../probe/initiator/answer.js'
import { endpointUrl, type Target } from '../probe/initiator/target.js'
import { parseMetrics, type Exposition } from '../probe/metrics/text-format.js'
import type { Exchanged, WireRequest } from '../probe/net/exchange.js'
import { METRICS_TOKEN, METRICS_TOKEN_IN_QUERY } from '../probe/net/secret.js'
import { Refusal } from '../probe/refusal.js'
import { Interruption } from './judgement.js'
import { interruptedBy, type Kit } from './kit.js'

/** Bytes of metrics that are read at most: as many as a report keeps of an answer. */
const MAX_METRICS_BYTES = 2 ** 20

/** May the caller's token go where the card says that the metrics are? Only to the host that the caller named, and no less safely. */
const mayHaveToken = (target: Target): boolean => {
  const [metrics, given] = [endpointUrl(target, 'metrics'), target.cardUrl]
  return metrics.hostname === given.hostname && (given.protocol !== 'https:' || metrics.protocol === 'https:')
}

/** Headers with which the metrics are shown to the suite, if the caller has what it takes. */
export const metricsHeaders = (kit: Kit): WireRequest['headers'] =>
  kit.conversation.around.hasMetricsToken === true && mayHaveToken(kit.target)
    ? [['Authorization', `Bearer ${METRICS_TOKEN}`]]
    : []

/** A GET of the metrics. */
const fetchMetrics = (kit: Kit, headers = metricsHeaders(kit), query = ''): Promise<Exchanged> => {
  const url = new URL(endpointUrl(kit.target, 'metrics'))
  if (query !== '') url.search = query
  return kit.fetch('metrics', 'GET', url, [['Accept', 'text/plain;version=0.0.4'], ...headers])
}

/** The answer to a GET of the metrics by somebody who shows what makes no difference. */
export const showPretenders = async (kit: Kit, headers: WireRequest['headers'], query?: string): Promise<Answer> =>
  readFetched(await fetchMetrics(kit, headers, query))

/** Names of what might hold a token in a query, with the token of the caller, if that may go there. */
export const tokensInQuery = (kit: Kit): readonly string[] =>
  metricsHeaders(kit).length === 0
    ? []
    : ['access_token', 'token', 'authorization'].map(name => `?${name}=${METRICS_TOKEN_IN_QUERY}`)

/** The answer to a GET of the metrics that shows them; where they are not shown to the suite nothing can be judged by them. */
export const showMetrics = async (kit: Kit): Promise<Answer> => {
  const answer = readFetched(await fetchMetrics(kit))
  if (answer.kind !== 'http' || (answer.status !== 401 && answer.status !== 403)) return answer
  const { hasMetricsToken } = kit.conversation.around
  const why = !hasMetricsToken
    ? 'metrics are not shown to strangers; --metrics-token FILE gives a token'
    : mayHaveToken(kit.target)
      ? 'metrics are not shown with this token'
      : 'metrics are at another host than the one that was given, where the token is not sent'
  throw new Interruption('not-observed', 'private', `${why} (HTTP ${answer.status})`)
}

/**
 * The answer to a stranger's GET of the metrics. Where it shows them, that is as its deployer wants it for all that anybody
 * outside can know, unless the caller has a token, and thereby says that they are not for everybody.
 */
export const showStrangers = async (kit: Kit): Promise<Answer> => {
  const answer = readFetched(await fetchMetrics(kit, []))
  const isPublic = answer.kind === 'http' && answer.status === 200
  if (isPublic && kit.conversation.around.hasMetricsToken !== true)
    throw new Interruption(
      'not-observed',
      'public',
      'strangers are shown metrics: whether its deployer said so, nobody outside can know',
    )
  return answer
}

/** The metrics in an answer. Throws Refusal. */
export const parseShown = ({ body = new Uint8Array(0) }: Answer): Exposition => {
  if (body.length > MAX_METRICS_BYTES)
    throw new Interruption('not-observed', 'too-long', `metrics of ${body.length} bytes: more than a report keeps`)
  return parseMetrics(body)
}

/** The metrics, for a check of what they say: that they can be had and read is judged by another. */
export const readMetrics = async (kit: Kit): Promise<Exposition> => {
  const answer = await showMetrics(kit)
  if (answer.kind !== 'http' || answer.status !== 200) throw interruptedBy(answer, 'a GET of the metrics')
  try {
    return parseShown(answer)
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause
    throw new Interruption('inconclusive', 'metrics', `the metrics cannot be read (${cause.message})`)
  }
}
