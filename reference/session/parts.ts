import { cryptoParts, type CryptoParts } from '../crypto/parts.js'
import { ReceiveWindows, type Windows } from './receive-window.js'
import { keyBlock, recordAad, sessionLabels, sessionPrk, sid, sliceKeys, type SessionLabels } from './steps.js'

/** The steps of this layer and those below that may be replaced, one by one. */
export interface SessionParts extends CryptoParts {
  readonly createWindows: (maxRecords: bigint, chunkBits?: number) => Windows
  readonly keyBlock: typeof keyBlock
  readonly recordAad: typeof recordAad
  readonly sessionLabels: SessionLabels
  readonly sessionPrk: typeof sessionPrk
  readonly sid: typeof sid
  readonly sliceKeys: typeof sliceKeys
}

/** The steps as the specification has them. */
export const sessionParts: SessionParts = {
  ...cryptoParts,
  createWindows: (maxRecords, chunkBits) => new ReceiveWindows(maxRecords, chunkBits),
  keyBlock,
  recordAad,
  sessionLabels,
  sessionPrk,
  sid,
  sliceKeys,
}
