import type { WebSocket } from 'ws'
import type { RequirementId } from '../../../schemas/index.js'
import type { ServeOptions } from '../../../reference/agent/agent.js'
import type { ResponderGuards, ResponderSeams } from '../../../reference/agent/responder-state.js'
import type { ResponderParts } from '../../../reference/agent/responder-parts.js'
import type { StreamParts } from '../../../reference/agent/stream-parts.js'
import type { Guard } from '../../../reference/bytes/guard.js'
import type { HttpParts } from '../../../reference/http/http-parts.js'
import type { WireAnswer, WireSubject } from '../../../reference/http/wire.js'
import type { Parts } from '../../../reference/parts.js'
import type { SocketOptions, WebSocketParts } from '../../../reference/websocket/websocket-parts.js'

/** Makes a responder wrong in one place. */
export type Fault = (honest: ResponderSeams) => ResponderSeams

/** A responder with one fault, named for it, and the checks that must find it. */
export interface ResponderMutant {
  readonly name: string
  /** Ids of the checks that this mutant trips, each by itself. */
  readonly kills: readonly string[]
  readonly fault: Fault
  /** How the responder is to be run for the fault to show, such as with low limits. */
  readonly serve?: Partial<ServeOptions> | undefined
}

/** A mutant. */
export const mutant = (
  name: string,
  kills: readonly string[],
  fault: Fault,
  serve?: Partial<ServeOptions>,
): ResponderMutant => ({ name, kills, fault, serve })

/** Name of a list of guards. */
export type ListName = keyof ResponderGuards
type ContextOf<List extends ListName> = Parameters<ResponderGuards[List][number][1]>[0]
type RefusalOf<List extends ListName> = NonNullable<ReturnType<ResponderGuards[List][number][1]>>
type GuardOf<List extends ListName> = Guard<ContextOf<List>, RefusalOf<List>>

const withList = <List extends ListName>(
  seams: ResponderSeams,
  list: List,
  guards: readonly GuardOf<List>[],
): ResponderSeams => ({ ...seams, guards: { ...seams.guards, [list]: guards } })

const guardsOf = <List extends ListName>(seams: ResponderSeams, list: List) =>
  seams.guards[list] as readonly GuardOf<List>[]

/** Several faults that only together make one mistake. */
export const all =
  (...faults: readonly Fault[]): Fault =>
  honest =>
    faults.reduce((seams, fault) => fault(seams), honest)

/** Leaves out every guard called `id`. */
export const omit =
  (list: ListName, id: RequirementId): Fault =>
  honest =>
    withList(honest, list, guardsOf(honest, list).filter(([guard]) => guard !== id) as never)

/** Moves the guard called `id` before the one called `before`. */
export const move =
  (list: ListName, id: RequirementId, before: RequirementId): Fault =>
  honest => {
    const moved = guardsOf(honest, list).filter(([guard]) => guard === id)
    const rest = guardsOf(honest, list).filter(([guard]) => guard !== id)
    const at = rest.findIndex(([guard]) => guard === before)
    return withList(honest, list, [...rest.slice(0, at), ...moved, ...rest.slice(at)] as never)
  }

/** Puts something that does not belong there before the guard called `before`, or at the end of the list. */
export const insert =
  <List extends ListName>(list: List, refuse: GuardOf<List>[1], before?: RequirementId): Fault =>
  honest => {
    const guards = guardsOf(honest, list)
    const found = guards.findIndex(([guard]) => guard === before)
    const at = found < 0 ? guards.length : found
    const rogue: GuardOf<List> = ['error.precedence', refuse]
    return withList(honest, list, [...guards.slice(0, at), rogue, ...guards.slice(at)])
  }

/** Replaces steps of the core. */
export const parts =
  (replace: (honest: Parts) => Partial<Parts>): Fault =>
  honest => ({ ...honest, parts: { ...honest.parts, ...replace(honest.parts) } })

/** Replaces decisions of the responder. */
export const responder =
  (replace: (honest: ResponderParts) => Partial<ResponderParts>): Fault =>
  honest => ({ ...honest, responderParts: { ...honest.responderParts, ...replace(honest.responderParts) } })

/** Replaces decisions of the responder in streams. */
export const streams =
  (replace: (honest: StreamParts) => Partial<StreamParts>): Fault =>
  honest => ({ ...honest, streamParts: { ...honest.streamParts, ...replace(honest.streamParts) } })

/** Replaces decisions of the responder over WebSocket. */
export const webSocket =
  (replace: (honest: WebSocketParts) => Partial<WebSocketParts>): Fault =>
  honest => ({ ...honest, webSocket: { ...honest.webSocket, ...replace(honest.webSocket) } })

/** Changes how sockets are made. */
export const sockets = (change: (honest: SocketOptions) => SocketOptions): Fault =>
  webSocket(honest => ({ socketOptions: options => ({ ...honest.socketOptions(options), ...change(options) }) }))

/** A socket that does one thing in another way. */
export const socketClass = (Class: typeof WebSocket): Fault => sockets(honest => ({ ...honest, WebSocket: Class }))

/** Reads HTTP in another way. */
export const http =
  (createServer: HttpParts['createServer']): Fault =>
  honest => ({ ...honest, http: { createServer } })

/** Changes answers of some kinds before they are written; over WebSocket, of which only the body is sent, too. */
export const wire =
  (kinds: readonly WireSubject['kind'][], change: (answer: WireAnswer, about: WireSubject) => WireAnswer): Fault =>
  honest => ({
    ...honest,
    wire: async (answer, about) => {
      const written = await honest.wire(answer, about)
      return kinds.includes(about.kind) ? change(written, about) : written
    },
    webSocket: {
      ...honest.webSocket,
      text: async (text, about) => {
        const written = await honest.webSocket.text(text, about)
        if (typeof written !== 'string' || !kinds.includes(about.kind)) return written
        const { body } = change({ status: 200, headers: {}, body: Buffer.from(written) }, about)
        return Buffer.from(body).toString('utf8')
      },
    },
  })

/** An answer with its JSON body changed. */
export const withJson = (answer: WireAnswer, change: (body: Record<string, unknown>) => unknown): WireAnswer => {
  const body = JSON.parse(Buffer.from(answer.body).toString('utf8')) as Record<string, unknown>
  return { ...answer, body: Buffer.from(JSON.stringify(change(body)), 'utf8') }
}

/** Takes a header away from an answer. */
export const withoutHeader =
  (name: string) =>
  (answer: WireAnswer): WireAnswer => ({
    ...answer,
    headers: Object.fromEntries(Object.entries(answer.headers).filter(([of]) => of !== name)),
  })
