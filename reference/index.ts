// The door of the reference implementation.
export { defaultLimits, type AgentCard, type Limits, type Metadata } from '../schemas/index.js'
export type { Agent, ServeCapabilities, ServeCaps, ServeOptions } from './agent/agent.js'
export type { AgentEvent, Log } from './agent/agent-event.js'
export type { Clock, Entropy } from './agent/clock.js'
export { connect, type ConnectOptions } from './agent/connect.js'
export { createConnections, type Connections, type ConnectionsOptions } from './agent/connections.js'
export { createIdentity, type Identity, type IdentityOptions } from './agent/identity.js'
export { limitProfiles, type LimitProfile } from './agent/limit-profiles.js'
export type { BatchRequest, Settled } from './agent/send-batch.js'
export type { MetricsAccess } from './agent/metrics-access.js'
export { serve } from './agent/serve.js'
export type { SendOptions, Session, SessionPeer } from './agent/session.js'
export type { SessionStream, StreamInput, StreamOptions } from './agent/initiator-stream.js'
export type { StreamTask } from './agent/served-streams.js'
export type { TransportChoice } from './agent/transports.js'
export { TaskFailure, type Task, type TaskFailureCode, type TaskRequest } from './agent/tasks.js'
export {
  isSageError,
  SageError,
  type LocalErrorCode,
  type SageErrorCode,
  type WireErrorCode,
} from './bytes/sage-error.js'
export type {
  Answer,
  Channel,
  Conversation,
  ChannelOptions,
  OutgoingBatch,
  OutgoingMessage,
  Transport,
} from './transport/channel.js'
export type { Deadline } from './transport/deadline.js'
export type { SharedOptions } from './agent/shared-sessions.js'
export type { SharedBeat, SharedEntry, SharedLook, SharedRules, SharedState } from './agent/shared-state.js'
export { parseStateKeys, type StateKeys } from './crypto/state-keys.js'
export { redisState, type RedisClient, type RedisOptions } from './redis/redis-state.js'
export { parseDirectory, type Directory } from './identity/directory.js'
export type { Resolver } from './identity/resolver.js'
