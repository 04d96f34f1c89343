import type { JsonObject } from '../../../reference/bytes/json.js'
import { malformed } from '../../../reference/bytes/sage-error.js'
import { forgives, forgivesText } from './lenient.js'
import { all, insert, mutant, parts, type Fault } from './mutant.js'

type Changing = Record<string, unknown>

/** Refuses an object that is read and is as it should be. */
const refuses = (wrong: (value: Changing) => boolean): Fault =>
  parts(honest => ({
    parseJson: bytes => {
      const value = honest.parseJson(bytes)
      if (wrong(value as Changing)) throw malformed('not of the form')
      return value
    },
  }))

/** The nesting of JSON text, brackets within texts not among it: there are none in what the suite sends. */
const depthOf = (bytes: Uint8Array): number => {
  let [depth, deepest] = [0, 0]
  for (const byte of bytes) {
    if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, ++depth)
    if (byte === 0x5d || byte === 0x7d) depth--
  }
  return deepest
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

/** Reads JSON that is deeper than it may be in a way of its own. */
const readsDeep = (read: (value: Changing) => Changing): Fault =>
  parts(honest => ({
    parseJson: bytes =>
      depthOf(bytes) > 16 ? (read(JSON.parse(textOf(bytes)) as Changing) as JsonObject) : honest.parseJson(bytes),
  }))

const streamOf = (value: Changing): Changing | undefined =>
  typeof value['stream'] === 'object' && value['stream'] !== null ? (value['stream'] as Changing) : undefined

/** Forgives something in the `stream` of a message, in a copy. */
const forgivesStream = (change: (stream: Changing) => Changing): Fault =>
  forgives(value => {
    const stream = streamOf(value)
    if (stream) value['stream'] = change(stream)
  })

const masked = (point: Uint8Array): Uint8Array => point.with(31, (point[31] ?? 0) & 0x7f)

const hasHighBit = (point: Uint8Array): boolean => ((point[31] ?? 0) & 0x80) !== 0

const isAboveP = (point: Uint8Array): boolean =>
  point[31] === 0x7f && (point[0] ?? 0) >= 0xed && point.subarray(1, 31).every(byte => byte === 0xff)

/** b64 as Node reads its last bits, written anew. */
const unusedBitsDropped = (b64: string): string => {
  const canonical = Buffer.from(b64, 'base64').toString('base64')
  return canonical.length === b64.length && canonical.slice(0, -4) === b64.slice(0, -4) ? canonical : b64
}

const pointsReadAnew = (b64u: string): string => {
  const canonical = Buffer.from(b64u, 'base64url').toString('base64url')
  return canonical.length === b64u.length ? canonical : b64u
}

const isLong = (value: unknown): boolean => typeof value === 'string' && value.length === 128

/** Responders that take another form than there is, or not all of those that there are. */
export const formMutants = [
  mutant(
    'eph-c-made-canonical',
    ['identity.x25519-masking/eph-c'],
    parts(honest => ({
      th: (transcript, steps) => honest.th({ ...transcript, ephC: masked(transcript.ephC) }, steps),
    })),
  ),
  mutant(
    'enc-made-canonical',
    ['identity.x25519-masking/enc'],
    parts(honest => ({
      exportAsReceiver: (input, steps) => honest.exportAsReceiver({ ...input, enc: masked(input.enc) }, steps),
    })),
  ),
  mutant(
    'high-bits-refused',
    ['identity.x25519-masking/eph-c', 'identity.x25519-masking/enc'],
    insert('handshake', ({ payload: { enc, ephC } }) =>
      hasHighBit(enc) || hasHighBit(ephC) ? 'authentication_failed' : undefined,
    ),
  ),
  mutant(
    'coordinates-above-the-prime-refused',
    ['identity.x25519-masking/eph-c'],
    insert('handshake', ({ payload: { ephC } }) => (isAboveP(ephC) ? 'authentication_failed' : undefined)),
  ),
  mutant(
    'too-deep-is-left-out',
    ['conventions.json-depth', 'conventions.json-depth/payload'],
    readsDeep(({ extra: _, ...value }) => value),
  ),
  mutant(
    'any-depth-is-read',
    ['conventions.json-depth/read'],
    readsDeep(value => value),
  ),
  mutant(
    'fifteen-deep-at-most',
    ['conventions.json-depth/read'],
    parts(honest => ({
      parseJson: bytes => {
        if (depthOf(bytes) > 15) throw malformed('too deep')
        return honest.parseJson(bytes)
      },
    })),
  ),
  mutant(
    'any-role',
    ['message.schema/handshake'],
    forgives(value => {
      if (typeof value['role'] === 'string' && value['signature'] !== undefined) delete value['role']
    }),
  ),
  mutant(
    'role-demanded',
    ['message.schema/role'],
    refuses(({ signature, role }) => signature !== undefined && role === undefined),
  ),
  mutant(
    'context-ids-of-any-length',
    ['conventions.token/handshake', 'conventions.token/members'],
    forgivesText('context_id', text => text.slice(0, 128)),
  ),
  mutant(
    'nonces-of-any-length',
    ['conventions.token/handshake'],
    forgivesText('nonce', text => text.slice(0, 128)),
  ),
  mutant(
    'stream-ids-of-any-form',
    ['conventions.token/members'],
    forgivesStream(stream => ({ ...stream, id: 'stream-1' })),
  ),
  mutant(
    'numbers-of-streams-cut-to-32-bits',
    ['message.schema/stream'],
    forgivesStream(stream =>
      Object.fromEntries(
        Object.entries(stream).map(([name, value]) => [name, typeof value === 'number' ? value >>> 0 : value]),
      ),
    ),
  ),
  mutant(
    'any-cancel',
    ['message.schema/stream'],
    forgivesStream(stream => ('cancel' in stream ? { ...stream, cancel: true } : stream)),
  ),
  mutant(
    'coding-names-in-capitals',
    ['message.schema/names'],
    forgivesText('encoding', text => text.toLowerCase()),
  ),
  mutant(
    'metadata-names-of-any-length',
    ['message.schema/names'],
    forgives(value => {
      const { metadata } = value
      if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return
      value['metadata'] = Object.fromEntries(Object.entries(metadata).map(([name, each]) => [name.slice(0, 32), each]))
    }),
  ),
  ...(['context_id', 'id', 'nonce', 'task_id', 'stream'] as const).map(member =>
    mutant(
      `${member.replace('_', '-')}-below-128-characters`,
      ['conventions.limit-inclusive/forms'],
      refuses(value => isLong(member === 'stream' ? streamOf(value)?.['id'] : value[member])),
    ),
  ),
  mutant(
    'unused-bits-of-signatures-taken',
    ['conventions.base64-canonical/handshake'],
    forgivesText('signature', unusedBitsDropped),
  ),
  mutant(
    'unused-bits-of-points-taken',
    ['conventions.base64-canonical/points'],
    all(forgivesText('enc', pointsReadAnew), forgivesText('ephC', pointsReadAnew)),
  ),
]
