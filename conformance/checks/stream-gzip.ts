import { concat } from '../probe/bytes/framing.js'
import { isEqual } from '../probe/crypto/hash.js'
import { store } from '../probe/gzip/writer.js'
import type { SessionDraft } from '../probe/initiator/session-draft.js'
import type { StreamConversation } from '../probe/initiator/stream-conversation.js'
import { accepts, rejects } from '../runner/check.js'
import { broken, brokenBy, type Broken } from '../runner/judgement.js'
import { awaitRoom } from '../runner/stream-judgement.js'
import { inChunksOf } from './stream-needs.js'

const capability = ['stream', 'echo', 'gzip'] as const

/** The chunk with its plaintext compressed, a member of its own. */
const compressed = (draft: SessionDraft): SessionDraft => ({
  ...draft,
  encoding: 'gzip',
  plaintext: store(draft.plaintext),
})

/** Reads so many chunks of an echo that was compressed: each has to be a member. */
const judgeMembers = async (stream: StreamConversation, count: number): Promise<Broken | undefined> => {
  const what = `${count} chunks, each compressed by itself`
  for (let left = count; left > 0; left--) {
    const part = await stream.next()
    if (part.kind !== 'chunk' || part.end !== (left === 1)) return brokenBy(part, what)
    if (!part.member) return broken('no-gzip', what, 'a chunk that was not compressed')
  }
  const [sent, received] = [concat(...stream.sent), concat(...stream.received)]
  return isEqual(sent, received) ? undefined : broken('plaintext', what, 'another plaintext')
}

/** Reads an echo whose chunks have to be compressed where those of the request were. */
const judgeCodings = async (
  stream: StreamConversation,
  codings: readonly (string | undefined)[],
): Promise<Broken | undefined> => {
  const what = `an echo with chunks ${codings.map(coding => (coding ? 'compressed' : 'as they are')).join(' and ')}`
  for (const [index, coding] of codings.entries()) {
    const part = await stream.next()
    if (part.kind !== 'chunk' || part.end !== (index === codings.length - 1)) return brokenBy(part, what)
    if ((part.member === undefined) !== (coding === undefined))
      return broken(part.member ? 'gzip' : 'no-gzip', what, `chunk ${index} was ${part.member ? '' : 'not '}compressed`)
  }
  const [sent, received] = [concat(...stream.sent), concat(...stream.received)]
  return isEqual(sent, received) ? undefined : broken('plaintext', what, 'another plaintext')
}

/** Compression of the chunks of a stream. */
export const streamGzipChecks = [
  accepts('gzip.echo', {
    variant: 'stream',
    also: ['gzip.request'],
    needs: { capability },
    run: async kit => {
      const whole = kit.stream(await kit.session(), inChunksOf(4))
      // As many chunks as may come without credit: what is judged is each of them.
      const count = Math.min(3, kit.target.limits.streamWindow)
      await whole.send(compressed(whole.draftChunk(kit.entropy(4 * count), true)))
      const found = await judgeMembers(whole, count)
      if (found || !kit.conversation.socket) return found
      const stream = kit.stream(await kit.session())
      await stream.send(compressed(stream.draftChunk(kit.entropy(5))))
      await stream.send(stream.draftCredit(kit.target.limits.streamWindow + 1))
      await awaitRoom(stream)
      await stream.send(compressed(stream.draftChunk(kit.entropy(6), true)))
      return judgeMembers(stream, 2)
    },
  }),
  accepts('gzip.echo', {
    variant: 'mixed-stream',
    needs: { capability, transport: 'ws' },
    run: async kit => {
      const session = await kit.session()
      for (const codings of [
        ['gzip', undefined],
        [undefined, 'gzip'],
      ]) {
        const stream = kit.stream(session)
        const [first, last] = codings.map(coding => (draft: SessionDraft) => (coding ? compressed(draft) : draft))
        await stream.send(first!(stream.draftChunk()))
        await stream.send(stream.draftCredit(kit.target.limits.streamWindow + 1))
        await awaitRoom(stream)
        await stream.send(last!(stream.draftChunk(undefined, true)))
        const found = await judgeCodings(stream, codings)
        if (found) return found
      }
      return undefined
    },
  }),
  rejects('gzip.one-member', {
    variant: 'stream',
    also: ['stream.error-ends'],
    subject: 'message of a stream',
    needs: { capability, transport: 'ws' },
    given: async stream => {
      await stream.send(compressed(stream.draftChunk()))
      await awaitRoom(stream)
      return compressed(stream.draftChunk(undefined, true))
    },
    forged: {
      'a wrong CRC-32': next => ({ ...next, plaintext: next.plaintext.with(-8, (next.plaintext.at(-8) ?? 0) ^ 1) }),
      'the second half of a member': next => ({ ...next, plaintext: next.plaintext.slice(-10) }),
      'no member': (next, _twin, kit) => ({ ...next, plaintext: kit.entropy(9) }),
    },
    expect: { ends: 'malformed' },
    after: ['stream-over', 'other-stream-lives', 'session-lives'],
  }),
]
