import { buildConnector, Pool } from 'undici'
import { STREAM_MEDIA_TYPE } from '../../schemas/index.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import { withDeadline, type UnderWay } from '../transport/deadline.js'
import { Gathered } from './gathered.js'

/** What came back: a redirect is an answer like any other (http.no-redirect). */
export interface HttpAnswer {
  readonly status: number
  readonly body: Uint8Array
}

/** What came back so far: the body is read as it is asked for. */
export interface OpenHttpAnswer {
  readonly status: number
  /** In lower case and without parameters; empty where there is none. */
  readonly mediaType: string
  readonly body: AsyncIterable<Uint8Array>
}

/** A request whose answer is read bit by bit. */
export interface HttpOpening {
  readonly path: string
  readonly body: Uint8Array
  /** Bytes that the answer's body, or each of its lines, may have. */
  readonly maxBytes: number
  readonly signal: AbortSignal
}

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: Uint8Array
  /** Bytes that the answer's body may have. */
  readonly maxBytes: number
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' }

/** A body as a whole. @throws SageError `peer_rejected` for one of more than `maxBytes` */
export const readUpTo = async (body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> => {
  const gathered = new Gathered()
  for await (const piece of body) {
    if (gathered.length + piece.length > maxBytes)
      throw new SageError('peer_rejected', 'the answer is larger than it may be')
    gathered.add(piece)
  }
  return gathered.bytes()
}

const lost = (cause: unknown): SageError =>
  isSageError(cause) ? cause : new SageError('connection_lost', 'the connection was lost', { cause })

async function* untilLost(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (cause) {
    throw lost(cause)
  }
}

const dial = buildConnector({})

/** Tells a connection that was never made from one that was lost: with the first, nothing has been sent. */
const connector: buildConnector.connector = (options, callback) =>
  dial(options, (...made) => {
    const [cause] = made
    if (cause === null) return callback(...made)
    callback(new SageError('unreachable', 'no connection could be made; nothing was sent', { cause }), null)
  })

/** How many connections there may be, and how long they last. */
export interface HttpClientOptions {
  /** Connections at most. */
  readonly connections: number
  /**
   * Milliseconds for which an idle connection is kept where the server does not say how long it keeps it; where it does,
   * it is one second less. Who closes first cannot be caught out by the other.
   */
  readonly keepAliveMs: number
}

/** What is kept of connections where nobody says otherwise. */
export const httpClientOptions: HttpClientOptions = { connections: 128, keepAliveMs: 4_000 }

/**
 * Connections to one origin. Nothing is sent twice and no redirect is followed. A request that was written to a kept
 * connection as the server closed it may have been delivered: it is lost, not sent again.
 */
export class HttpClient {
  private readonly pool: Pool

  /** @param origin scheme, host and port */
  constructor(
    readonly origin: string,
    { connections, keepAliveMs }: HttpClientOptions = httpClientOptions,
  ) {
    // The time of a request is bounded as a whole, below.
    this.pool = new Pool(origin, {
      headersTimeout: 0,
      bodyTimeout: 0,
      pipelining: 1,
      connections,
      keepAliveTimeout: keepAliveMs,
      connect: connector,
    })
  }

  /**
   * Sends one request, once.
   * @param underWay where it can be ended from
   * @throws SageError `unreachable`, `timeout`, `aborted`, `connection_lost`, or `peer_rejected` for an answer over `maxBytes`
   */
  async request(
    { method, path, body, maxBytes, timeoutMs, signal }: HttpRequest,
    underWay?: UnderWay,
  ): Promise<HttpAnswer> {
    this.checkOpen()
    const exchange = async (signal: AbortSignal): Promise<HttpAnswer> => {
      const headers = body === undefined ? { accept: 'application/json' } : JSON_HEADERS
      const answer = await this.pool.request({ method, path, headers, body: body ?? null, signal })
      return { status: answer.statusCode, body: await readUpTo(answer.body as AsyncIterable<Uint8Array>, maxBytes) }
    }
    try {
      return await withDeadline(exchange, { timeoutMs, signal }, underWay)
    } catch (cause) {
      throw lost(cause)
    }
  }

  /**
   * Posts once, and gives the head of the answer as soon as it is there.
   * @throws SageError `unreachable`, `connection_lost`, of the body too
   */
  async open({ path, body, signal }: HttpOpening): Promise<OpenHttpAnswer> {
    this.checkOpen()
    try {
      const headers = { ...JSON_HEADERS, accept: `${STREAM_MEDIA_TYPE}, application/json` }
      const answer = await this.pool.request({ method: 'POST', path, headers, body, signal })
      const mediaType = String(answer.headers['content-type'] ?? '').replace(/[ \t]*;.*$/s, '')
      return { status: answer.statusCode, mediaType: mediaType.toLowerCase(), body: untilLost(answer.body) }
    } catch (cause) {
      throw lost(cause)
    }
  }

  /** Ends the connections. What is under way is lost. */
  async close(): Promise<void> {
    await this.pool.destroy()
  }

  private checkOpen(): void {
    if (this.pool.destroyed) throw new SageError('unreachable', 'the connections are closed; nothing was sent')
  }
}
