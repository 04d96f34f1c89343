import type { Guard } from '../bytes/guard.js'
import type { MessageNames } from '../transport/exchange.js'
import { isLoopbackHostHeader } from '../transport/loopback.js'

/** What the guards see of a POST of a message or of a batch. They look three times: at the head, at every piece of the body, at the message in it. */
export interface HttpContext {
  readonly method: string
  readonly isBatch: boolean
  /** Every value of each header, by name in lower case. */
  readonly headers: Readonly<NodeJS.Dict<readonly string[]>>
  readonly maxMessageBytes: number
  /** Bytes of the body: what the head announces, or what has arrived, whichever is more. */
  readonly bytes: number
  /** What the message says, once it has been read; never of a batch (batch.headers-ignored). */
  readonly names: MessageNames | undefined
}

const one = (values: readonly string[] | undefined): string | undefined =>
  values?.length === 1 ? values[0] : undefined

const isJson = (mediaType: string | undefined): boolean =>
  mediaType !== undefined && /^application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i.test(mediaType)

const agrees = (values: readonly string[] | undefined, member: string): boolean =>
  values === undefined || (values.length === 1 && values[0] === member)

const headersAgree = ({ headers, names }: HttpContext): boolean =>
  names === undefined ||
  (agrees(headers['x-sage-did'], names.did) &&
    agrees(headers['x-sage-message-id'], names.id) &&
    agrees(headers['x-sage-context-id'], names.contextId) &&
    agrees(headers['x-sage-task-id'], names.taskId))

/** What a responder asks of a message over HTTP, in the order of error.precedence. */
export const httpGuards: readonly Guard<HttpContext>[] = [
  ['http.method', context => (context.method === 'POST' ? undefined : 'method_not_allowed')],
  ['http.media-type', context => (isJson(one(context.headers['content-type'])) ? undefined : 'unsupported_media_type')],
  [
    'http.content-encoding',
    context => (context.headers['content-encoding'] === undefined ? undefined : 'unsupported_media_type'),
  ],
  ['http.body-limit', context => (context.bytes <= context.maxMessageBytes ? undefined : 'payload_too_large')],
  ['http.headers-agree', context => (headersAgree(context) ? undefined : 'malformed')],
]

/** What the guards see of any request, before its path is looked at. */
export interface FrontContext {
  readonly headers: Readonly<NodeJS.Dict<readonly string[]>>
  /** Does the listener serve a loopback address? */
  readonly onLoopback: boolean
}

/** What a responder asks of every request. */
export const frontGuards: readonly Guard<FrontContext>[] = [
  [
    'http.loopback-host',
    ({ onLoopback, headers }) =>
      !onLoopback || isLoopbackHostHeader(one(headers['host']) ?? '') ? undefined : 'malformed',
  ],
]
