import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { enforce, type Guard } from '../bytes/guard.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import { withDeadline, type Deadline } from '../transport/deadline.js'
import { namesOf, type Arrival, type Exchange, type MessageNames } from '../transport/exchange.js'
import type { Upgrades } from '../transport/upgrades.js'
import type { FrontContext, HttpContext } from './http-guards.js'
import type { HttpParts } from './http-parts.js'
import { READING_METHODS, type Page, type Pages } from './page.js'
import { isLoopbackHost } from '../transport/loopback.js'
import { plainCodeOf, plainError, type DetailOf } from '../transport/plain-error.js'
import { announcedBytes, readBody } from './read-body.js'
import { asksForWebSocket, serveWithoutUpgrade } from './upgrade-request.js'
import { answerStream } from './stream-answer.js'
import {
  replyAnswer,
  subjectOf,
  unknownPathAnswer,
  upgradeRefusal,
  type WireAnswer,
  type WireHook,
  type WireSubject,
} from './wire.js'
import { isReadToItsEnd, writeAnswer, writeLines, writeRawAnswer } from './write-answer.js'

/** What a listener serves, and how far it goes. */
export interface ListenerOptions {
  readonly host: string
  readonly port: number
  /** Path at which messages are taken; asked once the address is known. */
  readonly messagesPath: string
  /** Path at which batches are taken, where they are (batch.endpoint). */
  readonly batchPath?: string | undefined
  readonly maxMessageBytes: number
  /** Requests handled at once; one more is `unavailable`. */
  readonly maxRequests: number
  /** Milliseconds in which a request has to arrive whole (http.slow-sender). */
  readonly requestTimeoutMs: number
  readonly frontGuards: readonly Guard<FrontContext>[]
  readonly httpGuards: readonly Guard<HttpContext>[]
  readonly parts: HttpParts
  readonly wire: WireHook
  readonly detailOf: DetailOf
  /** What is to be read. */
  readonly pages: Pages
  readonly exchange: Exchange
  /** What takes connections that leave HTTP, where something does. */
  readonly upgrades?: Upgrades | undefined
  /** Told of exceptions that nobody foresaw. */
  readonly fault: (error: unknown) => void
}

/** A running listener. */
export interface Listener {
  readonly address: AddressInfo
  /**
   * Drains, then cuts every connection. While it drains it refuses messages, and serves the pages: whoever asks for its
   * health is to be told.
   */
  close(draining: Draining): Promise<void>
}

/** How long a listener drains. */
export interface Draining {
  /** Milliseconds that it waits for what runs. */
  readonly drainMs: number
  /** The wish to wait no longer. */
  readonly signal?: AbortSignal | undefined
  /** What else runs; does not reject. */
  readonly until?: Promise<void> | undefined
}

interface Outcome {
  readonly answer: WireAnswer
  readonly about: WireSubject
}

/** Path of a request target in origin or absolute form (RFC 9112 §3.2), without its query. */
const pathOf = (target: string): string => target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '')

const errorCodeOf = (error: Error): unknown => (error as NodeJS.ErrnoException).code

class HttpListener {
  readonly server: Server
  private running = 0
  private draining = false
  private onIdle = (): void => undefined
  private readonly aborts = new Set<AbortController>()
  /** The latest answer on each connection. */
  private readonly answers = new WeakMap<Duplex, ServerResponse>()
  /** Connections with an upgrade that waits for its turn: the server has lost sight of them. */
  private readonly waiting = new Set<Duplex>()
  private onLoopback = true

  constructor(private readonly options: ListenerOptions) {
    const { requestTimeoutMs, fault } = options
    this.server = options.parts.createServer({
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      keepAliveTimeout: 5000,
      connectionsCheckingInterval: Math.max(20, Math.min(1000, requestTimeoutMs / 4)),
    })
    const serve = (request: IncomingMessage, response: ServerResponse, proceed: () => void): void =>
      void this.serve(request, response, proceed).catch((error: unknown) => {
        fault(error)
        response.destroy()
      })
    this.server.on('request', (request, response) => serve(request, response, () => undefined))
    this.server.on('checkContinue', (request, response) => serve(request, response, () => response.writeContinue()))
    this.server.on('clientError', (error, socket) => void this.refuseGarbage(error, socket).catch(fault))
    const { upgrades } = options
    if (upgrades !== undefined) this.server.on('upgrade', (...asked) => this.onUpgrade(upgrades, ...asked))
  }

