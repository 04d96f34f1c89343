import { encodeTime } from '../../../reference/bytes/time.js'
import { all, insert, move, mutant, omit, parts, responder, wire, withJson } from './mutant.js'
import { forgives, forgivesText, readsJsonWith } from './lenient.js'

const BORDER = 120n * 1_000_000_000n

/** Remembers what it sees a little late: two at once are both new. */
const rememberLate = () => {
  const seen = new Set<string>()
  return (key: string): boolean => {
    if (seen.has(key)) return true
    setTimeout(() => seen.add(key), 25)
    return false
  }
}

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
  mutant('other-task-taken-for-the-handshake', ['handshake.task'], omit('handshakeTask', 'handshake.task')),
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
  mutant('unknown-did-trusted', ['handshake.did-resolves'], omit('handshake', 'handshake.did-resolves')),
  mutant(
    'signature-not-checked',
    ['handshake.signature', 'handshake.signature/other-key'],
    omit('handshake', 'handshake.signature'),
  ),
  mutant('init-did-not-compared', ['handshake.did-match'], omit('handshake', 'handshake.did-match')),
  mutant('resp-did-not-compared', ['handshake.resp-did'], omit('handshake', 'handshake.resp-did')),
  mutant('ts-not-looked-at', ['handshake.ts-fresh'], omit('handshake', 'handshake.ts-fresh')),
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
  mutant(
    'ts-border-excluded',
    ['conventions.limit-inclusive/ts'],
    insert('handshake', ({ payload, now }) => {
      const apart = payload.ts > now ? payload.ts - now : now - payload.ts
      return apart >= BORDER ? 'authentication_failed' : undefined
    }),
  ),
  mutant('info-not-compared', ['handshake.info-match'], omit('handshake', 'handshake.info-match')),
  mutant('export-ctx-not-compared', ['handshake.export-ctx-match'], omit('handshake', 'handshake.export-ctx-match')),
  mutant('nonce-not-remembered', ['handshake.nonce-single-use'], omit('handshake', 'handshake.nonce-single-use')),
  mutant(
    'replay-keyed-by-nonce-alone',
    ['handshake.nonce-scope'],
    responder(() => ({ replayKey: (_did, nonce) => nonce })),
  ),
  mutant(
    'nonce-burnt-before-the-signature',
    ['handshake.nonce-after-checks'],
    move('handshake', 'handshake.nonce-single-use', 'handshake.signature'),
  ),
  mutant(
    'nonce-burnt-before-the-time',
    ['handshake.nonce-after-checks'],
    move('handshake', 'handshake.nonce-single-use', 'handshake.ts-fresh'),
  ),
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
    'nonce-forgotten-when-the-rest-fails',
    ['handshake.nonce-stands'],
    move('handshake', 'handshake.low-order', 'handshake.nonce-single-use'),
  ),
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
  mutant('provisional-for-ever', ['handshake.provisional-dropped'], omit('life', 'handshake.provisional-dropped')),
  mutant(
    'any-record-confirms',
    ['handshake.failed-record-confirms-nothing'],
    insert('session', ({ session }) => void session?.confirm(), 'record.min-length'),
  ),
  mutant('response-time-of-yesterday', ['handshake.response-correct'], honest => ({
    ...honest,
    parts: { ...honest.parts, signedText: fields => honest.parts.signedText({ ...fields, ts: encodeTime(0n) }) },
  })),
]
