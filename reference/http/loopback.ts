import { isIPv4 } from 'node:net'

const isLoopbackIPv4 = (address: string): boolean => isIPv4(address) && address.startsWith('127.')

/** Is this host name or IP address one that never leaves the machine? IPv6 with or without brackets. */
export const isLoopbackHost = (host: string): boolean => {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || name === '::1' || isLoopbackIPv4(name.replace(/^::ffff:/, ''))
}

/** The host of a `Host` header without its port, or undefined where it is none. */
export const hostOf = (header: string): string | undefined =>
  /^(?<host>\[[0-9a-f:.]+\]|[^:[\]/?#@\s]+)(?::\d{1,5})?$/i.exec(header)?.groups?.['host']
