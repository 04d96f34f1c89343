import type { AuthenticatedErrorCode } from '../../schemas/index.js'
import { concat } from '../probe/bytes/framing.js'
import { isEqual } from '../probe/crypto/hash.js'
import type { Answer } from '../probe/initiator/answer.js'
import type { StreamConversation } from '../probe/initiator/stream-conversation.js'
import { broken, brokenBy, judgeAcceptance, type Broken } from './judgement.js'
import { interruptedBy, type Kit } from './kit.js'

/** What is wrong with the end of an echo, or nothing: it must be its last chunk, and all that was sent must have come. */
export const judgeEcho = (stream: StreamConversation, last: Answer, what: string): Broken | undefined => {
  if (last.kind !== 'chunk' || !last.end) return brokenBy(last, what)
  const [sent, received] = [concat(...stream.sent), concat(...stream.received)]
  if (isEqual(sent, received)) return undefined
  return broken('plaintext', what, `${received.length} bytes that are not the ${sent.length} that were sent`)
}

/** Lets a stream come to its end, and says what was wrong with it. */
export const judgeFinish = async (stream: StreamConversation, what: string): Promise<Broken | undefined> =>
  judgeEcho(stream, await stream.finish(), what)

/** What is wrong where a stream ought to end with an error, or nothing. Chunks may come before it. */
export const judgeErrorEnd = async (
  stream: StreamConversation,
  code: AuthenticatedErrorCode,
): Promise<Broken | undefined> => {
  const expected = `the stream ends with ${code}`
  let part = await stream.next()
  while (part.kind === 'chunk' && !part.end) part = await stream.next()
  if (part.kind !== 'authenticated' || part.error !== code) return brokenBy(part, expected)
  const { length } = part.member ?? part.plaintext
  return length === 0 ? undefined : broken('plaintext', `${expected} and an empty plaintext`, `${length} bytes of it`)
}

/**
 * What has come of a stream that ought to be silent, by the time a ping after it on its connection is answered: told by order
 * and not by a clock. Credits may always come.
 */
export const judgeSilence = async (
  kit: Kit,
  stream: StreamConversation,
  expected: string,
): Promise<Broken | undefined> => {
  const found = judgeAcceptance(await kit.ping(stream.session), 'a ping on the connection of a stream')
  if (found) return found
  const part = await stream.pending()
  return part.kind === 'nothing' ? undefined : brokenBy(part, expected)
}

/** Waits until the target allows the next chunk, which is not what is judged. */
export const awaitRoom = async (stream: StreamConversation): Promise<void> => {
  if (!(await stream.hasRoom())) throw interruptedBy(await stream.next(), 'the next chunk of an honest stream')
}
