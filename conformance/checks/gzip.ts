import { CLOSE_TASK, ECHO_TASK, MAX_PING_BYTES, MIN_GZIP_BYTES } from '../../schemas/index.js'
import { be32, concat } from '../probe/bytes/framing.js'
import { encodeUtf8 } from '../probe/bytes/utf8.js'
import { isEqual } from '../probe/crypto/hash.js'
import { compressZeros, encodeMember, reachBeforeTheBeginning, store, storeBlocks } from '../probe/gzip/writer.js'
import { crc32 } from '../probe/gzip/crc32.js'
import type { Answer } from '../probe/initiator/answer.js'
import type { SessionDraft } from '../probe/initiator/session-draft.js'
import type { Target } from '../probe/initiator/target.js'
import { accepts, rejects, type Needs } from '../runner/check.js'
import { broken, brokenBy, firstOf, judgeAcceptance, judgeRefusal, type Broken } from '../runner/judgement.js'
import { sampleMember, sampleMembers, sampleText } from './gzip-samples.js'
import { tooLarge } from './too-large.js'

const needsGzip: Needs = { capability: 'gzip' }
const EMPTY = new Uint8Array(0)

/** A member in the place of a plaintext. */
const compressed = (member: Uint8Array) => ({ encoding: 'gzip', plaintext: member })

const withMember =
  (change: (member: Uint8Array) => Uint8Array) =>
  (next: SessionDraft): SessionDraft => ({ ...next, ...compressed(change(sampleMember())) })

/** An honest message that is compressed. */
const asSample = (draft: SessionDraft): SessionDraft => ({ ...draft, ...compressed(sampleMember()) })

const flippedAt =
  (at: number) =>
  (member: Uint8Array): Uint8Array =>
    member.with(member.length + at, (member.at(at) ?? 0) ^ 1)

const deflatedIn = (member: Uint8Array): Uint8Array => member.slice(10, -8)

/** Adler-32 of RFC 1950. */
const adler32 = (bytes: Uint8Array): number => {
  let [a, b] = [1, 0]
  for (const byte of bytes) [a, b] = [(a + byte) % 65_521, (b + a + byte) % 65_521]
  return b * 65_536 + a
}

const judgePlaintext = (answer: Answer, expected: Uint8Array, what: string): Broken | undefined => {
  if (answer.kind !== 'success') return brokenBy(answer, what)
  return isEqual(answer.plaintext, expected)
    ? undefined
    : broken('plaintext', what, `a plaintext of ${answer.plaintext.length} bytes that is not the one expected`)
}

/** An answer that is not compressed. */
const judgeUncompressed = (answer: Answer, what: string): Broken | undefined => {
  if (answer.kind !== 'success' && answer.kind !== 'authenticated') return brokenBy(answer, what)
  return answer.member ? broken('gzip', what, 'its encoding is gzip') : undefined
}

/** Members of `text` that are all as good as any other, by what is unusual about them. */
const unusualMembers = (text: Uint8Array): readonly [name: string, member: Uint8Array][] => {
  const trailer = { crc: crc32(text), length: text.length }
  return [
    ['stored and not compressed', store(text)],
    ['in blocks of 100 bytes', encodeMember(storeBlocks(text, 100), trailer)],
    ['with a time, a level and a system', store(text, { mtime: 1_700_000_000, flags: 4, os: 11, text: true })],
    ['with a name', store(text, { name: 'plaintext.txt' })],
    ['with a comment', store(text, { comment: 'nothing of importance' })],
    ['with an extra field', store(text, { extra: Uint8Array.of(0x41, 0x70, 2, 0, 1, 2) })],
    ['with a CRC of its header', store(text, { checked: true })],
    [
      'with everything that a header can have',
      store(text, { text: true, extra: EMPTY, name: '', comment: 'none', checked: true }),
    ],
  ]
}

/** As long as a bomb gets: it stays within what may be sent, and within reason. */
const bombFor = ({ limits }: Target): Uint8Array => {
  const room = Math.min(2 ** 20, Math.floor(((limits.maxMessageBytes - 2048) * 3) / 4))
  return compressZeros((room - 64) * 1032)
}

