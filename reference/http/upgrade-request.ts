import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

const tokensOf = (header: string): string[] => header.split(',').map(token => token.trim())

const isUpgrade = (token: string): boolean => token.toLowerCase() === 'upgrade'

/** Does this request, which asks for some upgrade, ask for WebSocket? */
export const asksForWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && tokensOf(headers.upgrade ?? '').some(token => token.toLowerCase() === 'websocket')

const headWithoutUpgrade = ({ method, url, httpVersion, rawHeaders }: IncomingMessage): string => {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    const value = rawHeaders[i + 1]!
    const isConnection = name.toLowerCase() === 'connection'
    const rest = tokensOf(value).filter(token => !isUpgrade(token))
    if (isConnection && rest.length > 0) lines.push(`${name}: ${rest.join(', ')}`)
    else if (!isConnection && !isUpgrade(name)) lines.push(`${name}: ${value}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}

/**
 * Serves a request as if it had not asked for an upgrade. A server that takes one kind is handed every request that asks
 * for any, such as those of clients that would speak HTTP/2 (`Upgrade: h2c`), and it may ignore the wish (RFC 9110 §7.8).
 * @param head the first bytes that came after the head of the request
 */
export const serveWithoutUpgrade = (server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void => {
  socket.unshift(Buffer.concat([Buffer.from(headWithoutUpgrade(request), 'latin1'), head]))
  server.emit('connection', socket)
}
