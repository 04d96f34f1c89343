import { isToken } from '../../probe/bytes/forms.js'
import { encodeUtf8 } from '../../probe/bytes/utf8.js'
import { sealDraft } from '../../probe/initiator/session-draft.js'
import type { JsonObject } from '../../probe/bytes/json.js'
import type { Input, Route } from './input.js'
import { meansTheSame, readJson } from './meaning.js'
import { mutations } from './mutations.js'
import type { Workshop } from './workshop.js'

/** What may come of a message that is not what was sealed or signed: any refusal, of which there are these. */
const REFUSALS = ['malformed', 'authentication_failed', 'session_unknown', 'task_unsupported'].map(
  code => `plain:${code}`,
)
const HANDSHAKES_ONCE_IN = 40

const names = Object.keys(mutations)

/**
 * Honest messages with something changed in their bytes. What is to come of one is decided by what it means to somebody
 * else's reader: the same as before, and then it is as good as before; or not, and then it must not be accepted.
 */
export function* mutatedInputs(workshop: Workshop): Generator<Input> {
  const { dice } = workshop
  const isHandshake = dice.once(HANDSHAKES_ONCE_IN)
  const make = (): object =>
    isHandshake
      ? workshop.signed(workshop.newHandshake())
      : workshop.sealed(dice.once(3) ? { metadata: { a: 'b' } } : {})
  const [one, another] = [make(), isHandshake ? workshop.signed(workshop.newHandshake()) : workshop.sealed()]
  const [bytes, other] = [one, another].map(message => encodeUtf8(JSON.stringify(message)))
  const name = dice.pick(names)
  const body = mutations[name]!(bytes!, other!, dice)
  const after = readJson(body)
  const { id } = after ?? {}
  const validId = typeof id === 'string' && isToken(id) ? id : undefined
  const isSame = after !== undefined && meansTheSame(one as JsonObject, after)
  const isOther = after !== undefined && meansTheSame(another as JsonObject, after)
  const routes: readonly Route[] =
    after === undefined
      ? ['http']
      : isHandshake
        ? ['http', ...(validId === undefined ? [] : (['ws'] as const))]
        : ['batch', 'batch', 'batch', 'http', ...(validId === undefined ? [] : (['ws'] as const))]
  const accepted = isHandshake ? 'handshake' : 'opened:success'
  const expected = isSame || isOther ? [accepted] : after === undefined ? ['plain:malformed'] : REFUSALS
  yield {
    kind: 'mutated',
    constraint: `mutated ${isHandshake ? 'handshake' : 'record'}: ${name}`,
    isKept: isSame || isOther,
    body,
    id: validId,
    route: dice.pick(routes),
    expected,
  }
}

/** An honest message, which has to be taken between all the others. */
export function* honestInputs(workshop: Workshop): Generator<Input> {
  const draft = workshop.request()
  yield {
    kind: 'honest',
    constraint: 'honest',
    isKept: true,
    body: JSON.stringify(sealDraft(draft).envelope),
    id: draft.id,
    route: workshop.dice.pick<Route>(['http', 'ws', 'batch']),
    expected: ['opened:success'],
  }
}
