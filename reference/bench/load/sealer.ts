import { connectWith } from '../../agent/connect.js'
import { honestInitiatorSeams } from '../../agent/initiator-seams.js'
import { createIdentity, isSageError, SageError } from '../../index.js'

/** Seals requests of a session ahead of the time at which they are sent. */
export interface Sealer {
  /** So many messages with an echo of so many bytes, each with a record of its own, as they go over the wire. */
  seal(count: number, bytes: number): Promise<Uint8Array[]>
}

const ECHO = 'sage/echo@v1'

/** Shakes hands with a responder of the bench; what is sealed from then on is kept instead of being sent. */
export const createSealer = async (url: string, did: string): Promise<Sealer> => {
  const { initiatorParts } = honestInitiatorSeams
  const sealed: Uint8Array[] = []
  let isKeeping = false
  const seams = {
    ...honestInitiatorSeams,
    initiatorParts: {
      ...initiatorParts,
      exchange: (...[channel, message]: Parameters<typeof initiatorParts.exchange>) => {
        if (!isKeeping) return initiatorParts.exchange(channel, message)
        sealed.push(message.body)
        return Promise.reject(new SageError('connection_lost', 'kept'))
      },
    },
  }
  const session = await connectWith(url, { identity: createIdentity(), expectedDid: did, transports: ['http'] }, seams)
  await session.ping()
  return {
    seal: async (count, bytes) => {
      const plaintext = new Uint8Array(bytes).fill(7)
      isKeeping = true
      for (let made = 0; made < count; made++)
        await session.send(ECHO, plaintext).catch((error: unknown) => {
          if (!isSageError(error, 'outcome_unknown')) throw error
        })
      return sealed.splice(0)
    },
  }
}
