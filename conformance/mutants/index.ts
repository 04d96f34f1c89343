import { guardMutants } from './responder/guard-mutants.js'
import { handshakeMutants } from './responder/handshake-mutants.js'
import { httpMutants } from './responder/http-mutants.js'
import type { ResponderMutant } from './responder/mutant.js'
import { sessionMutants } from './responder/session-mutants.js'
import { websocketMutants } from './responder/websocket-mutants.js'

/** Every responder that is wrong on purpose, each with the checks that find it. */
export const mutants: readonly ResponderMutant[] = [
  ...guardMutants,
  ...handshakeMutants,
  ...sessionMutants,
  ...httpMutants,
  ...websocketMutants,
]