  /** Starts listening. @throws SageError `configuration` when the address cannot be had */
  async listen(): Promise<AddressInfo> {
    const { host, port } = this.options
    await new Promise<void>((resolve, reject) => {
      const refuse = (cause: Error): void =>
        reject(new SageError('configuration', `cannot listen: ${String(errorCodeOf(cause))}`, { cause }))
      this.server.once('error', refuse)
      this.server.listen(port, host, () => {
        this.server.off('error', refuse).on('error', this.options.fault)
        resolve()
      })
    })
    const address = this.server.address() as AddressInfo
    this.onLoopback = isLoopbackHost(address.address)
    return address
  }

  async close({ drainMs, signal, until }: Draining): Promise<void> {
    this.draining = true
    if (this.running > 0) await this.idle({ timeoutMs: drainMs, signal }).catch(() => undefined)
    await until
    const closed = new Promise<void>(resolve => this.server.close(() => resolve()))
    for (const abort of this.aborts) abort.abort()
    this.server.closeAllConnections()
    for (const socket of this.waiting) socket.destroy()
    await closed
  }

  private idle(deadline: Deadline): Promise<void> {
    return withDeadline(() => new Promise(resolve => (this.onIdle = resolve)), deadline)
  }

  private async serve(request: IncomingMessage, response: ServerResponse, proceed: () => void): Promise<void> {
    const abort = new AbortController()
    response.on('close', () => {
      if (!response.writableFinished) abort.abort()
    })
    this.answers.set(request.socket, response)
    this.aborts.add(abort)
    this.running++
    try {
      const { answer, about } = await this.outcome(request, abort, proceed)
      const isLast = this.draining || !isReadToItsEnd(request)
      const last = isLast ? { ...answer, headers: { ...answer.headers, connection: 'close' } } : answer
      const hooked = await this.options.wire(last, about)
      if (hooked.lines === undefined) writeAnswer(request, response, hooked, this.options.requestTimeoutMs)
      else await writeLines(response, hooked, hooked.lines, this.options.requestTimeoutMs)
    } catch (error) {
      if (!isSageError(error, 'connection_lost')) throw error
      response.destroy()
    } finally {
      this.aborts.delete(abort)
      if (--this.running === 0) this.onIdle()
    }
  }

  /** @throws SageError `connection_lost` when there is nobody left to answer */
  private async outcome(request: IncomingMessage, abort: AbortController, proceed: () => void): Promise<Outcome> {
    const path = pathOf(request.url ?? '')
    try {
      enforce(this.options.frontGuards, { headers: request.headersDistinct, onLoopback: this.onLoopback })
      const page = this.options.pages.get(path)
      if (page !== undefined) return await this.page(page, request)
      const { messagesPath, batchPath } = this.options
      if (path === messagesPath || path === batchPath)
        return await this.message(request, abort, proceed, path !== messagesPath)
      const { upgrades } = this.options
      const status = path === upgrades?.path ? upgrades.refuse(request, false) : undefined
      if (status !== undefined) return { answer: upgradeRefusal(status), about: { kind: 'upgrade' } }
      return { answer: unknownPathAnswer(), about: { kind: 'unknown-path' } }
    } catch (error) {
      if (isSageError(error, 'connection_lost')) throw error
      if (plainCodeOf(error) === 'internal') this.options.fault(error)
      return this.refusal(error, this.options.pages.has(path) ? READING_METHODS : 'POST')
    }
  }

  /** A request that asks for some upgrade: its turn comes once what was asked before it on the connection is answered. */
  private onUpgrade(upgrades: Upgrades, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const proceed = (): void => {
      socket.off('error', giveUp)
      this.waiting.delete(socket)
      if (socket.destroyed) return
      if (pathOf(request.url ?? '') !== upgrades.path || !asksForWebSocket(request))
        return serveWithoutUpgrade(this.server, request, socket, head)
      void this.upgrade(upgrades, request, socket, head).catch((error: unknown) => {
        this.options.fault(error)
        socket.destroy()
      })
    }
    // From here on nobody else listens for the errors of the connection.
    const giveUp = (): void => void socket.destroy()
    socket.on('error', giveUp)
    const before = this.answers.get(socket)
    if (before === undefined || before.closed) return proceed()
    this.waiting.add(socket)
    before.once('close', proceed)
  }

