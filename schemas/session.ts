import { Type, type Static } from '@sinclair/typebox'
import { authenticatedErrorCodes, plainErrorCodes } from './errors.js'
import { Base64, closed, Did, EncodingName, Task, Token, Uint32 } from './forms.js'

/** Stream member: a chunk, a credit or a cancellation (messages.md). */
export const Stream = Type.Union([
  Type.Object({ id: Token, seq: Uint32, end: Type.Boolean() }, { additionalProperties: false }),
  Type.Object({ id: Token, credit: Uint32 }, { additionalProperties: false }),
  Type.Object({ id: Token, cancel: Type.Literal(true) }, { additionalProperties: false }),
])

/** Up to 32 names and printable ASCII values. */
export const Metadata = Type.Unsafe<Record<string, string>>({
  type: 'object',
  patternProperties: { '^[a-z][a-z0-9_-]{0,31}$': { type: 'string', pattern: '^[\\x20-\\x7e]{0,1024}$' } },
  additionalProperties: false,
  maxProperties: 32,
})

/** Envelope of a message inside a session: the message with `kid` (messages.md). */
export const SessionMessage = Type.Object(
  {
    id: Token,
    context_id: Token,
    task_id: Task,
    did: Did,
    kid: Token,
    payload: Base64,
    encoding: Type.Optional(EncodingName),
    stream: Type.Optional(Stream),
    metadata: Type.Optional(Metadata),
  },
  closed('session-message', 'SAGE 1.0 session message'),
)

const responseMembers = {
  message_id: Token,
  task_id: Task,
  kid: Token,
  data: Base64,
  encoding: Type.Optional(EncodingName),
  stream: Type.Optional(Stream),
}

/** Envelope of the answer to a session message; `error` is present exactly when `success` is false. */
export const SessionResponse = Type.Union(
  [
    Type.Object({ success: Type.Literal(true), ...responseMembers }, { additionalProperties: false }),
    Type.Object(
      {
        success: Type.Literal(false),
        error: Type.Union(authenticatedErrorCodes.map(code => Type.Literal(code))),
        ...responseMembers,
      },
      { additionalProperties: false },
    ),
  ],
  (({ $id, title }) => ({ $id, title }))(closed('session-response', 'SAGE 1.0 session response')),
)

/** An unauthenticated error: a failure of the transport, never a result (errors.md). */
export const PlainError = Type.Object(
  {
    success: Type.Literal(false),
    error: Type.Union(plainErrorCodes.map(code => Type.Literal(code))),
    message_id: Type.Optional(Token),
    task_id: Type.Optional(Task),
    detail: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  },
  closed('plain-error', 'SAGE 1.0 plain error'),
)

/** Tasks that every responder serves, and the one of the `echo` capability. */
export const PING_TASK = 'sage/ping@v1'
/** Ends a session. */
export const CLOSE_TASK = 'sage/close@v1'
/** Returns its plaintext; capability `echo`. */
export const ECHO_TASK = 'sage/echo@v1'

/** Type of {@link Stream}. */
export type Stream = Static<typeof Stream>
/** Type of {@link Metadata}. */
export type Metadata = Static<typeof Metadata>
/** Type of {@link SessionMessage}. */
export type SessionMessage = Static<typeof SessionMessage>
/** Type of {@link SessionResponse}. */
export type SessionResponse = Static<typeof SessionResponse>
/** Type of {@link PlainError}. */
export type PlainError = Static<typeof PlainError>

/** Chunks into which an echo may be asked to cut its plaintext. */
export const MAX_ECHO_CHUNKS = 1024
/** The largest `chunk_size` of an echo. */
export const MAX_CHUNK_SIZE = 9_999_999
/** Media type of a stream over HTTP: one session response a line. */
export const STREAM_MEDIA_TYPE = 'application/x-ndjson'
/** Plaintext bytes below which a sender leaves a plaintext uncompressed. */
export const MIN_GZIP_BYTES = 1024
