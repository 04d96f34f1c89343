import type { Check } from '../runner/check.js'
import { batchPlaceChecks } from './batch-places.js'
import { batchChecks } from './batch.js'
import { cardChecks } from './card.js'
import { errorChecks } from './error.js'
import { formChecks } from './forms.js'
import { jsonDepthChecks } from './json-depth.js'
import { messageIdChecks } from './message-id.js'
import { httpFramingChecks } from './http-framing.js'
import { handshakeBorderChecks } from './handshake-border.js'
import { gzipChecks } from './gzip.js'
import { handshakeFreshnessChecks } from './handshake-freshness.js'
import { handshakeIdentityChecks } from './handshake-identity.js'
import { handshakeSessionChecks } from './handshake-session.js'
import { handshakeChecks } from './handshake.js'
import { httpChecks } from './http.js'
import { healthChecks } from './health.js'
import { messageChecks } from './message.js'
import { metricsCountChecks } from './metrics-counts.js'
import { metricsChecks } from './metrics.js'
import { precedenceChecks } from './precedence.js'
import { recordChecks } from './record.js'
import { sessionChecks } from './session.js'
import { streamChecks } from './stream.js'
import { streamContinuationChecks } from './stream-continuation.js'
import { streamCreditChecks } from './stream-credit.js'
import { streamEchoChecks } from './stream-echo.js'
import { streamEndChecks } from './stream-end.js'
import { streamGzipChecks } from './stream-gzip.js'
import { streamHttpChecks } from './stream-http.js'
import { streamViolationChecks } from './stream-violation.js'
import { taskChecks } from './task.js'
import { x25519MaskingChecks } from './x25519-masking.js'
import { websocketConnectionChecks } from './websocket-connection.js'
import { websocketFrameChecks } from './websocket-frames.js'
import { websocketOpeningChecks } from './websocket-opening.js'

/** Every check of the suite. Prerequisites are run in the order in which they stand here. */
export const checks: readonly Check[] = [
  ...cardChecks,
  ...websocketOpeningChecks,
  ...handshakeChecks,
  ...handshakeIdentityChecks,
  ...x25519MaskingChecks,
  ...handshakeFreshnessChecks,
  ...handshakeBorderChecks,
  ...handshakeSessionChecks,
  ...taskChecks,
  ...recordChecks,
  ...sessionChecks,
  ...messageChecks,
  ...formChecks,
  ...jsonDepthChecks,
  ...gzipChecks,
  ...errorChecks,
  ...messageIdChecks,
  ...precedenceChecks,
  ...httpChecks,
  ...httpFramingChecks,
  ...healthChecks,
  ...metricsChecks,
  ...metricsCountChecks,
  ...batchChecks,
  ...batchPlaceChecks,
  ...websocketFrameChecks,
  ...websocketConnectionChecks,
  ...streamChecks,
  ...streamCreditChecks,
  ...streamViolationChecks,
  ...streamContinuationChecks,
  ...streamEndChecks,
  ...streamHttpChecks,
  ...streamEchoChecks,
  ...streamGzipChecks,
]
