import { base58 } from '@scure/base'
import { randomBytes } from 'node:crypto'
import type { LiveSession } from '../../../reference/agent/live-session.js'
import { encodeTime } from '../../../reference/bytes/time.js'
import { all, insert, mutant, omit, parts, responder, wire, withJson, withoutHeader } from './mutant.js'
import { forgives, forgivesText, readsJsonWith } from './lenient.js'
import { anyEd25519Key } from '../any-ed25519-key.js'
import { reduced } from '../reduced-signature.js'

const SECOND = 1_000_000_000n
const BORDER = 120n * SECOND

/** Remembers what it sees a little late: two at once are both new. */
const rememberLate = () => {
  const seen = new Set<string>()
  return (key: string): boolean => {
    if (seen.has(key)) return true
    setTimeout(() => seen.add(key), 25)
    return false
  }
}

/** Names of something that takes the place of a session, and is none. */
const standIn = (initDid: string) => ({ kid: `stand-in-${Math.random()}`, initDid, contextId: 'none' })

/** Responders that are wrong in the card or in the handshake. */
export const handshakeMutants = [
  mutant(
    'card-as-html',
    ['card.published'],
    wire(['card'], answer => ({ ...answer, headers: { 'content-type': 'text/html' } })),
  ),
  mutant(
    'card-changed-after-signing',
    ['card.acceptable'],
    wire(['card'], answer => withJson(answer, card => ({ ...card, name: 'another' }))),
  ),
  mutant(
    'card-long-expired',
    ['card.acceptable'],
    wire(['card'], answer => withJson(answer, card => ({ ...card, expiresAt: '2020-01-01T00:00:00Z' }))),
  ),
  mutant(
    'handshake-answered-with-201',
    ['handshake.answered'],
    wire(['handshake'], answer => ({ ...answer, status: 201 })),
  ),
  mutant(
    'handshake-answer-without-data',
    ['handshake.answered'],
    wire(['handshake'], answer => withJson(answer, ({ data: _, ...rest }) => rest)),
  ),
  mutant(
    'ack-tag-of-zeros',
    ['handshake.response-correct'],
    parts(() => ({ ackTag: () => new Uint8Array(32) })),
  ),
  mutant(
    'response-signed-in-other-order',
    ['handshake.response-correct'],
    parts(() => ({ signedText: fields => JSON.stringify(fields, Object.keys(fields).sort()) })),
  ),
  mutant(
    'unknown-members-dropped',
    ['handshake.request-schema', 'message.schema'],
    forgives(value => delete value['extra']),
  ),
  mutant(
    'empty-nonce-filled-in',
    ['handshake.request-schema'],
    forgivesText('nonce', nonce => nonce || 'nonce'),
  ),
  mutant(
    'lower-case-z-read',
    ['conventions.time'],
    forgivesText('ts', ts => ts.replace('z', 'Z')),
  ),
  mutant(
    'offset-dropped',
    ['conventions.time'],
    forgivesText('ts', ts => ts.replace('+00:00', 'Z')),
  ),
  mutant(
    '30-february-is-today',
    ['conventions.time'],
    parts(honest => ({ parseTime: text => honest.parseTime(text.replace('-02-30T', '-02-28T')) })),
  ),
  mutant(
    'last-of-two-names-wins',
    ['conventions.json-duplicate-signed', 'conventions.json-duplicate'],
    readsJsonWith(text => text),
  ),
  mutant(
    'ts-border-a-second-late',
    ['handshake.ts-fresh'],
    all(
      omit('handshake', 'handshake.ts-fresh'),
      insert('handshake', ({ payload, now }) => {
        const apart = payload.ts > now ? payload.ts - now : now - payload.ts
        return apart > BORDER + 1_000_000_000n ? 'authentication_failed' : undefined
      }),
    ),
  ),
  ...([-1n, 1n] as const).map(side =>
    mutant(
      `ts-border-five-seconds-${side < 0n ? 'in-the-past' : 'ahead'}`,
      ['handshake.ts-fresh/border'],
      all(
        omit('handshake', 'handshake.ts-fresh'),
        insert(
          'handshake',
          ({ payload, now }) => {
            const ahead = payload.ts - now
            const isFar =
              side < 0n
                ? ahead > BORDER || ahead < -BORDER - 5n * SECOND
                : ahead < -BORDER || ahead > BORDER + 5n * SECOND
            return isFar ? 'authentication_failed' : undefined
          },
          'handshake.info-match',
        ),
      ),
    ),
  ),
  ...([-1n, 1n] as const).map(side =>
    mutant(
      `ts-five-seconds-short-${side < 0n ? 'in-the-past' : 'ahead'}`,
      ['handshake.ts-fresh/border'],
      insert(
        'handshake',
        ({ payload, now }) => (side * (payload.ts - now) > BORDER - 5n * SECOND ? 'authentication_failed' : undefined),
        'handshake.info-match',
      ),
    ),
  ),
  mutant(
    'ts-border-excluded',
    ['conventions.limit-inclusive/ts'],
    insert('handshake', ({ payload, now }) => {
      const apart = payload.ts > now ? payload.ts - now : now - payload.ts
      return apart >= BORDER ? 'authentication_failed' : undefined
    }),
  ),
  mutant(
    'replay-keyed-by-nonce-alone',
    ['handshake.nonce-scope'],
    responder(() => ({ replayKey: (_did, nonce) => nonce })),
  ),
  mutant('replay-keyed-by-context-and-nonce', ['handshake.nonce-scope/same-context'], honest => {
    const seen = new Set<string>()
    return all(
      omit('handshake', 'handshake.nonce-single-use'),
      insert('handshake', ({ payload }) => {
        // Signed, and compared with what follows from the context before.
        const key = `${payload.exportCtx}|${payload.nonce}`
        if (seen.has(key)) return 'authentication_failed'
        seen.add(key)
        return undefined
      }),
    )(honest)
  }),
  mutant('nonce-tested-then-set', ['handshake.nonce-atomic'], honest => {
    const isSeen = rememberLate()
    return all(
      omit('handshake', 'handshake.nonce-single-use'),
      insert('handshake', ({ did, payload }) =>
        isSeen(`${did}|${payload.nonce}`) ? 'authentication_failed' : undefined,
      ),
    )(honest)
  }),
  mutant(
    'low-order-points-taken',
    ['handshake.low-order'],
    parts(honest => ({
      isSmallOrderX25519: () => false,
      x25519: (privateKey, publicKey) => {
        try {
          return honest.x25519(privateKey, publicKey)
        } catch {
          return new Uint8Array(32)
        }
      },
    })),
  ),
  mutant(
    'one-kid-for-all',
    ['handshake.kid-unique'],
    responder(() => ({ newKid: () => 'kid-0' })),
  ),
  mutant('kid-by-counter', ['handshake.kid-form'], honest => {
    let count = 0
    return responder(() => ({ newKid: () => `session-${++count}` }))(honest)
  }),
  mutant(
    'only-record-0-confirms',
    ['handshake.confirmed'],
    responder(() => ({
      recordAccepted: session => {
        session.touch()
        if (session.highest === 0n) session.confirm()
      },
    })),
  ),
  mutant(
    'any-record-confirms',
    ['handshake.failed-record-confirms-nothing'],
    insert('session', ({ session }) => void session?.confirm(), 'record.min-length'),
  ),
  mutant('response-time-of-yesterday', ['handshake.response-correct'], honest => ({
    ...honest,
    parts: { ...honest.parts, signedText: fields => honest.parts.signedText({ ...fields, ts: encodeTime(0n) }) },
  })),
  mutant(
    'payload-before-the-task',
    ['error.precedence/handshake'],
    parts(honest => ({
      parseJson: bytes => {
        const value = honest.parseJson(bytes)
        if (typeof value['signature'] === 'string') honest.parseJson(honest.parseBase64(String(value['payload'])))
        return value
      },
    })),
  ),
  mutant(
    'refused-handshakes-make-sessions',
    ['handshake.no-session'],
    insert(
      'handshake',
      ({ sessions, did }) => {
        const added = sessions.add(standIn(did), () => undefined)
        if (!(added instanceof Promise)) added.confirm()
        return undefined
      },
      'handshake.low-order',
    ),
    { limits: { maxSessionsPerDid: 4 } },
  ),
  mutant(
    'sessions-evicted-at-the-cap',
    ['handshake.capacity'],
    honest => {
      const known = new Set<LiveSession>()
      return all(
        insert('session', ({ session }) => void (session && known.add(session))),
        insert(
          'handshake',
          ({ sessions, did }) => {
            const oldest = [...known].find(({ initDid, ended }) => initDid === did && !ended)
            if (oldest && !sessions.hasRoomFor(did)) oldest.end()
            return undefined
          },
          'handshake.did-resolves',
        ),
      )(honest)
    },
    { limits: { maxSessionsPerDid: 3 } },
  ),
  mutant('no-retry-after', ['handshake.capacity'], wire(['error'], withoutHeader('retry-after')), {
    limits: { maxSessionsPerDid: 3 },
  }),
  mutant('nonce-forgotten-after-five-minutes', ['handshake.no-forgetting'], honest => {
    const claimed = new Map<string, bigint>()
    return all(
      omit('handshake', 'handshake.nonce-single-use'),
      insert('handshake', ({ payload, did, now }) => {
        const key = `${did}|${payload.nonce}`
        const before = claimed.get(key)
        claimed.set(key, now)
        return before !== undefined && now - before < 300_000_000_000n ? 'authentication_failed' : undefined
      }),
    )(honest)
  }),
  mutant('any-32-bytes-a-key', ['identity.key-small-order', 'identity.key-canonical'], parts(anyEd25519Key)),
  mutant(
    'any-s',
    ['identity.signature-strict'],
    parts(honest => ({
      isEd25519Signature: (key, message, signature) => honest.isEd25519Signature(key, message, reduced(signature)),
    })),
  ),
  mutant(
    'any-multicodec',
    ['identity.did-key-form'],
    parts(honest => ({ decodeDidKey: did => honest.parseEd25519PublicKey(lastKeyIn(did)) })),
  ),
  mutant('one-ephemeral-for-all', ['handshake.ephemeral-fresh'], honest => honest, {
    entropy: length => (length === 32 ? new Uint8Array(32).fill(7) : randomBytes(length)),
  }),
  mutant('twenty-nonces-remembered', ['handshake.no-forgetting/crowd'], honest => {
    const newest: string[] = []
    return all(
      omit('handshake', 'handshake.nonce-single-use'),
      insert(
        'handshake',
        ({ payload, did }) => {
          const key = `${did}|${payload.nonce}`
          if (newest.includes(key)) return 'authentication_failed'
          if (newest.push(key) > 20) newest.shift()
          return undefined
        },
        'handshake.low-order',
      ),
    )(honest)
  }),
]

/** The first 32 bytes after two, or the last 32, of whatever a `did:key` encodes. */
const lastKeyIn = (did: string): Uint8Array => {
  const bytes = base58.decode(did.slice('did:key:z'.length))
  return bytes[1] === 1 ? bytes.slice(2, 34) : bytes.slice(-32)
}
