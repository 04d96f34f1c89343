import { honestSeams } from '../agent/honest-seams.js'
import { createIdentity } from '../agent/identity.js'
import { createResponder } from '../agent/responder.js'

const { guards } = honestSeams
const handshake = guards.handshake.filter(([id]) => id !== 'handshake.nonce-single-use')

const agent = await createResponder(
  { identity: createIdentity() },
  { ...honestSeams, guards: { ...guards, handshake } },
)
console.log(`${guards.handshake.length} guards, and here are ${handshake.length}`)
await agent.close()
