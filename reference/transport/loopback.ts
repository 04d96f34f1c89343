import { isIPv4 } from 'node:net'

const isLoopbackIPv4 = (address: string): boolean => isIPv4(address) && address.startsWith('127.')

/** Is this host name or IP address one that never leaves the machine? IPv6 with or without brackets. */
export const isLoopbackHost = (host: string): boolean => {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || name === '::1' || isLoopbackIPv4(name.replace(/^::ffff:/, ''))
}

/**
 * Is this `Host` header `localhost`, an address of 127.0.0.0/8 or `[::1]`, with a port or without (http.loopback-host)?
 * Nothing else names this machine here, though it may lead to it.
 */
export const isLoopbackHostHeader = (header: string): boolean => {
  const host = header.toLowerCase().replace(/:\d{1,5}$/, '')
  return host === 'localhost' || host === '[::1]' || isLoopbackIPv4(host)
}
