import { encodeHex } from '../probe/bytes/hex.js'

const seed = encodeHex(Buffer.from('sage-conformance'))

/** What `run` takes where nothing is said. */
export const runDefaults = { timeout: '5000', patience: '2', jobs: '4', seed }

/** What `run-client` takes where nothing is said. */
export const runClientDefaults = { timeout: '10000', jobs: '2', seed }

/** What `vectors run` takes where nothing is said. */
export const vectorsRunDefaults = { timeout: '5000' }
