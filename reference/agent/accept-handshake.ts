import type { HandshakeResponse } from '../../schemas/index.js'
import { enforceInTurn } from '../bytes/guard.js'
import { SageError } from '../bytes/sage-error.js'
import { encodeTime } from '../bytes/time.js'
import { answerRequest, readRequest, recompute } from '../handshake/accept.js'
import { withDeadline } from '../transport/deadline.js'
import type { Arrival } from '../transport/exchange.js'
import type { ReceivedHandshake } from '../message/envelope.js'
import { writeTrafficKeys } from '../session/key-schedule.js'
import type { WriteKeys } from '../session/session-slab.js'
import { faultOf } from './agent-event.js'
import type { ResponderState } from './responder-state.js'

interface Initiator {
  readonly initiatorKey: Uint8Array | undefined
  readonly admitted: boolean
}

// A resolver that fails, or takes too long, has not resolved: the peer must not see the difference.
const findInitiator = async (did: string, state: ResponderState): Promise<Initiator> => {
  const { resolve, admit, log, lookupTimeoutMs: timeoutMs } = state
  const lookUp = async (signal: AbortSignal): Promise<Initiator> => {
    const initiatorKey = await resolve(did, signal)
    return { initiatorKey, admitted: initiatorKey !== undefined && (await admit(did)) }
  }
  try {
    return await withDeadline(lookUp, { timeoutMs })
  } catch (error) {
    log(faultOf(error))
    return { initiatorKey: undefined, admitted: false }
  }
}

/**
 * Answers a handshake message, and takes its session into the store. Whoever the initiator is, is found out first; from
 * the first guard to the new session nothing waits, so that room and nonce are claimed in one step
 * (handshake.nonce-atomic), unless the store is shared: then the claim is a step of its, and so is taking the session in.
 * @throws SageError with the code of the rule that refuses
 */
export const acceptHandshake = async (
  request: ReceivedHandshake,
  arrival: Arrival,
  state: ResponderState,
): Promise<HandshakeResponse> => {
  const { identity, parts, guards, sessions, replay, clock, entropy } = state
  const payload = readRequest(request, parts, guards.handshakeTask)
  const initiator = await findInitiator(request.did, state)
  const judging = enforceInTurn(guards.handshake, {
    ...request,
    ...initiator,
    payload,
    ownDid: identity.did,
    now: clock.now(),
    ...recompute(request, payload, parts),
    replay,
    sessions,
    arrival,
    parts,
  })
  if (judging !== undefined) await judging
  const kid = state.responderParts.newKid(entropy)
  if (sessions.has(kid)) throw new SageError('internal', 'a kid was drawn twice')
  const { response, seed } = answerRequest(
    request,
    payload,
    {
      ownDid: identity.did,
      kemKeyPair: identity.kemKeyPair,
      signingKey: identity.signer,
      ephSPrivateKey: entropy(32),
      kid,
      ts: encodeTime(clock.now()),
    },
    parts,
  )
  const { did: initDid, contextId } = request
  const writeKeys: WriteKeys = (into, offset) => writeTrafficKeys(seed, into, offset, parts)
  const added = sessions.add({ kid, initDid, contextId }, writeKeys)
  if (added instanceof Promise) await added
  arrival.accepted()
  state.log({ event: 'handshake', did: request.did })
  return response
}
