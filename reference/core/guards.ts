import { responseGuards, type ResponseGuards } from '../handshake/verify-response.js'
import { responderGuards, taskGuards } from '../handshake/responder-guards.js'
import { cardGuards } from '../identity/card-guards.js'

/** The lists of rules of the protocol's core, each of which may be replaced to build an agent that is wrong on purpose. */
export interface CoreGuards {
  readonly card: typeof cardGuards
  readonly task: typeof taskGuards
  readonly responder: typeof responderGuards
  readonly response: ResponseGuards
}

/** The rules as the specification has them. */
export const honestCoreGuards: CoreGuards = {
  card: cardGuards,
  task: taskGuards,
  responder: responderGuards,
  response: responseGuards,
}
