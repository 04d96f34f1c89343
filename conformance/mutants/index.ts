import { batchMutants } from './responder/batch-mutants.js'
import { formMutants } from './responder/form-mutants.js'
import { framingMutants } from './responder/framing-mutants.js'
import { guardMutants } from './responder/guard-mutants.js'
import { gzipMutants } from './responder/gzip-mutants.js'
import { handshakeMutants } from './responder/handshake-mutants.js'
import { httpMutants } from './responder/http-mutants.js'
import { metricsMutants } from './responder/metrics-mutants.js'
import type { ResponderMutant } from './responder/mutant.js'
import { pageMutants } from './responder/page-mutants.js'
import { sessionMutants } from './responder/session-mutants.js'
import { streamMutants } from './responder/stream-mutants.js'
import { streamWireMutants } from './responder/stream-wire-mutants.js'
import { websocketConnectionMutants } from './responder/websocket-connection-mutants.js'
import { websocketFrameMutants } from './responder/websocket-frame-mutants.js'
import { websocketOpeningMutants } from './responder/websocket-opening-mutants.js'

/** Every responder that is wrong on purpose, each with the checks that find it. */
export const mutants: readonly ResponderMutant[] = [
  ...guardMutants,
  ...handshakeMutants,
  ...sessionMutants,
  ...httpMutants,
  ...framingMutants,
  ...formMutants,
  ...gzipMutants,
  ...batchMutants,
  ...pageMutants,
  ...metricsMutants,
  ...streamMutants,
  ...streamWireMutants,
  ...websocketOpeningMutants,
  ...websocketFrameMutants,
  ...websocketConnectionMutants,
]
