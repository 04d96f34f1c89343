import { handshakeParts, type HandshakeParts } from '../handshake/parts.js'
import {
  encodeMetadata,
  encodeStream,
  messageLabels,
  requestAad,
  requestHash,
  responseAad,
  type MessageLabels,
} from './aad.js'
import { deflate, inflate, inflateSync } from './gzip.js'

/** The steps of this layer and those below that may be replaced, one by one. */
export interface MessageParts extends HandshakeParts {
  readonly deflate: typeof deflate
  readonly encodeMetadata: typeof encodeMetadata
  readonly encodeStream: typeof encodeStream
  readonly inflate: typeof inflate
  readonly inflateSync: typeof inflateSync
  readonly messageLabels: MessageLabels
  readonly requestAad: typeof requestAad
  readonly requestHash: typeof requestHash
  readonly responseAad: typeof responseAad
}

/** The steps as the specification has them. */
export const messageParts: MessageParts = {
  ...handshakeParts,
  deflate,
  encodeMetadata,
  encodeStream,
  inflate,
  inflateSync,
  messageLabels,
  requestAad,
  requestHash,
  responseAad,
}
