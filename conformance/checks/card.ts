import { accepts } from '../runner/check.js'
import { broken, brokenBy, judgeRefusal } from '../runner/judgement.js'
import { verifyCard } from '../probe/identity/card.js'
import { readFetched } from '../probe/initiator/answer.js'
import { headerValues } from '../probe/net/response-reader.js'
import { Refusal } from '../probe/refusal.js'
import { isJsonMediaType } from './media-type.js'

const expected = 'HTTP 200 and application/json'

/** The agent card, by which everything begins. */
export const cardChecks = [
  accepts('card.published', {
    prerequisite: true,
    needs: { transport: 'http' },
    run: async kit => {
      const found = await kit.fetch('agent card', 'GET', kit.target.cardUrl)
      if (found.kind !== 'response') return broken(found.kind, expected, 'no response')
      const { status, headers } = found.response
      if (status !== 200) return broken(`http-${status}`, expected, `HTTP ${status}`)
      return isJsonMediaType(headers)
        ? undefined
        : broken('media-type', expected, `media type ${headerValues(headers, 'content-type').join()}`)
    },
  }),
  accepts('card.head', {
    needs: { transport: 'http' },
    run: async kit => {
      const [get, head] = [
        readFetched(await kit.fetch('agent card', 'GET', kit.target.cardUrl)),
        readFetched(await kit.fetch('agent card', 'HEAD', kit.target.cardUrl)),
      ]
      if (!get.response) return brokenBy(get, expected)
      const { status } = get.response
      const found = judgeRefusal(head, { status })
      return found && { ...found, expected: `HTTP ${status} for a HEAD of the card, as for a GET` }
    },
  }),
  accepts('card.acceptable', {
    prerequisite: true,
    needs: { transport: 'http' },
    run: async kit => {
      const found = await kit.fetch('agent card', 'GET', kit.target.cardUrl)
      if (found.kind !== 'response') return broken(found.kind, expected, 'no response')
      const { resolve, now } = kit.conversation.around
      try {
        verifyCard(found.response.body, { now: now(), resolve, expectedDid: kit.target.did || undefined })
        if (kit.target.did !== '') return undefined
        return broken(
          'card-changed',
          'a card that is acceptable whenever it is read',
          'it was not when it was first read',
        )
      } catch (cause) {
        if (!(cause instanceof Refusal)) throw cause
        return broken(`card-${cause.layer}`, 'a card that every rule for readers accepts', cause.message)
      }
    },
  }),
]
