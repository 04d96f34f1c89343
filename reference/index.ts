// The door of the reference implementation.
export type { Agent, ServeCaps, ServeOptions } from './agent/agent.js'
export type { AgentEvent, Log } from './agent/agent-event.js'
export type { Clock, Entropy } from './agent/clock.js'
export { createIdentity, type Identity, type IdentityOptions } from './agent/identity.js'
export { serve } from './agent/serve.js'
export { TaskFailure, type Task, type TaskFailureCode, type TaskRequest } from './agent/tasks.js'
export { isSageError, SageError, type SageErrorCode } from './bytes/sage-error.js'
export type { Resolver } from './identity/resolver.js'
