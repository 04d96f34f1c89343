import { isEqual } from '../probe/crypto/hash.js'
import type { Answer } from '../probe/initiator/answer.js'
import type { BatchElement } from '../probe/initiator/batch.js'
import type { ProbeSession } from '../probe/initiator/session-draft.js'
import { parsePlainError } from '../probe/wire/session-message.js'
import type { Expectation, Needs } from '../runner/check.js'
import { broken, brokenBy, judgeRefusal, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'

/** What a check needs whose batches have so many messages. */
export const batchesOf = (count: number, more: Needs = {}): Needs => ({
  transport: 'http',
  capability: 'batch',
  ...more,
  unobservable: target =>
    target.limits.maxBatch < count
      ? `maxBatch is ${target.limits.maxBatch}: needs ${count}`
      : more.unobservable?.(target),
})

/** One place of a batch: what is sent in it, and what must come back. */
export interface Place {
  readonly name: string
  readonly element: BatchElement
  /** A plaintext, or a refusal. */
  readonly due: Uint8Array | Expectation
  /** The id that a plain error must have, where that is known; `undefined` for none. */
  readonly messageId?: { readonly is: string | undefined }
}

/** A ping with a plaintext of its own. */
export const ping = (kit: Kit, session: ProbeSession): Place => {
  const plaintext = kit.entropy(16)
  return { name: 'an honest ping', element: kit.element(session, { plaintext }), due: plaintext }
}

const judgePlace = (answer: Answer, { due, messageId }: Place): Broken | undefined => {
  if (due instanceof Uint8Array) {
    if (answer.kind !== 'success') return brokenBy(answer, 'its answer')
    return isEqual(answer.plaintext, due)
      ? undefined
      : broken('plaintext', 'its answer', 'the plaintext of another message')
  }
  const found = judgeRefusal(answer, due)
  if (found || !messageId || answer.kind !== 'plain') return found
  const said = parsePlainError(answer.body ?? new Uint8Array(0)).message_id
  const [expected, observed] = [messageId.is, said].map(id => (id === undefined ? 'no message_id' : 'a message_id'))
  return said === messageId.is
    ? undefined
    : broken('message-id', `${expected}, its own`, `${observed} that is not its own`)
}

/** Sends a batch, and judges what came in each of its places. */
export const judgePlaces = async (kit: Kit, places: readonly Place[]): Promise<Broken | undefined> => {
  const answer = await kit.sendBatch(places.map(({ element }) => element))
  if (answer.kind !== 'batch') return brokenBy(answer, `a batch response with ${places.length} responses`)
  for (const [index, place] of places.entries()) {
    const found = judgePlace(answer.answers[index]!, place)
    const where = `in place ${index + 1} of ${places.length}, ${place.name}`
    if (found) return { ...found, expected: `${where}: ${found.expected}`, observed: `${where}: ${found.observed}` }
  }
  return undefined
}

/** Each of them between two honest pings. */
export const judgeBetweenPings = async (
  kit: Kit,
  session: ProbeSession,
  places: readonly Place[],
): Promise<Broken | undefined> => {
  for (const place of places) {
    const found = await judgePlaces(kit, [ping(kit, session), place, ping(kit, session)])
    if (found) return found
  }
  return undefined
}

/** The id that a plain error to a message of a session must have. */
export const idOf = ({ asked }: BatchElement) => ({ is: asked?.draft.id })

/** A place of a message that is refused with a plain error, which names it. */
export const refused = (name: string, element: BatchElement, due: Expectation): Place => ({
  name,
  element,
  due,
  messageId: idOf(element),
})
