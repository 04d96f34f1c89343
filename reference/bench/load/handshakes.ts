import { createState } from '../../agent/create-state.js'
import { randomUuid, systemClock, systemEntropy, type Entropy } from '../../agent/clock.js'
import { createExchange } from '../../agent/exchange-messages.js'
import { honestSeams } from '../../agent/honest-seams.js'
import type { Identity } from '../../agent/identity.js'
import { initiate } from '../../agent/initiate.js'
import { honestInitiatorSeams } from '../../agent/initiator-seams.js'
import { encodeTime } from '../../bytes/time.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { createRequest } from '../../handshake/request.js'
import { honestParts } from '../../parts.js'
import { composeResolver } from '../../identity/resolver.js'
import { configuredPeer } from '../../agent/peer.js'
import type { Arrival } from '../../transport/exchange.js'

// Both halves of a handshake as the agents have them, without a network between them.

const MANY = 1_000_000
const TIMEOUT_MS = 30_000

/** The bytes of a handshake message from one to another, new every time. */
export const requestBytes = (from: Identity, to: Identity): Uint8Array => {
  const { message } = createRequest({
    id: randomUuid(systemEntropy),
    ctx: randomUuid(systemEntropy),
    initDid: from.did,
    respDid: to.did,
    nonce: randomUuid(systemEntropy),
    ts: encodeTime(systemClock.now()),
    signingKey: from.signer,
    kemPublicKey: to.kemPublicKey,
    ikmE: systemEntropy(32),
    ephCPrivateKey: systemEntropy(32),
  })
  return encodeUtf8(JSON.stringify(message))
}

/** A responder without a listener: gives the bytes of its answer to a handshake. @throws Error where it refuses */
export const createAnswerer = (identity: Identity): ((request: Uint8Array) => Promise<Uint8Array>) => {
  const caps = { sessions: MANY, provisionalSessions: MANY, nonces: MANY }
  const exchange = createExchange(createState({ identity, caps, limits: { maxSessionsPerDid: MANY } }, honestSeams))
  const { signal: unraised } = new AbortController()
  const arrival: Arrival = {
    transport: 'http',
    connection: {},
    judge: () => {},
    accepted: () => {},
    signal: () => unraised,
  }
  return async request => {
    const reply = await exchange.answer(exchange.read(request), arrival)
    if (reply.kind !== 'handshake') throw new Error('a handshake was refused')
    return encodeUtf8(JSON.stringify(reply.body))
  }
}

/** The same random bytes every time, so that one answer fits every request: the n-th draw has bytes of n. */
const repeatedEntropy = (): Entropy => {
  let draws = 0
  return length => new Uint8Array(length).fill(++draws)
}

/** An initiator that shakes hands again and again with a responder whose answer is known beforehand. */
export const createInitiator = (from: Identity, to: Identity): (() => Promise<unknown>) => {
  const started = systemClock.now()
  const answerTo = createAnswerer(to)
  let known: Uint8Array | undefined
  const resolve = composeResolver([], honestParts)
  return () =>
    initiate({
      identity: from,
      peer: configuredPeer(to.did, to.kemPublicKey, [new URL('http://127.0.0.1')]),
      channel: {
        exchange: async ({ body }) => ({ status: 200, body: (known ??= await answerTo(body)) }),
        close: () => Promise.resolve(),
      },
      resolve,
      clock: { now: () => started, monotonic: () => systemClock.monotonic() },
      entropy: repeatedEntropy(),
      timeoutMs: TIMEOUT_MS,
      seams: honestInitiatorSeams,
    })
}
