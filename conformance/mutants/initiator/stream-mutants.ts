import { all, initiator, insert, mutant, omit, omitAt, streams, type Fault, type InitiatorMutant } from './mutant.js'

const isLast = (body: Uint8Array): boolean => Buffer.from(body).toString('utf8').includes('"end":true')

/** Opens the same stream again where it was lost. */
const opensAgain: Fault = initiator(honest => ({
  converse: async (channel, opening) => {
    let conversation = await honest.converse(channel, opening)
    let isDone = false
    return {
      next: async () => {
        const answer = await conversation.next().catch(() => undefined)
        if (answer !== undefined) isDone = isLast(answer.body)
        if (answer !== undefined || isDone) return answer
        isDone = true
        conversation = await honest.converse(channel, opening)
        return conversation.next()
      },
      send: message => conversation.send(message),
      end: () => conversation.end(),
    }
  },
}))

const inOrder = ['stream.received-order'] as const

/** Initiators that are wrong in streams. */
export const streamMutants: readonly InitiatorMutant[] = [
  mutant(
    'initiator-opens-streams-anywhere',
    ['stream.declared'],
    streams(() => ({ mayOpen: () => true })),
  ),
  mutant(
    'initiator-short-answer-is-a-success',
    ['stream.truncated', 'stream.truncated/in-a-line'],
    streams(() => ({ cutOff: () => undefined })),
  ),
  mutant(
    'initiator-gap-tolerated',
    inOrder,
    all(
      omitAt('chunk', 0),
      insert('chunk', ({ chunk, live }) => chunk.seq < live.received),
    ),
  ),
  mutant(
    'initiator-repeat-tolerated',
    inOrder,
    all(
      omitAt('chunk', 0),
      insert('chunk', ({ chunk, live }) => chunk.seq > live.received),
    ),
  ),
  mutant('initiator-any-order', inOrder, omit('chunk', 'stream.received-order')),
  mutant(
    'initiator-takes-streams-unasked',
    ['stream.received-names/unasked'],
    all(
      omit('answer', 'stream.received-names'),
      insert(
        'answer',
        ({ envelope, message: { stream } }) => stream !== undefined && envelope.stream?.id !== stream.id,
      ),
    ),
  ),
  mutant(
    'initiator-numbers-from-one',
    ['stream.seq/initiator'],
    streams(() => ({ member: stream => ('seq' in stream ? { ...stream, seq: stream.seq + 1 } : stream) })),
  ),
  mutant('initiator-opens-a-lost-stream-again', ['stream.truncated'], opensAgain),
]
