import { SUBPROTOCOL } from '../../schemas/index.js'
import { addHeader, removeHeader, replaceHeader } from '../probe/net/alter.js'
import type { Exchanged, WireRequest } from '../probe/net/exchange.js'
import { acceptOf } from '../probe/net/frames.js'
import { headerValues } from '../probe/net/response-reader.js'
import { readUpgrade } from '../probe/initiator/answer.js'
import { messagesUrl, socketUrl } from '../probe/initiator/target.js'
import { accepts, rejects } from '../runner/check.js'
import { broken, brokenBy, judgeAcceptance, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'
import { beyondLoopback } from './loopback.js'

const overWs = { transport: 'ws' } as const
const KEY = 'Sec-WebSocket-Key'
const PROTOCOL = 'Sec-WebSocket-Protocol'
const EXTENSIONS = 'Sec-WebSocket-Extensions'

const sentKey = ({ headers }: WireRequest): string => headers.find(([name]) => name === KEY)?.[1] ?? ''

const valuesIn = (exchanged: Exchanged, name: string): string[] =>
  exchanged.kind === 'response' ? headerValues(exchanged.response.headers, name.toLowerCase()) : []

const plainGet = (request: WireRequest): WireRequest =>
  ['Connection', 'Upgrade', 'Sec-WebSocket-Version', KEY, PROTOCOL].reduce(removeHeader, request)

/** What a browser asks before it lets a page send anything. */
const preflight = (request: WireRequest): WireRequest => ({
  ...addHeader(withOrigin('https://page.example')(request), 'Access-Control-Request-Method', 'GET'),
  method: 'OPTIONS',
})

const offering = (protocols: string) => (next: WireRequest) => replaceHeader(next, PROTOCOL, protocols)
const withOrigin = (origin: string) => (next: WireRequest) => addHeader(next, 'Origin', origin)
const withHost = (name: string) => (next: WireRequest, kit: Kit) =>
  replaceHeader(next, 'Host', `${name}:${socketUrl(kit.target).port}`)

/** The subprotocol that an upgrade with another offer selects. */
const judgeSelection = async (kit: Kit, change: (honest: WireRequest) => WireRequest): Promise<Broken | undefined> => {
  const { socket } = kit.over('ws')
  const { exchanged, connection } = await socket.open(change(socket.upgradeRequest()))
  if (connection === undefined) return brokenBy(readUpgrade(exchanged), `HTTP 101 that selects ${SUBPROTOCOL}`)
  const selected = valuesIn(exchanged, PROTOCOL)
  if (selected.length === 1 && selected[0] === SUBPROTOCOL) return undefined
  return broken('not-selected', `HTTP 101 that selects ${SUBPROTOCOL}`, `it selects ${selected.join() || 'nothing'}`)
}

/** No connection. Where nobody listens, though the host of the card answers, that is what is wrong, and not the network. */
const judgeAbsence = async (kit: Kit, exchanged: Exchanged): Promise<Broken> => {
  const { silence, ...found } = brokenBy(readUpgrade(exchanged), 'HTTP 101')
  if (silence === undefined || (exchanged.kind === 'unreachable' && (await kit.isAlive()))) return found
  return { ...found, silence }
}

/** How a WebSocket connection is opened. */
export const websocketOpeningChecks = [
  accepts('ws.endpoint', {
    prerequisite: true,
    needs: overWs,
    run: async kit => {
      const { exchanged, connection } = await kit.socket.connect()
      if (connection === undefined) return judgeAbsence(kit, exchanged)
      const request = kit.socket.upgradeRequest()
      const again = await kit.over('ws').socket.open(request)
      const accepted = valuesIn(again.exchanged, 'Sec-WebSocket-Accept').join()
      return again.connection === undefined || accepted === acceptOf(sentKey(request))
        ? undefined
        : broken('accept', 'the Sec-WebSocket-Accept of RFC 6455 §4.2.2', accepted === '' ? 'none' : 'another one')
    },
  }),
  accepts('ws.endpoint', {
    variant: 'other-forms',
    needs: overWs,
    run: async kit => {
      const { socket } = kit.over('ws')
      const honest = socket.upgradeRequest()
      const other = replaceHeader(replaceHeader(honest, 'Connection', 'keep-alive, upgrade'), 'Upgrade', 'WebSocket')
      const { exchanged, connection } = await socket.open(other)
      return connection === undefined
        ? brokenBy(readUpgrade(exchanged), 'HTTP 101 for a list in Connection and for names in other cases')
        : undefined
    },
  }),
  accepts('ws.text', {
    prerequisite: true,
    needs: overWs,
    run: async kit => {
      const answer = await kit.raw('handshake', kit.prepareHandshake(kit.draftHandshake()).request)
      return answer.kind === 'message' && answer.flaw !== undefined
        ? broken('flaw', 'an answer that is one text message of honest frames', answer.flaw)
        : undefined
    },
  }),
  accepts('ws.subprotocol', {
    needs: overWs,
    run: async kit =>
      (await judgeSelection(kit, next => next)) ??
      (await judgeSelection(kit, offering(`chat, ${SUBPROTOCOL}, sage.v2`))) ??
      (await judgeSelection(kit, next => addHeader(offering('chat')(next), PROTOCOL, SUBPROTOCOL))),
  }),
  rejects('ws.subprotocol-required', {
    subject: 'upgrade',
    wire: {
      'nothing offered': next => removeHeader(next, PROTOCOL),
      'another version offered': offering('sage.v2'),
      'a longer name offered': offering('sage.v11'),
      'the name in capitals': offering('SAGE.V1'),
    },
    expect: { status: 400 },
    after: ['same-bytes-accepted'],
  }),
  rejects('ws.upgrade-required', {
    subject: 'upgrade',
    needs: {
      unobservable: target =>
        [messagesUrl(target), target.cardUrl].some(({ pathname }) => pathname === socketUrl(target).pathname)
          ? 'something else is served at that path'
          : undefined,
    },
    wire: plainGet,
    expect: { status: 426 },
    after: ['same-bytes-accepted'],
  }),
  rejects('ws.origin', {
    subject: 'upgrade',
    wire: {
      'a web page': withOrigin('https://page.example'),
      null: withOrigin('null'),
      'in lower case': next => addHeader(next, 'origin', 'https://page.example'),
    },
    expect: { status: 403 },
    after: ['same-bytes-accepted'],
  }),
  rejects('http.loopback-host', {
    variant: 'upgrade',
    subject: 'upgrade',
    needs: { unobservable: target => beyondLoopback(socketUrl(target).host) },
    wire: {
      'another name': withHost('rebound.example'),
      'a name below localhost': withHost('x.localhost'),
    },
    expect: { status: [400, 499] },
    after: ['same-bytes-accepted'],
  }),
  accepts('ws.no-cors', {
    needs: overWs,
    run: async kit => {
      const honest = (): WireRequest => kit.socket.upgradeRequest()
      const requests = [
        honest(),
        withOrigin('https://page.example')(honest()),
        plainGet(honest()),
        preflight(plainGet(honest())),
      ]
      for (const request of requests) {
        const { exchanged } = await kit.over('ws').socket.open(request)
        if (exchanged.kind !== 'response') return brokenBy(readUpgrade(exchanged), 'a response')
        const header = exchanged.response.headers.find(([name]) => name.startsWith('access-control-'))
        if (header) return broken('cors', 'no header of CORS', `${header[0]} with HTTP ${exchanged.response.status}`)
      }
      return undefined
    },
  }),
  accepts('ws.no-extension', {
    needs: overWs,
    run: async kit => {
      const other = kit.over('ws')
      const offer = 'permessage-deflate; client_max_window_bits, x-none'
      const { exchanged, connection } = await other.socket.open(
        addHeader(other.socket.upgradeRequest(), EXTENSIONS, offer),
      )
      if (connection === undefined) return brokenBy(readUpgrade(exchanged), 'HTTP 101 without an extension')
      const selected = valuesIn(exchanged, EXTENSIONS)
      if (selected.length > 0)
        return broken('extension', 'HTTP 101 without an extension', `it selects ${selected.join()}`)
      return judgeAcceptance(await other.shakeHands(), 'over that connection, a handshake')
    },
  }),
]
