import { PING_TASK } from '../../schemas/index.js'
import { encodeHex } from '../probe/bytes/hex.js'
import type { Answer } from '../probe/initiator/answer.js'
import { endpointUrl, messagesUrl } from '../probe/initiator/target.js'
import type { Exposition } from '../probe/metrics/text-format.js'
import { headerValues, type WireResponse } from '../probe/net/response-reader.js'
import { Refusal } from '../probe/refusal.js'
import { accepts, type Needs } from '../runner/check.js'
import { broken, brokenBy, type Broken } from '../runner/judgement.js'
import { interruptedBy, unseen, type Kit } from '../runner/kit.js'
import {
  metricsHeaders,
  parseShown,
  readMetrics,
  showMetrics,
  showPretenders,
  showStrangers,
  tokensInQuery,
} from '../runner/metrics-reading.js'
import { beyondLoopback } from './loopback.js'
import { judgeMetric, metricsOf } from './metrics-table.js'
import { judgeRebound } from './rebound.js'

const overHttp: Needs = { transport: 'http', capability: 'metrics' }

/** Is it `text/plain` with the version of the format, whatever other parameters there are? */
const isTextFormat = (headers: WireResponse['headers']): boolean => {
  const values = headerValues(headers, 'content-type')
  const [type, ...parameters] = (values.length === 1 ? values[0]! : '')
    .split(';')
    .map(part => part.trim().toLowerCase())
  return type === 'text/plain' && parameters.some(each => each === 'version=0.0.4' || each === 'version="0.0.4"')
}

/** Everything that the table counts, once at least; what is held is held still when it is over. */
const doEverything = async (kit: Kit): Promise<void> => {
  const { around } = kit.conversation
  await kit.shakeHands({ ...kit.draftHandshake(), signingKey: kit.entropy(32) })
  const session = await kit.session()
  await kit.ask(session, { task_id: 'nobody/serves-this@v1' })
  await kit.send(session, { ...kit.draft(session), key: kit.entropy(32) })
  if (kit.target.capabilities.has('batch') && around.transport === 'http') await kit.sendBatch([kit.element(session)])
  await kit.provisionalSession()
}

/** What a peer has chosen: names that nobody else uses, and those of the messages around them. */
const chooseNames = async (kit: Kit): Promise<string[]> => {
  const canary = `canary${encodeHex(kit.entropy(8))}`
  const named = (what: string): string => `${canary}-${what}`
  const handshake = { ...kit.draftHandshake(), id: named('id'), role: 'user' }
  const answer = await kit.shakeHands(handshake)
  if (answer.kind !== 'session') throw interruptedBy(answer, 'an honest handshake')
  const { session } = answer
  const metadata = { [canary]: named('value') }
  await kit.ask(session, { id: named('ping'), metadata })
  await kit.ask(session, { task_id: `${canary}/task@v1`, id: named('task') })
  await kit.ask(session, { kid: named('kid') })
  await kit.ask(session, { encoding: canary })
  await kit.shakeHands({ ...kit.draftHandshake(), task_id: named('handshake') })
  await kit.shakeHands({ ...kit.draftHandshake(), did: `did:${canary}:1`, initDid: `did:${canary}:1` })
  const { origin } = messagesUrl(kit.target)
  await kit.fetch('a path of nobody', 'GET', new URL(`/${canary}?${canary}`, origin), [['User-Agent', canary]])
  // A short kid may stand anywhere by chance.
  const kid = session.kid.length < 16 ? canary : session.kid
  return [canary, kid, kit.identity.did, kit.identity.did.slice('did:key:'.length), PING_TASK]
}

/** An initiator that the target has never met, where it admits one. */
const anotherInitiator = async (kit: Kit): Promise<Kit> => {
  const stranger = kit.stranger()
  return (await stranger.shakeHands()).kind === 'session' ? stranger : kit
}

/** Whether one of the names is anywhere in the name of a metric, or in a label of it. */
const judgeNames = (shown: Exposition, names: readonly string[]): Broken | undefined => {
  const wanted = names.map(name => name.toLowerCase())
  for (const { samples } of shown.values())
    for (const { name, labels } of samples) {
      const texts = [name, ...[...labels].flat()].map(text => text.toLowerCase())
      const at = wanted.findIndex(each => texts.some(text => text.includes(each)))
      if (at >= 0)
        return broken(
          'identifier',
          'no name or label with anything that a peer chose, a DID, a kid, an id or a task',
          `a metric with ${['a name that the suite chose', 'a kid', 'a DID', 'a DID', 'a task'][at]}`,
        )
    }
  return undefined
}

