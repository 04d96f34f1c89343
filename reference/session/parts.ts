import { cryptoParts, type CryptoParts } from '../crypto/parts.js'
import { ReceiveWindow, type Window } from './receive-window.js'
import { keyBlock, recordAad, sessionLabels, sessionPrk, sid, sliceKeys, type SessionLabels } from './steps.js'

/** The steps of this layer and those below that may be replaced, one by one. */
export interface SessionParts extends CryptoParts {
  readonly createWindow: (maxRecords: bigint) => Window
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
  createWindow: maxRecords => new ReceiveWindow(maxRecords),
  keyBlock,
  recordAad,
  sessionLabels,
  sessionPrk,
  sid,
  sliceKeys,
}
