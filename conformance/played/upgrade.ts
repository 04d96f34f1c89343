import { STATUS_CODES } from 'node:http'
import { SUBPROTOCOL } from '../../schemas/index.js'
import { acceptOf } from '../probe/net/frames.js'
import type { Arrival } from './listener.js'

/** Where a played responder takes WebSocket connections. */
export const WS_PATH = '/ws'

/** The answer to an upgrade, right or wrong. */
export interface UpgradeAnswer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** What the headers called `name` list, over all their repetitions. */
export const listedIn = ({ headers }: Pick<Arrival, 'headers'>, name: string): string[] =>
  headers
    .filter(([of]) => of.toLowerCase() === name)
    .flatMap(([, value]) => value.split(','))
    .map(item => item.trim())
    .filter(item => item !== '')

/** Why an upgrade is refused, and with which status; nothing where it is right (RFC 6455 §4.2.1, websocket.md). */
const refusalOf = (arrival: Arrival): { readonly status: number; readonly rule: string } | undefined => {
  const only = (name: string): string | undefined => {
    const values = listedIn(arrival, name)
    return values.length === 1 ? values[0] : undefined
  }
  const has = (name: string, item: string): boolean => listedIn(arrival, name).some(each => each.toLowerCase() === item)
  if (arrival.path !== WS_PATH) return { status: 404, rule: 'ws.endpoint: an upgrade at another path' }
  if (arrival.method !== 'GET') return { status: 400, rule: `RFC 6455: an upgrade by ${arrival.method}` }
  if (!has('upgrade', 'websocket') || !has('connection', 'upgrade')) return { status: 426, rule: 'ws.upgrade-required' }
  if (only('sec-websocket-version') !== '13') return { status: 400, rule: 'RFC 6455: Sec-WebSocket-Version is not 13' }
  if (!/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(only('sec-websocket-key') ?? ''))
    return { status: 400, rule: 'RFC 6455: Sec-WebSocket-Key is not that of 16 bytes' }
  if (arrival.headers.some(([name]) => name.toLowerCase() === 'origin')) return { status: 403, rule: 'ws.origin' }
  return listedIn(arrival, 'sec-websocket-protocol').includes(SUBPROTOCOL)
    ? undefined
    : { status: 400, rule: `ws.offer: ${SUBPROTOCOL} is not offered` }
}

/** What an honest responder answers to an upgrade, and the rule by which it refuses, if it does. */
export const answerUpgrade = (arrival: Arrival): { readonly answer: UpgradeAnswer; readonly refused?: string } => {
  const refusal = refusalOf(arrival)
  if (refusal) return { answer: { status: refusal.status, headers: [['Content-Length', '0']] }, refused: refusal.rule }
  const [key = ''] = listedIn(arrival, 'sec-websocket-key')
  const headers = [
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Accept', acceptOf(key)],
    ['Sec-WebSocket-Protocol', SUBPROTOCOL],
  ] as const
  return { answer: { status: 101, headers } }
}

/** Has the responder, by this answer, selected the subprotocol? */
export const isSelected = (answer: UpgradeAnswer): boolean => {
  const selected = listedIn(answer, 'sec-websocket-protocol')
  return answer.status === 101 && selected.length === 1 && selected[0] === SUBPROTOCOL
}

/** The answer as it stands on the wire. */
export const encodeUpgradeAnswer = ({ status, headers }: UpgradeAnswer): Uint8Array =>
  Buffer.from(
    [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...headers.map(line => line.join(': ')), '', ''].join('\r\n'),
    'latin1',
  )
