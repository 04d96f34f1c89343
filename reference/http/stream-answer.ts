import type { PlainError } from '../../schemas/index.js'
import { SageError } from '../bytes/sage-error.js'
import type { Reply, StreamReply } from '../transport/exchange.js'
import { replyAnswer, streamAnswer, type WireAnswer } from './wire.js'

type Responses = StreamReply['responses']
type Response = Responses extends AsyncIterable<infer Each> ? Each : never

const isPlain = (response: Response): response is PlainError => !('kid' in response)

/**
 * The lines of a stream that has begun. The status has been sent: what cannot be sealed any more is missing, and whoever
 * reads sees a body that is cut off (stream.truncated).
 */
async function* linesOf(first: IteratorResult<Response>, rest: AsyncIterator<Response>): AsyncGenerator<string> {
  try {
    for (let { done, value } = first; done !== true; { done, value } = await rest.next()) {
      if (isPlain(value)) throw new SageError('connection_lost', 'the stream cannot go on')
      yield `${JSON.stringify(value)}\n`
    }
  } finally {
    await rest.return?.()
  }
}

async function* nothing(): AsyncGenerator<string> {}

/**
 * The answer to a message with a `stream`. Waits for the first response: where there can be none, the answer is an error.
 */
export const answerStream = async (reply: Exclude<Reply, { readonly body: object }>): Promise<WireAnswer> => {
  if (reply.kind === 'none') return streamAnswer(nothing())
  const { responses, message } = reply
  const iterator = responses[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done !== true && isPlain(first.value)) {
    await iterator.return?.()
    return replyAnswer({ kind: 'error', body: first.value, message })
  }
  return streamAnswer(linesOf(first, iterator))
}
