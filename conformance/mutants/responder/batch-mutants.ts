import type { RequirementId } from '../../../schemas/index.js'
import type { AnswerElements } from '../../../reference/agent/answer-batch.js'
import { isJsonObject, type JsonValue } from '../../../reference/bytes/json.js'
import type { WholeReply } from '../../../reference/transport/exchange.js'
import { all, insert, mutant, responder, wire, withJson, withoutHeader, type Fault } from './mutant.js'

/** A guard of messages over HTTP that does not look at batches. */
const exceptBatches =
  (id: RequirementId): Fault =>
  honest => {
    const http = honest.guards.http.map(
      ([guard, refuse]) =>
        [guard, guard === id ? context => (context.isBatch ? undefined : refuse(context)) : refuse] as const,
    ) satisfies typeof honest.guards.http
    return { ...honest, guards: { ...honest.guards, http } }
  }

/** A guard of records that does not look at those of batches, of which alone it is asked whether they fit. */
const exceptInBatches =
  (list: 'session' | 'opened', id: RequirementId): Fault =>
  honest => {
    const guards = honest.guards[list].map(
      ([guard, refuse]) =>
        [guard, guard === id ? context => (context.arrival.fits ? undefined : refuse(context)) : refuse] as const,
    ) satisfies typeof honest.guards.session
    return { ...honest, guards: { ...honest.guards, [list]: guards } }
  }

type Responses = readonly Record<string, unknown>[]

/** Changes the responses of every batch response. */
const responses = (change: (responses: Responses) => readonly unknown[]): Fault =>
  wire(['batch'], answer => withJson(answer, ({ responses }) => ({ responses: change(responses as Responses) })))

/** Answers the messages of a batch in some other order, each in its own place. */
const inOrderOf = (order: (elements: readonly JsonValue[]) => readonly number[]): Fault =>
  responder(honest => ({
    answerElements: async (elements, begin) => {
      const places = order(elements)
      const replies = await honest.answerElements(
        places.map(place => elements[place]!),
        (element, at) => begin(element, places[at]!),
      )
      return elements.map((_, place) => replies[places.indexOf(place)]!)
    },
  }))

const memberOf = (element: JsonValue | undefined, name: string): unknown =>
  isJsonObject(element) ? element[name] : undefined

/** Takes messages in a batch only if they have the same member as the first one. */
const oneOf = (name: string): Fault =>
  responder(honest => ({
    answerElements: (elements, begin) =>
      honest.answerElements(
        elements.map(element =>
          [undefined, memberOf(elements.find(isJsonObject), name)].includes(memberOf(element, name) as undefined)
            ? element
            : null,
        ),
        begin,
      ),
  }))

/** After the first plain error no other message is looked at. */
const stopsAtTheFirst: AnswerElements = async (elements, begin) => {
  const replies: Promise<WholeReply>[] = []
  let isOver = false
  for (const [place, element] of elements.entries()) {
    const { begun, reply } = begin(isOver ? null : element, place)
    replies.push(reply)
    isOver ||= await Promise.race([reply.then(({ kind }) => kind === 'error'), begun.then(() => false)])
  }
  return Promise.all(replies)
}

const isClose = (element: JsonValue | undefined): boolean => memberOf(element, 'task_id') === 'sage/close@v1'

