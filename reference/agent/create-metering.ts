import type { ServeOptions } from './agent.js'
import type { Gauges, Meter } from './meter.js'
import { metricsReader } from './metrics-access.js'
import { metricsPage } from './metrics-page.js'
import type { Page } from '../http/page.js'
import type { ResponderState } from './responder-state.js'

/** What a responder counts with, and the page on which it shows it. */
export interface Metering {
  readonly meter: Meter
  readonly page: Page
}

/**
 * The meter of a responder that declares metrics; undefined where it does not.
 * @throws SageError `configuration` where it is not said who may see them
 */
export const createMetering = async (
  { capabilities: { metrics = false } = {}, publicUrl }: ServeOptions,
  { capabilities, guards, responderParts, sessions, streams }: ResponderState,
  connections: Gauges['connections'],
): Promise<Metering | undefined> => {
  if (metrics === false) return undefined
  const mayRead = metricsReader(metrics, publicUrl !== undefined)
  // It takes as long to load as everything else together, and most responders do without it.
  const { createPrometheusMeter } = await import('./prometheus-meter.js')
  const gauges = { sessions: () => sessions.count(), streams: () => streams.size, connections }
  const { meter, exposition } = createPrometheusMeter(gauges, capabilities)
  return { meter: responderParts.meter(meter), page: metricsPage(guards.metrics, mayRead, exposition) }
}
