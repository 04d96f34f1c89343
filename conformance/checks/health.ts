import { healthStatusOf, type Health } from '../../schemas/index.js'
import { endpointUrl } from '../probe/initiator/target.js'
import { readFetched } from '../probe/initiator/answer.js'
import { headerValues, type WireResponse } from '../probe/net/response-reader.js'
import { Refusal } from '../probe/refusal.js'
import { parseHealth } from '../probe/wire/health.js'
import { accepts, type Needs } from '../runner/check.js'
import { broken, brokenBy, judgeRefusal, type Broken } from '../runner/judgement.js'
import { interruptedBy, type Kit } from '../runner/kit.js'
import { isNeverStored } from './never-stored.js'
import { judgeRebound } from './rebound.js'
import { beyondLoopback } from './loopback.js'

const needsHealth: Needs = { transport: 'http', capability: 'health' }

/** Every question that has an answer. */
const questions = ['', '?probe=live', '?probe=ready'] as const

/** Questions that have none: probes of another name, of none, and more than one. */
const unknownProbes = [
  '?probe=nobody',
  '?probe=LIVE',
  '?probe=liveness',
  '?probe=live,ready',
  '?probe=',
  '?probe=live&probe=live',
  '?probe=nobody&probe=live',
  '?probe=live&probe=nobody',
] as const

const fetchHealth = (kit: Kit, query: string, method = 'GET') => {
  const url = new URL(endpointUrl(kit.target, 'health'))
  url.search = query
  return kit.fetch(`${method} health ${query}`.trimEnd(), method, url)
}

/** Asks one question, and lets `judge` look at what is said and how. */
const ask = async (
  kit: Kit,
  query: string,
  judge: (told: Health, response: WireResponse) => Broken | undefined,
): Promise<Broken | undefined> => {
  const exchanged = await fetchHealth(kit, query)
  const expected = `health as JSON, asked with ${query === '' ? 'no query' : query}`
  if (exchanged.kind !== 'response') return brokenBy(readFetched(exchanged), expected)
  const { response } = exchanged
  let told: Health
  try {
    told = parseHealth(response)
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause
    const answer = readFetched(exchanged)
    if (answer.kind === 'busy') return brokenBy(answer, expected)
    return broken('no-health', expected, `HTTP ${response.status} (${cause.message})`)
  }
  const found = judge(told, response)
  return found && { ...found, expected: `${found.expected}, asked with ${query === '' ? 'no query' : query}` }
}

const askAll = async (kit: Kit, judge: Parameters<typeof ask>[2]): Promise<Broken | undefined> => {
  for (const query of questions) {
    const found = await ask(kit, query, judge)
    if (found) return found
  }
  return undefined
}

const isAllowingGet = ({ headers }: WireResponse): boolean =>
  headerValues(headers, 'allow').some(value => /(^|[\s,])GET($|[\s,])/.test(value))

/** What a responder says of its health. */
export const healthChecks = [
  accepts('health.endpoint', { needs: needsHealth, run: kit => askAll(kit, () => undefined) }),
  accepts('health.status-code', {
    needs: needsHealth,
    run: kit =>
      askAll(kit, (told, { status }) => {
        const due = healthStatusOf(told)
        return status === due
          ? undefined
          : broken(`http-${status}`, `HTTP ${due} with ${told.status}`, `HTTP ${status} with ${told.status}`)
      }),
  }),
  accepts('health.probe-live', {
    needs: needsHealth,
    run: kit =>
      ask(kit, '?probe=live', ({ status }) =>
        status === 'pass' ? undefined : broken(`status-${status}`, 'the status pass', `the status ${status}`),
      ),
  }),
  accepts('health.probe-unknown', {
    needs: needsHealth,
    run: async kit => {
      for (const query of unknownProbes) {
        const answer = readFetched(await fetchHealth(kit, query))
        if (answer.kind !== 'http' || answer.status !== 400) return brokenBy(answer, `HTTP 400 for ${query}`)
      }
      return undefined
    },
  }),
  accepts('health.head', {
    needs: needsHealth,
    run: async kit => {
      for (const query of [...questions, '?probe=nobody']) {
        const [get, head] = [await fetchHealth(kit, query), await fetchHealth(kit, query, 'HEAD')].map(each =>
          readFetched(each),
        )
        if (!get?.response) throw interruptedBy(get!, 'a GET of health')
        const { status } = get.response
        const found = judgeRefusal(head!, { status })
        if (found) return { ...found, expected: `HTTP ${status} for a HEAD, as for a GET ${query}`.trimEnd() }
      }
      return undefined
    },
  }),
  accepts('health.strangers', {
    needs: needsHealth,
    run: kit =>
      askAll(kit, told => {
        const others = Object.keys(told).length - 1
        if (others === 0) return undefined
        return broken(
          'more',
          'status and nothing else, for a stranger who shows nothing',
          `${others} members beside it`,
        )
      }),
  }),
  accepts('health.no-store', {
    needs: needsHealth,
    run: kit =>
      askAll(kit, (_told, { headers, status }) =>
        isNeverStored(headers)
          ? undefined
          : broken('cache-control', 'Cache-Control: no-store', `none with HTTP ${status}`),
      ),
  }),
  accepts('health.method', {
    needs: needsHealth,
    run: async kit => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const answer = readFetched(await fetchHealth(kit, '', method))
        if (answer.kind !== 'http' || answer.status !== 405) return brokenBy(answer, `HTTP 405 for ${method}`)
        if (answer.response && !isAllowingGet(answer.response))
          return broken('header-allow', `HTTP 405 for ${method} with an Allow that names GET`, 'it does not name GET')
      }
      return undefined
    },
  }),
  accepts('http.loopback-host', {
    variant: 'health',
    needs: { ...needsHealth, unobservable: target => beyondLoopback(endpointUrl(target, 'health').host) },
    run: kit => judgeRebound(kit, endpointUrl(kit.target, 'health')),
  }),
]
