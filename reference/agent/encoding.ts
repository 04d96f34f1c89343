import { ECHO_TASK, MIN_GZIP_BYTES, type SessionMessage } from '../../schemas/index.js'

/** Name of the coding of RFC 1952, in `encoding` and in the metadata entry that asks for it. */
export const GZIP = 'gzip'

/** Name of the metadata entry with which an initiator asks for a coding of the answer. */
export const ACCEPT_ENCODING = 'accept-encoding'

/** Has this request asked for an answer with `encoding` `gzip`? (gzip.response-asked, gzip.response-unasked) */
export const asksForGzip = ({ encoding, metadata = {} }: Pick<SessionMessage, 'encoding' | 'metadata'>): boolean =>
  encoding === GZIP || metadata[ACCEPT_ENCODING] === GZIP

/** Is a plaintext large enough to be compressed? (gzip.small) */
export const isWorthGzip = (plaintext: Uint8Array): boolean => plaintext.length >= MIN_GZIP_BYTES

/** The coding in which a responder that has gzip answers a request with a plaintext (gzip.echo). */
export const answerEncoding = (message: SessionMessage, plaintext: Uint8Array): typeof GZIP | undefined => {
  const isWanted =
    message.task_id === ECHO_TASK ? message.encoding === GZIP : asksForGzip(message) && isWorthGzip(plaintext)
  return isWanted ? GZIP : undefined
}

/** The coding in which an initiator sends a plaintext that it was asked to compress, or was not (gzip.declared, gzip.small). */
export const requestEncoding = (
  wished: typeof GZIP | undefined,
  plaintext: Uint8Array,
  declared: readonly string[],
): typeof GZIP | undefined => (declared.includes('gzip') && isWorthGzip(plaintext) ? wished : undefined)
