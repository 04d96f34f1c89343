import { answerChecks } from './cases/answer.js'
import { batchChecks } from './cases/batch.js'
import { cardChecks } from './cases/card.js'
import { gzipChecks } from './cases/gzip.js'
import { handshakeChecks } from './cases/handshake.js'
import { lossChecks } from './cases/loss.js'
import { ownChecks } from './cases/own.js'
import { streamChecks } from './cases/stream.js'
import { websocketChecks } from './cases/websocket.js'
import type { ClientCheck } from './check.js'

/** Every check of an initiator; the prerequisites in the order in which they are made. */
export const clientChecks: readonly ClientCheck[] = [
  ...websocketChecks,
  ...ownChecks,
  ...cardChecks,
  ...handshakeChecks,
  ...answerChecks,
  ...lossChecks,
  ...batchChecks,
  ...gzipChecks,
  ...streamChecks,
]
