import { isSageError, SageError } from '../bytes/sage-error.js'
import type { Channel, ChannelOptions } from '../transport/channel.js'
import { initiate, messageIdOf, type InitiateInput } from './initiate.js'
import type { LiveSession } from './live-session.js'
import type { Route } from './transports.js'

/** What shakes hands, over whichever route. */
export type Attempt = Omit<InitiateInput, 'channel'>

/** A session, and what carries it. */
export interface Connected {
  readonly route: Route
  readonly channel: Channel
  readonly live: LiveSession
}

const take = async (route: Route, input: Attempt): Promise<Connected> => {
  const { peer, clock, timeoutMs, signal, seams } = input
  const options: ChannelOptions = {
    maxMessageBytes: peer.limits.maxMessageBytes,
    messageIdOf: answer => messageIdOf(answer, seams.parts),
    monotonic: () => clock.monotonic(),
    timeoutMs,
    signal,
  }
  const channel = await seams.initiatorParts.open(route.transport, route.endpoint, options)
  try {
    return { route, channel, live: await initiate({ ...input, channel }) }
  } catch (error) {
    await channel.close()
    throw error
  }
}

/**
 * Shakes hands over the first route that can be connected. What may have been delivered is not sent again
 * (message.no-resend).
 * @throws SageError as `initiate`, and `peer_rejected` where there is no route
 */
export const takeFirst = async ([route, ...others]: readonly Route[], input: Attempt): Promise<Connected> => {
  if (route === undefined)
    throw new SageError(
      'peer_rejected',
      "the agent's card names no endpoint for any of the transports that are allowed",
    )
  try {
    return await take(route, input)
  } catch (error) {
    if (others.length === 0 || !isSageError(error, 'unreachable')) throw error
    return takeFirst(others, input)
  }
}
