import { HEALTH_MEDIA_TYPE, healthStatusOf, type Health } from '../../schemas/index.js'
import { enforce, type Guard } from '../bytes/guard.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { isReading, type Page, type PageRequest } from '../http/page.js'

/** What a probe asks: whether the responder is there at all, or whether it takes messages. */
export type Probe = 'live' | 'ready'

const isProbe = (text: string): text is Probe => text === 'live' || text === 'ready'

/** The probe of a request; undefined where it is another than there are (health.probe-ready). */
const probeOf = ({ query }: PageRequest): Probe | undefined => {
  const [probe = 'ready', ...more] = query.getAll('probe')
  return more.length === 0 && isProbe(probe) ? probe : undefined
}

/** What a responder asks of a request for its health. */
export const healthGuards: readonly Guard<PageRequest>[] = [
  ['health.method', request => (isReading(request) ? undefined : 'method_not_allowed')],
  ['health.probe-unknown', request => (probeOf(request) === undefined ? 'malformed' : undefined)],
]

/** How a responder is (health.probe-live, health.probe-ready). */
export type HealthOf = (probe: Probe, takesMessages: boolean) => Health

/** It is live as long as it can say so: to be killed while it drains would be the loss of what runs. */
export const healthOf: HealthOf = (probe, takesMessages) => ({
  status: probe === 'live' || takesMessages ? 'pass' : 'fail',
})

/** The page at `endpoints.health` (health.endpoint). Everybody is a stranger: it says the status, and nothing else. */
export const healthPage = (guards: readonly Guard<PageRequest>[], healthOf: HealthOf): Page => ({
  kind: 'health',
  answer: request => {
    enforce(guards, request)
    const health = healthOf(probeOf(request) ?? 'ready', request.takesMessages)
    return {
      status: healthStatusOf(health),
      headers: { 'content-type': HEALTH_MEDIA_TYPE, 'cache-control': 'no-store' },
      body: encodeUtf8(JSON.stringify(health)),
    }
  },
})
