import type { Agent, ServeOptions } from './agent.js'
import { createResponder } from './responder.js'

/**
 * Starts a responder over HTTP, and over WebSocket where `capabilities.ws` says so: its card (card.published), handshakes, sessions and tasks. It serves `sage/ping@v1`,
 * `sage/close@v1` and, unless that is switched off, `sage/echo@v1` beside the deployer's own. Off loopback it needs the
 * `publicUrl` under which TLS is ended in front of it (http.tls).
 * @throws SageError `configuration` when an option is wrong or the address cannot be had
 */
export const serve = (options: ServeOptions): Promise<Agent> => createResponder(options)
