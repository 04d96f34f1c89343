import type { AgentCard } from '../../schemas/index.js'
import { enforce, type Guard } from '../bytes/guard.js'
import { isReading, type Page, type PageRequest } from '../http/page.js'
import { cardAnswer } from '../http/wire.js'

/** What a responder asks of a request for its card: a GET or a HEAD (card.published, card.head). */
export const cardGuards: readonly Guard<PageRequest>[] = [
  ['card.published', request => (isReading(request) ? undefined : 'method_not_allowed')],
]

/** The page of the agent card (card.published, card.head). */
export const cardPage = (guards: readonly Guard<PageRequest>[], card: () => AgentCard): Page => ({
  kind: 'card',
  answer: request => {
    enforce(guards, request)
    return cardAnswer(card())
  },
})
