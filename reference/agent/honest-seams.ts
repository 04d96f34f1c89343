import { taskGuards as handshakeTaskGuards } from '../handshake/responder-guards.js'
import { frontGuards, httpGuards } from '../http/http-guards.js'
import { httpParts } from '../http/http-parts.js'
import { honestWire } from '../http/wire.js'
import { honestParts } from '../parts.js'
import { incomingGuards, loadGuards } from '../websocket/incoming-guards.js'
import { upgradeGuards } from '../websocket/upgrade-guards.js'
import { webSocketParts } from '../websocket/websocket-parts.js'
import { batchGuards, elementGuards } from './batch-guards.js'
import { handshakeGuards } from './handshake-guards.js'
import { cardGuards } from './card-page.js'
import { healthGuards } from './health-page.js'
import { metricsGuards } from './metrics-page.js'
import { responderParts } from './responder-parts.js'
import type { ResponderSeams } from './responder-state.js'
import { lifeGuards, openedGuards, sessionGuards } from './session-guards.js'
import { streamGuards } from './stream-guards.js'
import { streamParts } from './stream-parts.js'
import { argumentGuards, taskGuards } from './tasks.js'

/** The responder as the specification has it. */
export const honestSeams: ResponderSeams = {
  parts: honestParts,
  responderParts,
  streamParts,
  guards: {
    front: frontGuards,
    http: httpGuards,
    batch: batchGuards,
    element: elementGuards,
    upgrade: upgradeGuards,
    incoming: incomingGuards,
    load: loadGuards,
    handshakeTask: handshakeTaskGuards,
    handshake: handshakeGuards,
    card: cardGuards,
    health: healthGuards,
    metrics: metricsGuards,
    life: lifeGuards,
    session: sessionGuards,
    opened: openedGuards,
    task: taskGuards,
    stream: streamGuards,
    arguments: argumentGuards,
  },
  wire: honestWire,
  http: httpParts,
  webSocket: webSocketParts,
}
