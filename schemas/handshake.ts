import { Type, type Static } from '@sinclair/typebox'
import { Base64, Base64Of64, Base64UrlOf32, Base64UrlOf64, closed, Did, Task, Time, Token } from './forms.js'

/** Task of the one handshake that SAGE 1.0 has. */
export const HANDSHAKE_TASK = 'hpke/complete@v1'

/** Envelope of a handshake message: the message without `kid` (messages.md). */
export const HandshakeMessage = Type.Object(
  {
    id: Token,
    context_id: Token,
    // Any task here: another one than HANDSHAKE_TASK is not malformed but unsupported (handshake.task).
    task_id: Task,
    did: Did,
    payload: Base64,
    signature: Base64Of64,
    role: Type.Optional(Type.Literal('user')),
  },
  closed('handshake-message', 'SAGE 1.0 handshake message'),
)

/** Payload of a handshake message, JSON inside its `payload` (handshake.md). */
export const HandshakePayload = Type.Object(
  {
    enc: Base64UrlOf32,
    ephC: Base64UrlOf32,
    exportCtx: Type.String({ maxLength: 4096 }),
    info: Type.String({ maxLength: 4096 }),
    initDid: Did,
    nonce: Token,
    respDid: Did,
    ts: Time,
  },
  closed('handshake-payload', 'SAGE 1.0 handshake payload'),
)

/** Envelope of the answer to a handshake message. */
export const HandshakeResponse = Type.Object(
  { success: Type.Literal(true), message_id: Token, task_id: Type.Literal(HANDSHAKE_TASK), data: Base64 },
  closed('handshake-response', 'SAGE 1.0 handshake response'),
)

/** Data of the answer to a handshake message, JSON inside its `data` (handshake.md). */
export const HandshakeResponseData = Type.Object(
  {
    v: Type.String({ maxLength: 16 }),
    task: Type.String({ maxLength: 128 }),
    ctx: Token,
    kid: Token,
    ephS: Base64UrlOf32,
    ackTagB64: Base64UrlOf32,
    ts: Time,
    did: Did,
    infoHash: Base64UrlOf32,
    exportCtxHash: Base64UrlOf32,
    enc: Base64UrlOf32,
    ephC: Base64UrlOf32,
    sigB64: Base64UrlOf64,
  },
  closed('handshake-response-data', 'SAGE 1.0 handshake response data'),
)

/** Type of {@link HandshakeMessage}. */
export type HandshakeMessage = Static<typeof HandshakeMessage>
/** Type of {@link HandshakePayload}. */
export type HandshakePayload = Static<typeof HandshakePayload>
/** Type of {@link HandshakeResponse}. */
export type HandshakeResponse = Static<typeof HandshakeResponse>
/** Type of {@link HandshakeResponseData}. */
export type HandshakeResponseData = Static<typeof HandshakeResponseData>
