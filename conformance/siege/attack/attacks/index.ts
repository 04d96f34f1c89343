import type { Attack } from '../attack.js'
import { badFrames } from './bad-frames.js'
import { garbage } from './garbage.js'
import { gzipBombs } from './gzip-bombs.js'
import { halfOpen } from './half-open.js'
import { handshakeFloodOfMany, handshakeFloodOfOne } from './handshake-floods.js'
import { jsonBombs } from './json-bombs.js'
import { neverReadingHttp, neverReadingSocket, streamsWithoutCredit } from './never-reading.js'
import { oversizeBodies } from './oversize-bodies.js'
import { pingFloods } from './ping-floods.js'
import { replays } from './replays.js'
import { slowBodies } from './slow-bodies.js'
import { slowHeaders } from './slow-headers.js'
import { slowReaders } from './slow-readers.js'
import { slowUpgrades } from './slow-upgrades.js'
import { thousandsOfConnections } from './thousands.js'

/** Every attack, in the order in which they are made. */
export const attacks: readonly Attack[] = [
  slowHeaders,
  slowBodies,
  slowUpgrades,
  halfOpen,
  thousandsOfConnections,
  badFrames,
  garbage,
  oversizeBodies,
  jsonBombs,
  gzipBombs,
  handshakeFloodOfOne,
  handshakeFloodOfMany,
  replays,
  neverReadingHttp,
  neverReadingSocket,
  streamsWithoutCredit,
  pingFloods,
  slowReaders,
]
