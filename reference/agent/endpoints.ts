import type { AgentCard, Capability } from '../../schemas/index.js'

/** Paths below the endpoint of an agent. */
export const paths = {
  messages: '/messages',
  batch: '/batch',
  ws: '/ws',
  health: '/health',
  metrics: '/metrics',
} as const

/** The endpoints in the card of an agent with an HTTP endpoint: those of what it declares. */
export const endpointsOf = (http: string, capabilities: ReadonlySet<Capability>): AgentCard['endpoints'] => ({
  http,
  ...(capabilities.has('ws') && { ws: http.replace(/^http/, 'ws') + paths.ws }),
  ...(capabilities.has('health') && { health: http + paths.health }),
  ...(capabilities.has('metrics') && { metrics: http + paths.metrics }),
})