/** Is somebody refused as a stranger who shows `what`? */
const judgeStranger = (answer: Answer, what: string): Broken | undefined => {
  const isRefused = answer.kind === 'http' && (answer.status === 401 || answer.status === 403)
  return isRefused ? undefined : brokenBy(answer, `HTTP 401 or 403 for a stranger with ${what}`)
}

const seriesOf = (shown: Exposition): Set<string> =>
  new Set(
    [...shown]
      .filter(([name]) => name.startsWith('sage_'))
      .flatMap(([, { samples }]) => samples.map(({ name, labels }) => JSON.stringify([name, [...labels].sort()]))),
  )

/** The metrics of a responder: where they are, what they are called, and what they do not say. */
export const metricsChecks = [
  accepts('metrics.endpoint', {
    needs: overHttp,
    run: async kit => {
      const answer = await showMetrics(kit)
      const expected = 'HTTP 200 with metrics in version 0.0.4 of the text format'
      if (answer.kind !== 'http' || answer.status !== 200 || !answer.response) return brokenBy(answer, expected)
      if (!isTextFormat(answer.response.headers))
        return broken(
          'media-type',
          'text/plain with version=0.0.4',
          headerValues(answer.response.headers, 'content-type').join(),
        )
      try {
        parseShown(answer)
        return undefined
      } catch (cause) {
        if (!(cause instanceof Refusal)) throw cause
        return broken('format', expected, cause.message)
      }
    },
  }),
  accepts('metrics.private', {
    needs: overHttp,
    run: async kit => {
      return judgeStranger(await showStrangers(kit), 'nothing to show')
    },
  }),
  accepts('metrics.private', {
    variant: 'wrong-token',
    needs: overHttp,
    run: async kit => {
      await showStrangers(kit)
      const wrong = encodeHex(kit.entropy(16))
      for (const [what, value] of [
        ['a bearer token of nobody', `Bearer ${wrong}`],
        ['no bearer token', 'Bearer'],
        ['an empty bearer token', 'Bearer '],
        ['a name and a password of nobody', `Basic ${Buffer.from(`admin:${wrong}`).toString('base64')}`],
      ] as const) {
        const found = judgeStranger(await showPretenders(kit, [['Authorization', value]]), what)
        if (found) return found
      }
      return undefined
    },
  }),
  accepts('metrics.token-not-in-query', {
    needs: overHttp,
    run: async kit => {
      await showStrangers(kit)
      await readMetrics(kit)
      const queries = tokensInQuery(kit)
      if (queries.length === 0) throw unseen('without --metrics-token there is no token that could be in a query')
      for (const query of queries) {
        const found = judgeStranger(await showPretenders(kit, [], query), 'the token in the query')
        if (found) return found
      }
      return undefined
    },
  }),
  accepts('metrics.names', {
    needs: { capability: 'metrics' },
    run: async kit => {
      await doEverything(kit)
      const shown = await readMetrics(kit)
      for (const metric of metricsOf(kit.target)) {
        const found = judgeMetric(shown, kit.conversation.around.transport, metric)
        if (found) return found
      }
      return undefined
    },
  }),
  accepts('metrics.no-identifiers', {
    needs: { ...overHttp, alone: true },
    run: async kit => {
      const first = await chooseNames(kit)
      const before = seriesOf(await readMetrics(kit))
      const other = await anotherInitiator(kit)
      const second = await chooseNames(other)
      const shown = await readMetrics(kit)
      await other.finish()
      const found = judgeNames(shown, first) ?? judgeNames(shown, second)
      if (found) return found
      const added = [...seriesOf(shown)].filter(each => !before.has(each)).length
      return added === 0
        ? undefined
        : broken('series-grow', 'no further series after more of the same, by other names', `${added} more`)
    },
  }),
  accepts('http.loopback-host', {
    variant: 'metrics',
    needs: { ...overHttp, unobservable: target => beyondLoopback(endpointUrl(target, 'metrics').host) },
    run: async kit => {
      await readMetrics(kit)
      return judgeRebound(kit, endpointUrl(kit.target, 'metrics'), metricsHeaders(kit))
    },
  }),
]
