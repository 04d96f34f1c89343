import t from 'tap'
import { defaultLimits } from '../../../schemas/index.js'
import { honestParts } from '../../parts.js'
import type { Channel } from '../../transport/channel.js'
import { Circuit } from '../../transport/circuit.js'
import { systemClock, systemEntropy, type Entropy } from '../clock.js'
import { connect } from '../connect.js'
import { honestSeams } from '../honest-seams.js'
import { createIdentity } from '../identity.js'
import { honestInitiatorSeams } from '../initiator-seams.js'
import { LiveSession } from '../live-session.js'
import { createResponder } from '../responder.js'
import { Routes } from '../routes.js'
import { Session } from '../session.js'
import { post, StepInitiator } from './stage.js'

const isErased = (secret: Uint8Array): boolean => secret.every(byte => byte === 0)

/** Entropy that keeps what it gave for private keys: those are the draws of 32 bytes. */
const watched = () => {
  const secrets: Uint8Array[] = []
  const entropy: Entropy = length => {
    const bytes = systemEntropy(length)
    if (length === 32) secrets.push(bytes)
    return bytes
  }
  return { secrets, entropy }
}

const identity = createIdentity()

t.test('the ephemeral keys of a handshake are erased at both ends', async t => {
  const [initiator, responder] = [watched(), watched()]
  await using agent = await createResponder({ identity, entropy: responder.entropy })
  const session = await connect(agent.url, { identity: createIdentity(), entropy: initiator.entropy })
  t.equal(initiator.secrets.length, 2)
  t.equal(responder.secrets.length, 1)
  t.ok([...initiator.secrets, ...responder.secrets].every(isErased))
  await session.close()
})

t.test('and where the handshake fails half-way', async t => {
  const { secrets, entropy } = watched()
  const peer = { did: identity.did, kemKey: new Uint8Array(32) }
  await t.rejects(connect('http://localhost:1', { identity: createIdentity(), peer, entropy }), {
    code: 'peer_rejected',
  })
  t.equal(secrets.length, 2)
  t.ok(secrets.every(isErased))

  const responder = watched()
  const lastlyExported: Uint8Array[] = []
  const parts = {
    ...honestParts,
    exportAsReceiver: (...input: Parameters<typeof honestParts.exportAsReceiver>) => {
      lastlyExported.push(honestParts.exportAsReceiver(...input))
      return lastlyExported.at(-1)!
    },
    isSmallOrderX25519: () => false,
  }
  await using agent = await createResponder({ identity, entropy: responder.entropy }, { ...honestSeams, parts })
  const initiator = new StepInitiator(agent, identity.kemPublicKey)
  const lowOrder = { ...honestParts, x25519PublicKey: () => new Uint8Array(32) }
  const { message } = initiator.offer({}, lowOrder)
  t.equal((await post(agent.url, message)).status, 401)
  t.equal(lastlyExported.length, 1)
  t.ok([...responder.secrets, ...lastlyExported].every(isErased))
})

t.test('a session that nobody uses any more does not keep its keys beyond its time', async t => {
  let keys: Uint8Array = new Uint8Array()
  // Almost too old when it is made, and too old at every later look.
  const times = [999.5]
  const clock = { ...systemClock, monotonic: () => times.shift() ?? 1000 }
  const live = LiveSession.alone(
    { role: 'initiator', maxRecords: 16, monotonic: () => 0, entropy: systemEntropy, parts: honestParts },
    { kid: 'kid-1', initDid: identity.did, contextId: 'c' },
    (into, offset) => (keys = into.subarray(offset, offset + 64).fill(1)),
  )
  const ended = new Promise<void>(resolve => {
    const { end } = live
    live.end = () => (end.call(live), resolve())
  })
  const channel: Channel = { exchange: () => new Promise(() => undefined), close: async () => undefined }
  const circuit = new Circuit({ times: { firstMs: 1, maxMs: 1 }, monotonic: () => 0, random: () => 0 })
  const way = { name: 'none', circuit, open: async () => channel }
  const session = new Session({
    live,
    peer: { did: identity.did, authenticatedBy: 'url' },
    capabilities: [],
    limits: { ...defaultLimits, maxSessionAgeSeconds: 1 },
    openRoutes: ping => new Routes([way], way, channel, ping),
    clock,
    entropy: systemEntropy,
    timeoutMs: 1000,
    seams: honestInitiatorSeams,
  })
  t.notOk(isErased(keys))
  // The session's timer keeps no process alive; this one does.
  const alive = setInterval(() => undefined, 1000)
  await ended
  clearInterval(alive)
  t.ok(isErased(keys))
  await t.rejects(session.ping(), { code: 'session_closed' })
  await session.close()
})
