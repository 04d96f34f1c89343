import type { AuthenticatedErrorCode } from '../../schemas/index.js'
import { parseMember } from '../probe/gzip/member.js'
import { Refusal } from '../probe/refusal.js'
import type { Setting } from './encounter.js'
import type { PlayedRequest } from './played-session.js'

/** What a request that has opened is about. */
export interface Content {
  /** Its plaintext inflated, where it came compressed. */
  readonly request: PlayedRequest
  /** It is a control of a stream, which has no answer. */
  readonly isControl: boolean
  /** The authenticated error that it is answered with, and the rule that it breaks. */
  readonly refused?: { readonly error: AuthenticatedErrorCode; readonly rule: string }
}

/** Reads a request as a responder with these capabilities does once the record has opened. */
export const readContent = (
  request: PlayedRequest,
  { capabilities, limits }: Pick<Setting, 'capabilities' | 'limits'>,
): Content => {
  const { encoding, stream } = request.message
  const hasStreams = capabilities.includes('stream')
  const isControl = hasStreams && stream !== undefined && !('seq' in stream)
  const refuse = (error: AuthenticatedErrorCode, rule: string): Content => ({
    request,
    isControl: false,
    refused: { error, rule },
  })
  if (encoding !== undefined && !(encoding === 'gzip' && capabilities.includes('gzip')))
    return refuse('encoding_unsupported', `task.encoding: ${encoding}`)
  if (stream && !hasStreams) return refuse('stream_violation', 'task.stream')
  // Whoever is judged has one chunk to send: each request is the opening of a stream, and its end.
  if (stream && 'seq' in stream && (stream.seq !== 0 || !stream.end))
    return refuse('stream_violation', `a chunk with seq ${stream.seq} and end ${stream.end} where there is to be one`)
  if (encoding === undefined) return { request, isControl }
  try {
    return { request: { ...request, plaintext: parseMember(request.plaintext, limits.maxMessageBytes) }, isControl }
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause
    return refuse(cause.layer === 'length' ? 'payload_too_large' : 'malformed', cause.rule)
  }
}
