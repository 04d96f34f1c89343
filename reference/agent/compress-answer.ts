import type { SessionMessage } from '../../schemas/index.js'
import type { GZIP } from './encoding.js'
import type { ResponderState } from './responder-state.js'

/** A plaintext as a record carries it. */
export interface Content {
  readonly plaintext: Uint8Array
  readonly encoding?: typeof GZIP
}

/** What a task has answered, compressed where the request wants it so (gzip.response-asked, gzip.echo, gzip.small). */
export const compressAnswer = async (
  message: SessionMessage,
  plaintext: Uint8Array,
  { parts, responderParts, capabilities }: ResponderState,
): Promise<Content> => {
  const encoding = capabilities.has('gzip') ? responderParts.answerEncoding(message, plaintext) : undefined
  return encoding === undefined ? { plaintext } : { plaintext: await parts.deflate(plaintext), encoding }
}
