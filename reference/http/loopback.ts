/** Is this host name or IP address one that never leaves the machine? IPv6 with or without brackets. */
export const isLoopbackHost = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?|\[?::ffff:127(?:\.\d{1,3}){3}\]?)$/i.test(host)

/** The host of a `Host` header without its port, or undefined where it is none. */
export const hostOf = (header: string): string | undefined =>
  /^(?<host>\[[0-9a-f:.]+\]|[^:[\]/?#@\s]+)(?::\d{1,5})?$/i.exec(header)?.groups?.['host']
