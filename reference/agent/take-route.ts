import { isSageError, SageError } from '../bytes/sage-error.js'
import type { Channel } from '../transport/channel.js'
import type { Circuit } from '../transport/circuit.js'
import { withDeadline } from '../transport/deadline.js'
import { watched } from '../transport/watched.js'
import { initiate, messageIdOf, type InitiateInput } from './initiate.js'
import type { LiveSession } from './live-session.js'
import { noWay, type Way } from './routes.js'
import type { Route } from './transports.js'

/** What shakes hands, over whichever way. */
export type Attempt = Omit<InitiateInput, 'channel'>

/** A session, and what carries it. */
export interface Connected {
  readonly way: Way
  readonly channel: Channel
  readonly live: LiveSession
}

/** A route as a way to go. */
export const wayBy = (
  { transport, endpoint }: Route,
  circuit: Circuit,
  { peer, clock, timeoutMs, seams }: Attempt,
): Way => {
  const options = {
    maxMessageBytes: peer.limits.maxMessageBytes,
    messageIdOf: (answer: Uint8Array) => messageIdOf(answer, seams.parts),
    monotonic: () => clock.monotonic(),
    timeoutMs,
  }
  const open = async (signal?: AbortSignal): Promise<Channel> =>
    watched(await seams.initiatorParts.open(transport, endpoint, { ...options, signal }), circuit)
  return { name: transport.name, circuit, open }
}

const take = async (way: Way, input: Attempt): Promise<Connected> => {
  const channel = await way.circuit.blame(() => way.open(input.signal))
  try {
    return { way, channel, live: await initiate({ ...input, channel }) }
  } catch (error) {
    await channel.close()
    throw error
  }
}

/** Takes a way that was down: with the handshake as the probe, or after that of somebody else. */
const takeDue = async (way: Way, input: Attempt): Promise<Connected> => {
  const { circuit } = way
  let taking: Promise<Connected> | undefined
  const probed = circuit.probe(() => (taking = take(way, input)))
  if (taking !== undefined) return taking
  await withDeadline(() => probed, input)
  if (circuit.state !== 'up') throw noWay()
  return take(way, input)
}

/**
 * Shakes hands over the first way that can be connected; those that were down come last, if it is time to try them again.
 * What may have been delivered is not sent again (message.no-resend).
 * @throws SageError as `initiate`; `peer_rejected` where there is no way, `unreachable` where all are down
 */
export const takeFirst = async (ways: readonly Way[], input: Attempt): Promise<Connected> => {
  if (ways.length === 0)
    throw new SageError(
      'peer_rejected',
      "the agent's card names no endpoint for any of the transports that are allowed",
    )
  const up = ways.filter(({ circuit }) => circuit.state === 'up')
  const others = ways.filter(way => !up.includes(way))
  let refusal = noWay()
  for (const way of [...up, ...others]) {
    const { state } = way.circuit
    if (state === 'down') continue
    try {
      return await (state === 'up' ? take(way, input) : takeDue(way, input))
    } catch (error) {
      if (!isSageError(error, 'unreachable')) throw error
      refusal = error
    }
  }
  throw refusal
}
