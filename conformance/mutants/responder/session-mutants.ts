import { randomBytes } from 'node:crypto'
import type { ServeOptions } from '../../../reference/agent/agent.js'
import { all, insert, mutant, omit, parts, responder, wire, withJson, type Fault } from './mutant.js'
import { forgivesText, ignoresTag, readsAnyBase64, readsJsonWith } from './lenient.js'
import { aliases, in32Bits, oneShort, onlyUpwards, remembersOnlyTheHighest } from './windows.js'

/** Everything that the tag of a record stands for. */
const boundByTag = [
  'record.tag',
  'record.tag/other-key',
  'message.id-bound',
  'message.task-bound',
  'message.encoding-bound',
  'message.encoding-bound/gzip',
  'message.stream-bound',
  'message.metadata-bound',
  'message.kid-bound',
] as const

const nothing = new Uint8Array(0)

/** The fault is in how the responder is run. */
const honest: Fault = seams => seams

/** A responder that has another way to the nonces of its records; everything else is drawn as ever. */
const noncesBy = (nonce: () => Uint8Array): Partial<ServeOptions> => ({
  entropy: length => (length === 12 ? nonce() : new Uint8Array(randomBytes(length))),
})

const counted = (): (() => Uint8Array) => {
  let next = 0
  return () => {
    const nonce = new Uint8Array(12)
    new DataView(nonce.buffer).setUint32(8, next++)
    return nonce
  }
}

/** Responders that are wrong in records, sessions, envelopes or tasks. */
export const sessionMutants = [
  mutant(
    'short-record-malformed',
    ['record.min-length'],
    insert('session', ({ record }) => (record.length < 36 ? 'malformed' : undefined), 'record.min-length'),
  ),
  mutant('last-seq-refused', ['conventions.limit-inclusive/last-seq'], oneShort),
  mutant('seq-in-32-bits', ['record.integer-64'], in32Bits),
  mutant('replay-of-all-but-the-highest', ['record.replay/behind-the-highest'], remembersOnlyTheHighest),
  mutant('tag-ignored', boundByTag, ignoresTag),
  mutant(
    'window-moved-before-the-tag',
    ['record.failure-leaves-no-trace'],
    all(
      omit('opened', 'record.once'),
      insert('session', ({ session, seq }) => void session?.accept(seq)),
    ),
  ),
  mutant(
    'failed-record-refreshes-idle-time',
    ['record.failure-leaves-no-trace/idle'],
    insert('session', ({ session }) => void session?.touch(), 'record.min-length'),
  ),
  mutant('only-upwards', ['record.any-order'], onlyUpwards),
  mutant('window-aliases', ['record.any-order'], aliases),
  mutant('record-marked-late', ['record.once'], honest => {
    const seen = new Set<string>()
    return all(
      omit('session', 'record.replay'),
      omit('opened', 'record.once'),
      insert('session', ({ session, seq }) => {
        const key = `${session?.kid} ${seq}`
        if (seen.has(key)) return 'authentication_failed'
        setTimeout(() => seen.add(key), 25)
        return undefined
      }),
    )(honest)
  }),
  mutant(
    'one-nonce-for-all-records',
    ['record.nonce-random'],
    honest,
    noncesBy(() => new Uint8Array(12)),
  ),
  mutant('nonces-counted', ['record.nonce-random'], honest, noncesBy(counted())),
  mutant(
    'every-other-seq-wasted',
    ['record.seq-from-zero'],
    responder(honest => ({
      recordAccepted: session => {
        honest.recordAccepted(session)
        session.seal(nothing, nothing)
      },
    })),
  ),
  mutant(
    'long-ids-cut',
    ['conventions.token'],
    forgivesText('id', id => id.slice(0, 128)),
  ),
  mutant(
    'ids-trimmed',
    ['conventions.token'],
    forgivesText('id', id => id.trim()),
  ),
  mutant(
    'tasks-without-spaces',
    ['conventions.task'],
    forgivesText('task_id', task => task.replaceAll(' ', '')),
  ),
  mutant(
    'did-fragments-dropped',
    ['conventions.did'],
    forgivesText('did', did => did.replace(/#.*$/, '')),
  ),
  mutant('any-base64', ['conventions.base64-canonical'], readsAnyBase64),
  mutant(
    'byte-order-mark-skipped',
    ['conventions.json-utf8'],
    readsJsonWith(text => text.replace(/^\ufeff/, '')),
  ),
  mutant(
    'fractions-read',
    ['conventions.json-integer'],
    readsJsonWith(text => text),
  ),
  mutant(
    'ping-forgets',
    ['task.ping'],
    responder(() => ({ ping: () => nothing })),
  ),
  mutant(
    'metadata-as-it-came',
    ['message.request-aad/metadata'],
    parts(honest => ({
      encodeMetadata: metadata =>
        Buffer.concat([
          honest.encodeMetadata({}).slice(0, 0),
          Uint8Array.of(0, Object.keys(metadata ?? {}).length),
          ...Object.entries(metadata ?? {}).map(([name, value]) => honest.encodeMetadata({ [name]: value }).slice(2)),
        ]),
    })),
  ),
  mutant(
    'close-echoes',
    ['task.close'],
    responder(() => ({ close: (plaintext, _request, end) => (end(), plaintext) })),
  ),
  mutant(
    'close-without-end',
    ['task.close-ends'],
    responder(() => ({ close: () => nothing })),
  ),
  mutant(
    'echo-cut',
    ['task.echo'],
    responder(() => ({ echo: plaintext => plaintext.slice(0, 4096) })),
  ),
  mutant(
    'authenticated-errors-sent-plain',
    ['error.authenticated-after-open', 'task.unknown'],
    wire(['session'], answer => {
      const { success, error, message_id } = JSON.parse(Buffer.from(answer.body).toString()) as Record<string, unknown>
      return success === true ? answer : { ...withJson(answer, () => ({ success, error, message_id })), status: 404 }
    }),
  ),
  mutant('ended-by-bad-records', ['record.failure-leaves-no-trace/many'], honest => {
    const tried = new Map<string, number>()
    return all(
      insert(
        'session',
        ({ session }) => {
          if (!session) return undefined
          const count = (tried.get(session.kid) ?? 0) + 1
          tried.set(session.kid, count)
          if (count > 6) session.end()
          return count > 6 ? 'session_unknown' : undefined
        },
        'record.min-length',
      ),
      responder(before => ({
        recordAccepted: session => {
          tried.delete(session.kid)
          before.recordAccepted(session)
        },
      })),
    )(honest)
  }),
  mutant(
    'dids-in-any-case',
    ['conventions.did-compare'],
    all(
      omit('session', 'message.did-initiator'),
      insert('session', ({ session, message }) =>
        session && session.initDid.toLowerCase() !== message.did.toLowerCase() ? 'authentication_failed' : undefined,
      ),
    ),
  ),
  mutant(
    'errors-explained-inside',
    ['error.empty-plaintext'],
    parts(honest => ({
      sealAead: (input, plaintext) =>
        honest.sealAead(
          input,
          Buffer.from(input.aad).includes('task_unsupported') ? Buffer.from('no such task') : plaintext,
        ),
    })),
  ),
]
