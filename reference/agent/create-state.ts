import { defaultLimits } from '../../schemas/index.js'
import { composeResolver } from '../identity/resolver.js'
import type { ServeOptions } from './agent.js'
import { undisturbed } from './agent-event.js'
import { systemClock, systemEntropy } from './clock.js'
import { capabilitiesOf } from './capabilities.js'
import { createStores } from './create-stores.js'
import { InflationRoom } from './inflation-room.js'
import type { ResponderSeams, ResponderState } from './responder-state.js'
import { servedStreams } from './served-streams.js'
import { StreamTable } from './stream-table.js'
import { servedTasks } from './tasks.js'

const MESSAGES_INFLATED = 16
const LOOKUP_TIMEOUT_MS = 5_000

/**
 * What a responder has at hand, from what its deployer asks for.
 * @throws SageError `configuration` for a task with a wrong name
 */
export const createState = (options: ServeOptions, seams: ResponderSeams): ResponderState => {
  const { parts, responderParts, streamParts, guards } = seams
  const { identity, clock = systemClock, entropy = systemEntropy, resolver, admit = () => true } = options
  const capabilities = new Set(capabilitiesOf(options))
  const limits = { ...defaultLimits, ...options.limits }
  const log = undisturbed(options.log)
  return {
    identity,
    limits,
    inflations: new InflationRoom(options.caps?.inflatedBytes ?? MESSAGES_INFLATED * limits.maxMessageBytes),
    parts,
    responderParts,
    streamParts,
    guards,
    capabilities,
    tasks: servedTasks(options.tasks ?? {}, capabilities.has('echo'), responderParts),
    streamTasks: servedStreams(options.streams ?? {}, capabilities.has('echo') ? responderParts.echoStream : undefined),
    streams: new StreamTable(streamParts.keyOf),
    maxStreamBytes: options.caps?.streamBytesPerConnection ?? limits.streamWindow * limits.maxMessageBytes,
    ...createStores(options, seams, { limits, clock, entropy, log }),
    resolve: composeResolver(resolver ? [resolver] : [], parts),
    admit,
    lookupTimeoutMs: options.lookupTimeoutMs ?? LOOKUP_TIMEOUT_MS,
    clock,
    entropy,
    log,
  }
}