  /** A request to leave HTTP, for what is taken at its path. */
  private async upgrade(upgrades: Upgrades, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const refused = this.upgradeOutcome(upgrades, request)
    if (refused === undefined) return upgrades.take(request, socket, head)
    socket.on('error', () => socket.destroy())
    const hooked = await this.options.wire(refused.answer, refused.about)
    writeRawAnswer(socket, hooked, STATUS_CODES[hooked.status] ?? '')
  }

  private upgradeOutcome(upgrades: Upgrades, request: IncomingMessage): Outcome | undefined {
    try {
      enforce(this.options.frontGuards, { headers: request.headersDistinct, onLoopback: this.onLoopback })
    } catch (error) {
      return this.refusal(error, 'GET')
    }
    const status = this.draining ? 503 : upgrades.refuse(request, true)
    return status === undefined ? undefined : { answer: upgradeRefusal(status), about: { kind: 'upgrade' } }
  }

  /** Would this request be taken if it were a message? */
  private get takesMessages(): boolean {
    return !this.draining && this.running <= this.options.maxRequests
  }

  private async page(
    { kind, answer }: Page,
    { method = '', url = '', headersDistinct }: IncomingMessage,
  ): Promise<Outcome> {
    const query = new URLSearchParams(/\?([^#]*)/.exec(url)?.[1])
    const { authorization: [authorization, ...more] = [] } = headersDistinct
    const { takesMessages } = this
    const request = { method, query, authorization: more.length > 0 ? undefined : authorization, takesMessages }
    return { answer: await answer(request), about: { kind } }
  }

  private async message(
    request: IncomingMessage,
    abort: AbortController,
    proceed: () => void,
    isBatch: boolean,
  ): Promise<Outcome> {
    const { httpGuards, maxMessageBytes, exchange } = this.options
    if (!this.takesMessages) throw new SageError('unavailable', 'no room for a request')
    const { method = '', headersDistinct: headers } = request
    const announced = announcedBytes(request)
    const judge = (arrived: number, names?: MessageNames): void => {
      const bytes = Math.max(announced, arrived)
      enforce(httpGuards, { method, isBatch, headers, maxMessageBytes, bytes, names })
    }
    judge(0)
    proceed()
    const body = await readBody(request, judge)
    const reading = exchange.read(body)
    const arrival: Arrival = {
      transport: 'http',
      connection: request,
      judge: message => judge(body.length, isBatch ? undefined : namesOf(message)),
      accepted: () => undefined,
      signal: () => abort.signal,
    }
    const reply = isBatch ? await exchange.answerBatch(reading, arrival) : await exchange.answer(reading, arrival)
    const answer = 'body' in reply ? replyAnswer(reply) : await answerStream(reply)
    return { answer, about: subjectOf(reply) }
  }

  private refusal(error: unknown, allow: string): Outcome {
    const reply = { kind: 'error', body: plainError(plainCodeOf(error), this.options.detailOf) } as const
    return { answer: replyAnswer(reply, allow), about: subjectOf(reply) }
  }

  /** What arrived is no HTTP request, or not in time (http.length-beside-chunked, http.length-repeated, http.slow-sender). */
  private async refuseGarbage(error: Error, socket: Duplex): Promise<void> {
    const isLate = errorCodeOf(error) === 'ERR_HTTP_REQUEST_TIMEOUT'
    if (!socket.writable || errorCodeOf(error) === 'ECONNRESET') return void socket.destroy()
    const { answer, about } = this.refusal(new SageError('malformed', 'not HTTP'), 'POST')
    const hooked = await this.options.wire(isLate ? { ...answer, status: 408 } : answer, about)
    writeRawAnswer(socket, hooked, STATUS_CODES[hooked.status] ?? '')
  }
}

/** Serves pages and an exchange of messages over HTTP. @throws SageError `configuration` when it cannot listen */
export const listen = async (options: ListenerOptions): Promise<Listener> => {
  const listener = new HttpListener(options)
  return { address: await listener.listen(), close: draining => listener.close(draining) }
}
