import type { Agent, ServeOptions } from './agent.js'
import { createResponder } from './responder.js'

/**
 * Starts a responder over HTTP: its card, handshakes, sessions and tasks.
 * @throws SageError `configuration` when an option is wrong or the address cannot be had
 */
export const serve = (options: ServeOptions): Promise<Agent> => createResponder(options)
