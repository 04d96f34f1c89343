import { identityParts, type IdentityParts } from '../identity/parts.js'
import { sessionParts, type SessionParts } from '../session/parts.js'
import {
  ackKey,
  ackTag,
  exportCtx,
  handshakeLabels,
  info,
  prk,
  seed,
  signedText,
  ssE2E,
  th,
  type HandshakeLabels,
} from './steps.js'

/** The steps of this layer and those below that may be replaced, one by one. */
export interface HandshakeParts extends IdentityParts, SessionParts {
  readonly ackKey: typeof ackKey
  readonly ackTag: typeof ackTag
  readonly exportCtx: typeof exportCtx
  readonly handshakeLabels: HandshakeLabels
  readonly info: typeof info
  readonly prk: typeof prk
  readonly seed: typeof seed
  readonly signedText: typeof signedText
  readonly ssE2E: typeof ssE2E
  readonly th: typeof th
}

/** The steps as the specification has them. */
export const handshakeParts: HandshakeParts = {
  ...identityParts,
  ...sessionParts,
  ackKey,
  ackTag,
  exportCtx,
  handshakeLabels,
  info,
  prk,
  seed,
  signedText,
  ssE2E,
  th,
}
