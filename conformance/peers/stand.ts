import { listen } from './listener.js'
import { PlayedResponder, type Setting } from './played-responder.js'
import { plainReply } from './reply.js'

/** A played responder that listens, at its address and where only a redirect leads. */
export interface Stand {
  readonly responder: PlayedResponder
  close(): Promise<void>
}

/** Sets up a played responder on two free ports of this machine's loopback address. */
export const setUp = async (setting: Setting): Promise<Stand> => {
  // The addresses are known once both listen, and nothing arrives before.
  const played: { responder?: PlayedResponder } = {}
  const open = async () => {
    const listener = await listen(
      async arrival => (await played.responder?.handle(arrival, listener.origin)) ?? plainReply('unavailable'),
      bytes => played.responder?.noteFlood(bytes),
    )
    return listener
  }
  const [front, back] = await Promise.all([open(), open()])
  const responder = new PlayedResponder(setting, { origin: front.origin, elsewhere: back.origin })
  played.responder = responder
  return {
    responder,
    close: async () => {
      await Promise.all([front.close(), back.close()])
    },
  }
}
