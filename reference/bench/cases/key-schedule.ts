import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { createHash, hkdfSync } from 'node:crypto'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { compress } from '../../crypto/sha256-compress.js'
import { KeyBlock } from '../../session/key-block.js'
import { writeTrafficKeys } from '../../session/key-schedule.js'
import type { BenchCase, Row } from '../bench-case.js'

const SID_LABEL = encodeUtf8('sage/hpke+e2e v1')
const SESSION_KEYS = encodeUtf8('sage-session-keys-v1')
const DIRECTIONAL_KEYS = encodeUtf8('sage-directional-keys-v1')

const seed = Uint8Array.from({ length: 32 }, (_, at) => at)

/** The keys as one would write them down: six buffers, and an HKDF from the seed for each. */
const sixHkdfs = (): unknown => {
  const sid = Buffer.from(sha256(Buffer.concat([SID_LABEL, seed])).subarray(0, 16)).toString('base64url')
  const salt = encodeUtf8(sid)
  const key = (info: Uint8Array, offset: number): Uint8Array =>
    hkdf(sha256, seed, salt, info, offset + 32).subarray(offset)
  return {
    sid,
    encryptKey: key(SESSION_KEYS, 0),
    signingKey: key(SESSION_KEYS, 32),
    c2sEnc: key(DIRECTIONAL_KEYS, 0),
    c2sSign: key(DIRECTIONAL_KEYS, 32),
    s2cEnc: key(DIRECTIONAL_KEYS, 64),
    s2cSign: key(DIRECTIONAL_KEYS, 96),
  }
}

/** The same bytes out of OpenSSL. */
const hkdfSyncs = (): unknown => {
  const sid = createHash('sha256').update(SID_LABEL).update(seed).digest().toString('base64url', 0, 16)
  return [hkdfSync('sha256', seed, sid, SESSION_KEYS, 64), hkdfSync('sha256', seed, sid, DIRECTIONAL_KEYS, 128)]
}

const block = new KeyBlock()
const [keys, trafficKeys] = [new Uint8Array(192), new Uint8Array(64)]

/** So many compressions in a loop, and nothing else. */
const compressions = (count: number): (() => void) => {
  const [state, schedule] = [new Int32Array(8), new Int32Array(64)]
  return () => {
    for (let done = 0; done < count; done++) compress(state, schedule)
  }
}

const otherWays = { 'six noble hkdf': { operation: sixHkdfs }, hkdfSync: { operation: hkdfSyncs } } as const

const AROUND = 'the rest is bytes that become words and words that become bytes, and the erasure of every buffer'

const NO_GARBAGE: readonly Row[] = [
  { figure: 'bytes', goal: { sense: 'at most', value: 0 } },
  { figure: 'bytes', against: 'six noble hkdf', goal: { sense: 'at most', value: 0.05 } },
  { figure: 'allocations', against: 'six noble hkdf', goal: { sense: 'at most', value: 0.05 } },
]

/** The key schedule of session.md beside other ways to its bytes, and beside the hash that it is made of. */
export const keyScheduleCases: readonly BenchCase[] = [
  {
    name: 'session/key-block',
    unit: 'session',
    about: 'From the seed of a handshake to the block of all six keys: 22 compressions of SHA-256.',
    rows: [
      { figure: 'time', against: 'six noble hkdf', goal: { sense: 'at least', value: 5 } },
      { figure: 'time', against: 'hkdfSync', goal: { sense: 'at least', value: 1.3 } },
      { figure: 'cpu', against: '22 compressions', bounds: AROUND },
      ...NO_GARBAGE,
    ],
    setUp: () => ({
      subject: { operation: () => block.write(seed, keys, 0) },
      baselines: { ...otherWays, '22 compressions': { operation: compressions(22) } },
    }),
  },
  {
    name: 'session/traffic-keys',
    unit: 'session',
    about:
      'From the seed to the two keys that a 1.0 session has, in their place, with the seed erased: 15 compressions. The others make all six.',
    rows: [
      { figure: 'time', against: 'six noble hkdf', goal: { sense: 'at least', value: 5 } },
      { figure: 'time', against: 'hkdfSync', goal: { sense: 'at least', value: 1.3 } },
      { figure: 'cpu', against: '15 compressions', bounds: AROUND },
      ...NO_GARBAGE,
    ],
    setUp: () => {
      const ownSeed = new Uint8Array(32)
      const operation = (): void => {
        ownSeed.set(seed)
        writeTrafficKeys(ownSeed, trafficKeys, 0)
      }
      return {
        subject: { operation },
        baselines: { ...otherWays, '15 compressions': { operation: compressions(15) } },
      }
    },
  },
]
