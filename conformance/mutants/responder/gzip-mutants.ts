import { constants, gunzipSync, gzipSync, inflateRawSync, unzipSync } from 'node:zlib'
import { ECHO_TASK, MAX_PING_BYTES, MIN_GZIP_BYTES, PING_TASK } from '../../../schemas/index.js'
import { asksForGzip } from '../../../reference/agent/encoding.js'
import type { ResponderParts } from '../../../reference/agent/responder-parts.js'
import { malformed } from '../../../reference/bytes/sage-error.js'
import type { Parts } from '../../../reference/parts.js'
import { withZerosBefore } from '../zeros-before.js'
import { all, insert, mutant, omit, parts, responder, type Fault } from './mutant.js'

const HEADER_BYTES = 10
const TRAILER_BYTES = 8

/** Reads compressed plaintexts in some other way; what it throws is `malformed`. */
const inflates = (inflate: (member: Uint8Array, maxBytes: number, honest: Parts) => Uint8Array | Promise<Uint8Array>) =>
  parts(honest => ({
    inflate: async (member, maxBytes) => {
      try {
        return Uint8Array.from(await inflate(member, maxBytes, honest))
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return honest.inflate(member, maxBytes)
        throw cause instanceof Error && 'errno' in cause ? malformed('not gzip', { cause }) : cause
      }
    },
  }))

/** The plaintext of a member, its trailer not looked at. */
const untrailed = (member: Uint8Array, maxOutputLength: number): Uint8Array =>
  inflateRawSync(member.subarray(HEADER_BYTES), { maxOutputLength })

/** Low enough that what inflates too far does not take long. */
const low = { limits: { maxMessageBytes: 65_536 } }

type Message = Parameters<ResponderParts['answerEncoding']>[0]

/** Compresses some answers and not others. */
const codingOf = (isCompressed: (message: Message, plaintext: Uint8Array) => boolean): Fault =>
  responder(() => ({
    answerEncoding: (message, plaintext) => (isCompressed(message, plaintext) ? 'gzip' : undefined),
  }))

const isLarge = (plaintext: Uint8Array): boolean => plaintext.length >= MIN_GZIP_BYTES

/** Compresses whatever it answers to whom asks for that, errors too. */
const errorsCompressed: Fault = honest => {
  let [isAsked, isError] = [false, false]
  return all(
    insert('task', ({ message }) => void (isAsked = asksForGzip(message)), 'task.unknown'),
    parts(before => ({
      responseAad: (response, hash, parts) => {
        isError = isAsked && !response.success
        if (isError) Object.assign(response, { encoding: 'gzip' })
        return before.responseAad(response, hash, parts)
      },
      sealAead: (input, plaintext) => before.sealAead(input, isError ? gzipSync(plaintext) : plaintext),
    })),
  )(honest)
}

/** Answers each chunk of a stream with the coding of the one that opened it. */
const codingOfTheOpening: Fault = honest => {
  const codings = new Map<string, string | undefined>()
  return codingOf(message => {
    const name = `${message.kid} ${message.stream?.id ?? message.id}`
    if (!codings.has(name)) codings.set(name, message.encoding)
    return codings.get(name) === 'gzip'
  })(honest)
}

