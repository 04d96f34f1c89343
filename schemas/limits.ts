import { Type, type Static } from '@sinclair/typebox'
import { closed } from './forms.js'

const limit = (minimum: number, maximum: number, description: string) => Type.Integer({ minimum, maximum, description })

/** The limits that a responder publishes in its card, each inclusive (messages.md, "Limits"). */
export const Limits = Type.Object(
  {
    maxMessageBytes: limit(65536, 2 ** 30, 'bytes of an HTTP body, a WebSocket message, an inflated plaintext'),
    maxBatch: limit(1, 1024, 'messages in one batch'),
    maxSessionAgeSeconds: limit(1, 86400, 'seconds from the making of a session to its end'),
    maxSessionIdleSeconds: limit(1, 86400, 'seconds without a record accepted or sealed to the end of a session'),
    maxSessionRecords: limit(16, 2 ** 32, 'records in each direction of a session'),
    maxSessionsPerDid: limit(1, 1000000, 'live sessions of one initiator'),
    provisionalSeconds: limit(1, 300, 'seconds that an unconfirmed session is kept'),
    maxStreams: limit(1, 1024, 'live streams of one connection'),
    streamWindow: limit(1, 1024, 'chunks that may be sent before the first credit'),
  },
  closed('limits', 'SAGE 1.0 limits'),
)

/** Type of {@link Limits}. */
export type Limits = Static<typeof Limits>

/** What an initiator assumes of a responder whose card it has not seen, and what a responder has unless told otherwise. */
export const defaultLimits: Readonly<Limits> = Object.freeze({
  maxMessageBytes: 8_388_608,
  maxBatch: 64,
  maxSessionAgeSeconds: 3600,
  maxSessionIdleSeconds: 600,
  maxSessionRecords: 1_000_000,
  maxSessionsPerDid: 1000,
  provisionalSeconds: 60,
  maxStreams: 64,
  streamWindow: 32,
})

/** Seconds that a handshake's `ts` and a card's `issuedAt` may differ from the reader's clock, inclusive. */
export const MAX_SKEW_SECONDS = 120

/** Seconds for which a responder remembers an accepted handshake nonce. */
export const NONCE_MEMORY_SECONDS = 600

/** Days between a card's `issuedAt` and `expiresAt`, inclusive. */
export const MAX_CARD_LIFETIME_DAYS = 30

/** Width of the receive window: a record this far or further behind the highest accepted one is too old. */
export const WINDOW_RECORDS = 1024

/** Bytes that `sage/ping@v1` returns at most. */
export const MAX_PING_BYTES = 4096

/** Nesting of objects and arrays that a reader of JSON accepts at most. */
export const MAX_JSON_DEPTH = 16
