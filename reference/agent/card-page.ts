import type { AgentCard } from '../../schemas/index.js'
import { SageError } from '../bytes/sage-error.js'
import { isReading, type Page } from '../http/page.js'
import { cardAnswer } from '../http/wire.js'

/** The page of the agent card (card.published). */
export const cardPage = (card: () => AgentCard): Page => ({
  kind: 'card',
  answer: request => {
    if (!isReading(request)) throw new SageError('method_not_allowed', 'a card is only to be read')
    return cardAnswer(card())
  },
})
