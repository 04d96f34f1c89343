import { answerChecks } from './cases/answer.js'
import { cardChecks } from './cases/card.js'
import { handshakeChecks } from './cases/handshake.js'
import { lossChecks } from './cases/loss.js'
import { ownChecks } from './cases/own.js'
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
]
