import type { Transport } from '../../schemas/index.js'
import type { Setting } from './encounter.js'
import { listen, type PeerListener } from './listener.js'
import { PlayedResponder } from './played-responder.js'
import { plainReply } from './reply.js'
import { WS_PATH } from './upgrade.js'

/** A played responder that listens, at its addresses and where only a redirect leads. */
export interface Stand {
  readonly responder: PlayedResponder
  close(): Promise<void>
}

/**
 * Sets up a played responder on free ports of this machine's loopback address.
 * @param transport `ws`: it takes WebSocket connections as well, at a port where nothing else is
 */
export const setUp = async (setting: Setting, transport: Transport): Promise<Stand> => {
  // The addresses are known once all listen, and nothing arrives before.
  const played: { responder?: PlayedResponder } = {}
  const open = async (takesConnections: boolean) => {
    const listener: PeerListener = await listen({
      answer: async arrival => (await played.responder?.handle(arrival, listener.origin)) ?? plainReply('unavailable'),
      flooded: bytes => played.responder?.noteFlood(bytes),
      ...(takesConnections && {
        upgrade: (arrival, socket) => {
          if (played.responder) played.responder.connect(arrival, listener.origin, socket)
          else socket.destroy()
        },
      }),
    })
    return listener
  }
  // A listener of its own: with one that takes upgrades, a client that asks in passing for HTTP/2 would not be answered.
  const [front, back, connected] = await Promise.all([open(false), open(false), transport === 'ws' && open(true)])
  const ws = connected ? connected.origin.replace('http', 'ws') + WS_PATH : undefined
  const responder = new PlayedResponder(setting, { origin: front.origin, elsewhere: back.origin, ws })
  played.responder = responder
  return {
    responder,
    close: async () => {
      await Promise.all([front, back, connected].map(listener => listener && listener.close()))
    },
  }
}