/** Responders that are wrong in batches. */
export const batchMutants = [
  mutant(
    'batches-nowhere',
    ['batch.endpoint', 'batch.headers-ignored'],
    wire(['batch'], answer => ({ ...answer, status: 404 })),
  ),
  mutant('batches-by-any-method', ['batch.binding/method'], exceptBatches('http.method')),
  mutant('batches-of-any-media-type', ['batch.binding/media-type'], exceptBatches('http.media-type')),
  mutant('batches-of-any-content-encoding', ['batch.binding/content-encoding'], exceptBatches('http.content-encoding')),
  mutant('batches-of-any-size', ['batch.binding/body-limit'], exceptBatches('http.body-limit')),
  mutant(
    'batches-of-one-media-type-to-the-letter',
    ['batch.binding/media-types-accepted'],
    insert('http', ({ isBatch, headers }) =>
      isBatch && headers['content-type']?.[0] !== 'application/json' ? 'unsupported_media_type' : undefined,
    ),
  ),
  mutant(
    'batch-body-limit-excluded',
    ['conventions.limit-inclusive/batch-body'],
    insert('http', ({ isBatch, bytes, maxMessageBytes }) =>
      isBatch && bytes >= maxMessageBytes ? 'payload_too_large' : undefined,
    ),
    { limits: { maxMessageBytes: 65_536 } },
  ),
  mutant('batch-responses-cacheable', ['batch.binding/responses'], wire(['batch'], withoutHeader('cache-control'))),
  mutant(
    'batch-headers-held-against-it',
    ['batch.headers-ignored'],
    insert('http', ({ isBatch, headers }) => (isBatch && headers['x-sage-task-id'] ? 'malformed' : undefined)),
  ),
  mutant(
    'batch-limit-excluded',
    ['conventions.limit-inclusive/batch'],
    insert('batch', ({ batch: { messages }, limits }) =>
      Array.isArray(messages) && messages.length >= limits.maxBatch ? 'payload_too_large' : undefined,
    ),
  ),
  mutant(
    'refused-batches-named',
    ['batch.malformed/nameless'],
    wire(['error'], (answer, { message }) =>
      message ? answer : withJson(answer, body => ({ ...body, message_id: 'of-no-message' })),
    ),
  ),
  mutant(
    'batch-responses-exchanged',
    ['batch.answered', 'batch.alone'],
    responses(each => each.toReversed()),
  ),
  mutant(
    'batch-responses-left-out',
    ['batch.alone', 'batch.alone/after-open'],
    responses(each => each.filter(({ success }) => success === true)),
  ),
  mutant(
    'batch-responses-as-they-come',
    ['batch.answered/slow-first'],
    responder(() => ({
      answerElements: async (elements, begin) => {
        const done: WholeReply[] = []
        await Promise.all(elements.map(async (element, place) => done.push(await begin(element, place).reply)))
        return done
      },
    })),
  ),
  mutant(
    'batch-stops-at-the-first-error',
    ['batch.alone'],
    responder(() => ({ answerElements: stopsAtTheFirst })),
  ),
  mutant(
    'authenticated-errors-of-batches-plain',
    ['batch.alone/after-open'],
    responses(each =>
      each.map(response =>
        response['success'] === false
          ? { success: false, error: response['error'], message_id: response['message_id'] }
          : response,
      ),
    ),
  ),
  mutant(
    'errors-of-batches-nameless',
    ['batch.alone', 'batch.not-a-request'],
    responses(each =>
      each.map(({ message_id, ...rest }) => (rest['kid'] === undefined ? rest : { message_id, ...rest })),
    ),
  ),
  mutant(
    'batches-backwards',
    ['batch.in-order', 'batch.in-order/close'],
    inOrderOf(elements => [...elements.keys()].reverse()),
  ),
  mutant(
    'batches-close-first',
    ['batch.in-order/close', 'batch.in-order/slow-before-close'],
    inOrderOf(elements => {
      const places = [...elements.keys()]
      return [...places.filter(at => isClose(elements[at])), ...places.filter(at => !isClose(elements[at]))]
    }),
  ),
  mutant('one-session-a-batch', ['batch.sessions-mixed'], oneOf('kid')),
  mutant('one-initiator-a-batch', ['batch.sessions-mixed/initiators'], oneOf('did')),
  mutant(
    'replays-taken-in-batches',
    ['record.replay/batch', 'record.once/batch', 'batch.in-order'],
    all(exceptInBatches('session', 'record.replay'), exceptInBatches('opened', 'record.once')),
  ),
]
