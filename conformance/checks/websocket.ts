import { ECHO_TASK, FIRST_MESSAGE_SECONDS, PING_SECONDS, PONG_SECONDS, SUBPROTOCOL } from '../../schemas/index.js'
import { accepts, compares, rejects } from '../runner/check.js'
void [ECHO_TASK, FIRST_MESSAGE_SECONDS, PING_SECONDS, PONG_SECONDS, SUBPROTOCOL, accepts, rejects]

/** The WebSocket binding. */
export const websocketChecks = [compares('ws.same-as-http')]
