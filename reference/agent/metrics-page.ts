import { enforce, firstRefusal, type Guard } from '../bytes/guard.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { isReading, type Page, type PageRequest } from '../http/page.js'
import type { Exposition } from './prometheus-meter.js'

/** What the guards of a request for metrics see. */
export interface MetricsContext extends PageRequest {
  /** May whoever has sent this `Authorization` see them? */
  readonly mayRead: (authorization: string | undefined) => boolean
}

/** Who may see metrics: HTTP 401 for whoever may not. */
export const metricsGuards: readonly Guard<MetricsContext, 401>[] = [
  ['metrics.private', ({ authorization, mayRead }) => (mayRead(authorization) ? undefined : 401)],
]

const methodGuards: readonly Guard<PageRequest>[] = [
  ['metrics.endpoint', request => (isReading(request) ? undefined : 'method_not_allowed')],
]

/** The page at `endpoints.metrics` (metrics.endpoint). */
export const metricsPage = (
  guards: readonly Guard<MetricsContext, 401>[],
  mayRead: MetricsContext['mayRead'],
  { contentType, text }: Exposition,
): Page => ({
  kind: 'metrics',
  answer: async request => {
    enforce(methodGuards, request)
    const headers = { 'cache-control': 'no-store' }
    const status = firstRefusal(guards, { ...request, mayRead })
    if (status !== undefined)
      return { status, headers: { ...headers, 'www-authenticate': 'Bearer' }, body: new Uint8Array() }
    return { status: 200, headers: { ...headers, 'content-type': contentType }, body: encodeUtf8(await text()) }
  },
})
