import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { limitTime } from './limit-time.js'
import { NotHttp, ResponseReader, type WireResponse } from './response-reader.js'

/** A request as it is put on the wire, byte for byte: header names, their order and their repetition included. */
export interface WireRequest {
  readonly method: string
  /** Request target: path and query. */
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

/** What came of an exchange. `unreachable`: no connection; `reset`: it ended before a whole response. */
export type Exchanged =
  | { readonly kind: 'response'; readonly response: WireResponse }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'reset'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'not-http'; readonly reason: string }

/** Where and how to connect. */
export interface Route {
  readonly url: URL
  /** Milliseconds until an answer; a second more for each MiB that is sent or arrives. */
  readonly timeoutMs: number
  /** Certificate authorities to trust instead of the system's, PEM. */
  readonly ca?: string | undefined
  /** Accept any certificate. */
  readonly insecure?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** A connection to where a URL of http, https, ws or wss leads, and the event that says that it stands. */
export const dial = ({ url, ca, insecure }: Route): { socket: Socket; ready: string } => {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isSecure = url.protocol === 'https:' || url.protocol === 'wss:'
  const port = Number(url.port || (isSecure ? 443 : 80))
  if (!isSecure) return { socket: connectTcp({ host, port, noDelay: true }), ready: 'connect' }
  const tls = { host, port, ca, rejectUnauthorized: !insecure, ALPNProtocols: ['http/1.1'] }
  return { socket: connectTls(isIP(host) ? tls : { ...tls, servername: host }), ready: 'secureConnect' }
}

/** The bytes of a request before its body, in Latin-1. */
export const headOf = (request: WireRequest): string =>
  [
    `${request.method} ${request.path} HTTP/1.1`,
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join('\r\n')

/**
 * Sends one request over a connection of its own and reads one response. A connection for each exchange, so that nothing
 * that a hostile request does to its connection touches the next. Never throws and never sends again.
 */
export const exchange = (request: WireRequest, route: Route): Promise<Exchanged> =>
  new Promise(resolve => {
    const { socket, ready } = dial(route)
    const reader = new ResponseReader(request.method === 'HEAD')
    let connected = false
    let ended = false
    const finish = (outcome: Exchanged): void => {
      if (ended) return
      ended = true
      stopWaiting()
      route.signal?.removeEventListener('abort', onAbort)
      socket.destroy()
      resolve(outcome)
    }
    const fail = (cause: unknown): void => {
      // Who answers early and closes resets the connection under what was still being sent.
      if (!(cause instanceof NotHttp) && reader.endsWithConnection)
        return finish({ kind: 'response', response: reader.end() })
      const reason = cause instanceof NotHttp ? cause.message : ((cause as NodeJS.ErrnoException).code ?? String(cause))
      if (cause instanceof NotHttp) finish({ kind: reader.started ? 'not-http' : 'reset', reason })
      else finish({ kind: connected ? 'reset' : 'unreachable', reason })
    }
    const onAbort = (): void => finish({ kind: connected ? 'reset' : 'unreachable', reason: 'aborted' })
    const moved = (): number => request.body.length + socket.bytesRead
    const stopWaiting = limitTime(route.timeoutMs, moved, () => finish({ kind: 'timeout' }))
    if (route.signal?.aborted) return onAbort()
    route.signal?.addEventListener('abort', onAbort)
    socket.once(ready, () => {
      connected = true
      socket.cork()
      socket.write(headOf(request), 'latin1')
      if (request.body.length > 0) socket.write(request.body)
      socket.uncork()
    })
    socket.on('data', bytes => {
      try {
        const response = reader.push(Buffer.from(bytes))
        if (response) finish({ kind: 'response', response })
      } catch (cause) {
        fail(cause)
      }
    })
    socket.on('end', () => {
      try {
        finish({ kind: 'response', response: reader.end() })
      } catch (cause) {
        fail(cause)
      }
    })
    socket.on('error', fail)
    socket.on('close', () => fail(new NotHttp('the connection ended without a response')))
  })
