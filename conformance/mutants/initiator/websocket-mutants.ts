import { WebSocket } from 'ws'
import { SUBPROTOCOL } from '../../../schemas/index.js'
import { connect } from '../../../reference/agent/connect.js'
import { isSageError } from '../../../reference/bytes/sage-error.js'
import { encodeUtf8 } from '../../../reference/bytes/utf8.js'
import type { Answer, Channel, ChannelOptions } from '../../../reference/transport/channel.js'
import { channelParts, type ChannelParts } from '../../../reference/websocket/channel-parts.js'
import { createWebSocketTransport } from '../../../reference/websocket/websocket-transport.js'
import { initiator, mutant, type Fault, type Wrong } from './mutant.js'

/** Other decisions over WebSocket. */
const overWebSocket = (change: Partial<ChannelParts>): Fault =>
  initiator(honest => ({
    open: (transport, endpoint, options) => {
      const wrong = createWebSocketTransport({ ...channelParts, ...change })
      return honest.open(transport.name === 'ws' ? wrong : transport, endpoint, options)
    },
  }))

/** Sockets that are made with other options. */
const sockets = (change: Parameters<ChannelParts['createSocket']>[1]): Fault =>
  overWebSocket({ createSocket: (url, options) => channelParts.createSocket(url, { ...options, ...change }) })

/** A channel over WebSocket that does something else around the honest one. */
const around = (make: (endpoint: URL, options: ChannelOptions, open: OpenHonest) => Promise<Channel>): Fault =>
  initiator(honest => ({
    open: (transport, endpoint, options) =>
      transport.name === 'ws'
        ? make(endpoint, options, asked => honest.open(transport, endpoint, asked))
        : honest.open(transport, endpoint, options),
  }))

type OpenHonest = (options: ChannelOptions) => Promise<Channel>

/** Takes what it cannot match for the answer to the request that was sent last; `change` makes it that. */
const takesStrays = (change: (answer: Answer, id: string) => Answer): Fault =>
  around(async (_endpoint, options, open) => {
    const asked: string[] = []
    const messageIdOf = (answer: Uint8Array): string | undefined => {
      const id = options.messageIdOf(answer)
      return id !== undefined && asked.includes(id) ? id : asked.at(-1)
    }
    const channel = await open({ ...options, messageIdOf })
    return {
      exchange: async message => {
        asked.push(message.id)
        return change(await channel.exchange(message), message.id)
      },
      close: () => channel.close(),
    }
  })

/** An answer as if it had been the one to a message. */
const answering = ({ body }: Answer, id: string): Answer => {
  const members = JSON.parse(Buffer.from(body).toString('utf8')) as object
  return { body: encodeUtf8(JSON.stringify({ ...members, message_id: id })) }
}

/** Asks again over HTTP where the answer was lost on the way. */
const asksAgainOverHttp: Wrong = {
  drive: async ({ asked, open, ask }) => {
    await using session = await open()
    try {
      return await ask(session)
    } catch (error) {
      if (!isSageError(error) || !isSageError(error.cause, 'connection_lost')) throw error
      await using another = await connect(asked.url, { ...asked.options, transports: ['http'] })
      return await ask(another)
    }
  },
}

/** Where nothing is selected it goes on: it offered by hand, and does not look. */
const selectsForItself = createWebSocketTransport({
  ...channelParts,
  createSocket: (url, options) =>
    new WebSocket(url, { ...options, headers: { 'Sec-WebSocket-Protocol': SUBPROTOCOL } }),
  isSelected: () => true,
})

/** A socket that closes with another code for frames that the RFC does not allow. */
class OtherCode extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code === 1002 ? 1011 : code, reason)
  }
}

/** Initiators that are wrong over WebSocket. */
export const websocketMutants = [
  mutant(
    'initiator-offers-no-subprotocol',
    ['ws.offer'],
    overWebSocket({ createSocket: (url, options) => new WebSocket(url, options) }),
  ),
  mutant(
    'initiator-offers-another-version',
    ['ws.offer'],
    overWebSocket({ createSocket: (url, options) => new WebSocket(url, 'sage.v2', options) }),
  ),
  mutant('initiator-offers-deflate', ['ws.offer-no-extension'], sockets({ perMessageDeflate: true })),
  mutant(
    'initiator-needs-no-selection',
    ['ws.selected'],
    around((endpoint, options, open) => open(options).catch(() => selectsForItself.open(endpoint, options))),
  ),
  mutant('initiator-sends-binary', ['ws.text/initiator'], overWebSocket({ sendsBinary: true })),
  mutant('initiator-takes-binary', ['ws.binary/initiator'], overWebSocket({ incomingGuards: [] })),
  mutant('initiator-any-bytes-are-text', ['ws.not-utf8/initiator'], sockets({ skipUTF8Validation: true })),
  mutant('initiator-endless-messages-read', ['ws.message-limit/initiator'], sockets({ maxPayload: 0 })),
  mutant('initiator-sixteen-fragments-at-most', ['ws.fragments/initiator'], sockets({ maxFragments: 16 })),
  mutant('initiator-pings-unanswered', ['ws.ping/initiator'], sockets({ autoPong: false })),
  mutant(
    'initiator-wrong-frames-closed-with-1011',
    ['ws.protocol-error/initiator'],
    overWebSocket({ createSocket: (url, options) => new OtherCode(url, SUBPROTOCOL, options) }),
  ),
  mutant(
    'initiator-fails-on-strays',
    ['ws.unmatched'],
    takesStrays(answer => answer),
  ),
  mutant('initiator-takes-strays', ['ws.unmatched/taken'], takesStrays(answering)),
  mutant('initiator-asks-again-over-http', ['message.no-resend'], asksAgainOverHttp),
]