/** Responders that are wrong in compression. */
export const gzipMutants = [
  mutant(
    'gzip-of-stored-blocks-refused',
    ['gzip.request'],
    inflates((member, maxBytes, honest) => {
      if (((member[HEADER_BYTES] ?? 0) & 6) === 0) throw malformed('not compressed')
      return honest.inflate(member, maxBytes)
    }),
  ),
  mutant(
    'gzip-header-of-ten-bytes',
    ['gzip.request'],
    inflates((member, maxBytes) => untrailed(member, maxBytes)),
  ),
  mutant(
    'gzip-with-zeros-before-the-beginning',
    ['gzip.one-member'],
    inflates((member, maxBytes, honest) => withZerosBefore(member, maxBytes, honest.inflate)),
  ),
  mutant(
    'gzip-of-any-number-of-members',
    ['gzip.one-member'],
    inflates((member, maxOutputLength) => gunzipSync(member, { maxOutputLength })),
  ),
  mutant(
    'gzip-cut-short',
    ['gzip.one-member'],
    inflates((member, maxOutputLength) => gunzipSync(member, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH })),
  ),
  mutant(
    'zlib-taken-for-gzip',
    ['gzip.one-member'],
    inflates((member, maxBytes, honest) => (member[0] === 0x78 ? unzipSync(member) : honest.inflate(member, maxBytes))),
  ),
  mutant(
    'gzip-length-unchecked',
    ['gzip.one-member'],
    inflates((member, maxBytes, honest) => {
      if (member.length < HEADER_BYTES + TRAILER_BYTES) return honest.inflate(member, maxBytes)
      const plaintext = untrailed(member, maxBytes)
      const mended = Buffer.from(member)
      mended.writeUInt32LE(plaintext.length, member.length - 4)
      return honest.inflate(mended, maxBytes)
    }),
  ),
  mutant(
    'bad-gzip-taken-for-nothing',
    ['gzip.one-member', 'gzip.one-member/close', 'gzip.one-member/stream'],
    parts(honest => ({
      inflate: (member, maxBytes) => honest.inflate(member, maxBytes).catch(() => new Uint8Array()),
    })),
  ),
  mutant(
    'inflation-without-limit',
    ['gzip.limit', 'gzip.limit/bomb'],
    parts(honest => ({ inflate: member => honest.inflate(member, 2 ** 30) })),
    low,
  ),
  mutant(
    'inflation-limit-excluded',
    ['conventions.limit-inclusive/inflated'],
    parts(honest => ({ inflate: (member, maxBytes) => honest.inflate(member, maxBytes - 1) })),
    low,
  ),
  mutant(
    'ping-limit-before-inflation',
    ['task.ping-limit/inflated', 'conventions.limit-inclusive/inflated-ping', 'error.precedence/gzip'],
    all(
      omit('arguments', 'task.ping-limit'),
      insert('task', ({ message, plaintext }) =>
        message.task_id === PING_TASK && plaintext.length > MAX_PING_BYTES ? 'payload_too_large' : undefined,
      ),
    ),
  ),
  mutant(
    'inflation-before-task',
    ['error.precedence/gzip'],
    all(
      omit('task', 'task.unknown'),
      insert('arguments', ({ task }) => (task === undefined ? 'task_unsupported' : undefined), 'task.stream'),
    ),
  ),
  mutant(
    'gzip-unasked',
    ['gzip.response-asked'],
    codingOf((_message, plaintext) => isLarge(plaintext)),
  ),
  mutant(
    'gzip-for-whatever-names-it',
    ['gzip.response-asked'],
    codingOf(
      (message, plaintext) =>
        asksForGzip(message) ||
        (isLarge(plaintext) && (message.metadata?.['accept-encoding']?.startsWith('gzip') ?? false)),
    ),
  ),
  mutant(
    'gzip-in-name-only',
    ['gzip.response-asked/asked', 'gzip.echo'],
    parts(() => ({ deflate: async plaintext => plaintext })),
  ),
  mutant(
    'echo-never-compressed',
    ['gzip.echo', 'gzip.echo/stream'],
    codingOf((message, plaintext) => message.task_id !== ECHO_TASK && asksForGzip(message) && isLarge(plaintext)),
  ),
  mutant(
    'echo-compressed-where-large',
    ['gzip.echo'],
    codingOf((message, plaintext) => asksForGzip(message) && isLarge(plaintext)),
  ),
  mutant('echo-with-the-encoding-of-the-opening', ['gzip.echo/mixed-stream'], codingOfTheOpening),
  mutant('errors-compressed', ['error.empty-plaintext/gzip'], errorsCompressed),
  mutant('everything-compressed-that-may-be', ['gzip.small'], codingOf(asksForGzip)),
  mutant('gzip-taken-undeclared', ['task.encoding/gzip'], omit('task', 'task.encoding'), {
    capabilities: { gzip: false },
  }),
]
