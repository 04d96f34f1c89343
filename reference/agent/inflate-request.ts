import type { SessionMessage } from '../../schemas/index.js'
import { GZIP } from './encoding.js'
import type { ResponderState } from './responder-state.js'

/** A plaintext as a task gets it. */
export interface Held {
  readonly plaintext: Uint8Array
  /** To be called once nobody needs it any longer. */
  readonly release: () => void
}

const nothingToRelease = (): void => undefined

/**
 * The plaintext of an opened request, inflated where its `encoding` says so. At once where it does not: what others see of the
 * order of requests must not hang on it.
 * @throws SageError `malformed` (gzip.one-member), `payload_too_large` (gzip.limit)
 */
export const inflateRequest = (
  { encoding }: Pick<SessionMessage, 'encoding'>,
  plaintext: Uint8Array,
  state: ResponderState,
): Held | Promise<Held> => {
  if (encoding !== GZIP) return { plaintext, release: nothingToRelease }
  return inflate(plaintext, state)
}

const inflate = async (member: Uint8Array, { parts, limits, inflations }: ResponderState): Promise<Held> => {
  const { maxMessageBytes } = limits
  const bytes = await inflations.enter(maxMessageBytes)
  try {
    const plaintext = await parts.inflate(member, maxMessageBytes)
    bytes.shrinkTo(plaintext.length)
    return { plaintext, release: () => bytes.release() }
  } catch (error) {
    bytes.release()
    throw error
  }
}