/** Compression inside the record. */
export const gzipChecks = [
  accepts('gzip.request', {
    needs: needsGzip,
    run: async kit => {
      const session = await kit.session()
      const samples = Object.keys(sampleMembers) as (keyof typeof sampleMembers)[]
      for (const [name, member, text] of [
        ...samples.map(name => [name, sampleMember(name), sampleText] as const),
        ...unusualMembers(sampleText).map(([name, member]) => [name, member, sampleText] as const),
        ['of nothing', store(EMPTY), EMPTY] as const,
      ]) {
        const answer = await kit.ask(session, compressed(member))
        const found = judgePlaintext(answer, text, `the plaintext of a ping, compressed: ${name}`)
        if (found) return found
      }
      return undefined
    },
  }),
  rejects('gzip.one-member', {
    needs: needsGzip,
    subject: 'session message',
    given: asSample,
    forged: {
      'cut in its trailer': withMember(member => member.slice(0, -1)),
      'without a trailer': withMember(member => member.slice(0, -8)),
      'cut in its data': withMember(member => member.slice(0, -40)),
      'a header alone': withMember(member => member.slice(0, 10)),
      'another CRC-32': withMember(flippedAt(-8)),
      'another length': withMember(flippedAt(-4)),
      'a byte after it': withMember(member => concat(member, Uint8Array.of(1))),
      'zeros after it': withMember(member => concat(member, new Uint8Array(8))),
      'a second member': withMember(member => concat(member, member)),
      'an empty second member': withMember(member => concat(member, store(EMPTY))),
      'the format of zlib': withMember(member =>
        concat(Uint8Array.of(0x78, 0x9c), deflatedIn(member), be32(adler32(sampleText))),
      ),
      'deflated data alone': withMember(deflatedIn),
      'another method': withMember(member => member.with(2, 7)),
      'a reserved flag': withMember(member => member.with(3, 0x20)),
      'a match before the beginning': withMember(reachBeforeTheBeginning),
      'not compressed': withMember(() => encodeUtf8('not compressed')),
      nothing: withMember(() => EMPTY),
    },
    expect: { authenticated: 'malformed' },
    after: ['session-lives'],
  }),
  rejects('gzip.one-member', {
    variant: 'close',
    also: ['task.close-ends'],
    needs: needsGzip,
    subject: 'session message',
    given: asSample,
    forged: {
      'another CRC-32': next => ({ ...withMember(flippedAt(-8))(next), task_id: CLOSE_TASK }),
      nothing: next => ({ ...next, ...compressed(EMPTY), task_id: CLOSE_TASK }),
    },
    expect: { authenticated: 'malformed' },
    after: ['session-lives'],
  }),
  rejects('gzip.limit', {
    needs: { ...needsGzip, unobservable: tooLarge },
    subject: 'session message',
    given: asSample,
    // Of a close nothing comes back, and nothing but this limit is in its way.
    forged: (next, _twin, { target }) => ({
      ...next,
      ...compressed(compressZeros(target.limits.maxMessageBytes + 1)),
      task_id: CLOSE_TASK,
    }),
    expect: { authenticated: 'payload_too_large' },
    after: ['session-lives'],
  }),
  accepts('conventions.limit-inclusive', {
    variant: 'inflated',
    needs: { ...needsGzip, unobservable: tooLarge },
    run: async kit => {
      const { maxMessageBytes } = kit.target.limits
      const wish = { task_id: CLOSE_TASK, ...compressed(compressZeros(maxMessageBytes)) }
      return judgeAcceptance(
        await kit.ask(await kit.session(), wish),
        `a message that inflates to ${maxMessageBytes} bytes, the limit,`,
      )
    },
  }),
  accepts('gzip.limit', {
    variant: 'bomb',
    needs: { ...needsGzip, unobservable: tooLarge, alone: true },
    run: async kit => {
      const session = await kit.session()
      const other = kit.over(kit.conversation.around.transport)
      const bomb = kit.ask(session, { task_id: CLOSE_TASK, ...compressed(bombFor(kit.target)) })
      const meanwhile: Answer[] = []
      for (let count = 0; count < 3; count++) meanwhile.push(await other.ping(session))
      return firstOf(
        judgeRefusal(await bomb, { authenticated: 'payload_too_large' }),
        ...meanwhile.map(answer => judgeAcceptance(answer, 'meanwhile, over another connection, a ping')),
        judgeAcceptance(await kit.ping(session), 'afterwards a ping'),
      )
    },
  }),
  rejects('task.ping-limit', {
    variant: 'inflated',
    needs: needsGzip,
    subject: 'session message',
    given: asSample,
    forged: next => ({ ...next, ...compressed(compressZeros(MAX_PING_BYTES + 1)) }),
    expect: { authenticated: 'payload_too_large' },
    after: ['session-lives'],
  }),
  accepts('conventions.limit-inclusive', {
    variant: 'inflated-ping',
    needs: needsGzip,
    run: async kit => {
      const plaintext = kit.entropy(MAX_PING_BYTES)
      // Stored, so that the member is longer than the limit and what comes of it is not.
      const answer = await kit.ask(await kit.session(), compressed(store(plaintext)))
      return judgePlaintext(answer, plaintext, `a ping that inflates to ${MAX_PING_BYTES} bytes, the limit`)
    },
  }),
  accepts('gzip.response-asked', {
    run: async kit => {
      const session = await kit.session()
      const plaintext = new Uint8Array(MAX_PING_BYTES)
      const large = kit.target.capabilities.has('echo')
        ? [{ task_id: ECHO_TASK, plaintext: new Uint8Array(10_000) }]
        : []
      for (const wish of [{ plaintext }, { task_id: 'nobody/serves-this@v1' }, ...large])
        for (const accepted of [undefined, 'identity', 'deflate', 'gzip;q=0']) {
          const metadata = accepted === undefined ? {} : { metadata: { 'accept-encoding': accepted } }
          const answer = await kit.ask(session, { ...wish, ...metadata })
          const what = `a response without encoding where ${accepted === undefined ? 'none' : `"${accepted}"`} was asked for`
          const found = judgeUncompressed(answer, what)
          if (found) return found
        }
      return undefined
    },
  }),
  accepts('gzip.response-asked', {
    variant: 'asked',
    needs: needsGzip,
    run: async kit => {
      const plaintext = new Uint8Array(MAX_PING_BYTES)
      const answer = await kit.ask(await kit.session(), { plaintext, metadata: { 'accept-encoding': 'gzip' } })
      return judgePlaintext(answer, plaintext, 'the plaintext of a ping, compressed or not')
    },
  }),
  accepts('gzip.echo', {
    needs: { capability: ['gzip', 'echo'] },
    run: async kit => {
      const session = await kit.session()
      for (const text of [EMPTY, encodeUtf8('small'), sampleText]) {
        const what = `${text.length} bytes that were to be echoed, compressed as they were`
        const echo = await kit.ask(session, { task_id: ECHO_TASK, ...compressed(store(text)) })
        const found = judgePlaintext(echo, text, what)
        if (found) return found
        if (echo.kind === 'success' && !echo.member) return broken('no-gzip', what, 'they were not compressed')
      }
      for (const metadata of [{}, { 'accept-encoding': 'gzip' }]) {
        const plain = await kit.ask(session, { task_id: ECHO_TASK, plaintext: sampleText, metadata })
        const found = judgeUncompressed(plain, 'the echo of a plaintext that was not compressed is not either')
        if (found) return found
      }
      return undefined
    },
  }),
  accepts('gzip.small', {
    needs: needsGzip,
    run: async kit => {
      const session = await kit.session()
      const below = new Uint8Array(MIN_GZIP_BYTES - 1)
      const metadata = { 'accept-encoding': 'gzip' }
      for (const [what, wish] of [
        ['a ping of 5 bytes', compressed(store(encodeUtf8('small')))],
        [`a ping of ${below.length} bytes`, compressed(store(below))],
        [`a ping of ${below.length} bytes with accept-encoding`, { plaintext: below, metadata }],
        ['an error', { ...compressed(store(below)), task_id: 'nobody/serves-this@v1' }],
        ['a close', { ...compressed(store(below)), task_id: CLOSE_TASK }],
      ] as const) {
        const found = judgeUncompressed(await kit.ask(session, wish), `an answer without encoding to ${what}`)
        if (found) return found
      }
      return undefined
    },
  }),
  rejects('message.encoding-bound', {
    variant: 'gzip',
    needs: needsGzip,
    subject: 'session message',
    given: asSample,
    tampered: {
      removed: ({ envelope: { encoding: _, ...rest } }) => rest,
      changed: ({ envelope }) => ({ ...envelope, encoding: 'deflate' }),
    },
    expect: { plain: 'authentication_failed' },
    after: ['same-bytes-accepted', 'session-lives'],
  }),
  rejects('task.encoding', {
    variant: 'gzip',
    needs: {
      unobservable: ({ capabilities }) => (capabilities.has('gzip') ? 'the target declares gzip' : undefined),
    },
    subject: 'session message',
    forged: {
      'for a ping': next => ({ ...next, ...compressed(sampleMember()) }),
      'for close': next => ({ ...next, ...compressed(store(EMPTY)), task_id: CLOSE_TASK }),
    },
    expect: { authenticated: 'encoding_unsupported' },
    after: ['session-lives'],
  }),
]
