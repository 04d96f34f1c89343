import type { VectorFile } from '../../schemas/index.js'
import { ask, buildFile } from './build.js'
import type { Ask, Family } from './case.js'
import { aad } from './families/aad.js'
import { ackTag } from './families/ack-tag.js'
import { base64 } from './families/base64.js'
import { cards } from './families/cards.js'
import { gzip } from './families/gzip.js'
import { handshakeDerivation } from './families/handshake-derivation.js'
import { handshakeMessages } from './families/handshake-messages.js'
import { hkdf } from './families/hkdf.js'
import { hpke } from './families/hpke.js'
import { json } from './families/json.js'
import { keys } from './families/keys.js'
import { keySchedule } from './families/key-schedule.js'
import { namesAndTimes } from './families/names-and-times.js'
import { receiveTraces } from './families/receive-traces.js'
import { recorded } from './families/recorded.js'
import { records } from './families/records.js'
import { transcript } from './families/transcript.js'

const families: readonly ((ask: Ask) => Family)[] = [
  base64,
  namesAndTimes,
  json,
  keys,
  cards,
  hkdf,
  hpke,
  handshakeDerivation,
  ackTag,
  handshakeMessages,
  keySchedule,
  records,
  receiveTraces,
  aad,
  gzip,
  transcript,
  recorded,
]

/**
 * Every vector file with its name: the same bytes on every run.
 * @throws Error when a value is not the one of its outside source
 */
export const buildVectorFiles = (): { name: string; file: VectorFile }[] =>
  families.map(describe => {
    const family = describe(ask)
    return { name: family.name, file: buildFile(family) }
  })

/** The text of a vector file. */
export const encodeVectorFile = (file: VectorFile): string => `${JSON.stringify(file, null, 2)}\n`
