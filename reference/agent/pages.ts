import type { AgentCard } from '../../schemas/index.js'
import { CARD_PATH } from '../http/card-path.js'
import type { Page, Pages } from '../http/page.js'
import { cardPage } from './card-page.js'
import { paths } from './endpoints.js'
import { healthPage, type HealthOf } from './health-page.js'
import type { ResponderState } from './responder-state.js'

/**
 * What a responder has to be read: its card, and the pages of what it declares.
 * @param base path of its endpoint
 * @param metrics the page of its metrics, where it shows any
 */
export const createPages = (
  base: string,
  card: () => AgentCard,
  state: ResponderState,
  metrics: Page | undefined,
): Pages => {
  const { capabilities, guards, responderParts, sessions } = state
  const health: HealthOf = (probe, takesMessages) => responderParts.health(probe, takesMessages && sessions.isReady())
  const pages = new Map<string, Page>([[CARD_PATH, cardPage(guards.card, card)]])
  if (capabilities.has('health')) pages.set(base + paths.health, healthPage(guards.health, health))
  if (metrics !== undefined) pages.set(base + paths.metrics, metrics)
  return pages
}
