const isLoopback = (host: string): boolean => /^(?:localhost|127\.[0-9.]+|\[::1\])(?::[0-9]+)?$/.test(host)

/** Why a rule for loopback listeners cannot be seen at a host, if so. */
export const beyondLoopback = (host: string): string | undefined =>
  isLoopback(host) ? undefined : 'the target is not reached by a loopback address'
