import { concat } from '../../probe/bytes/framing.js'
import { crc32 } from '../../probe/gzip/crc32.js'
import { compressZeros, encodeMember, reachBeforeTheBeginning, store, storeBlocks } from '../../probe/gzip/writer.js'
import { Unplayable, type AnswerDraft, type Fault } from '../../played/fault.js'
import { asksForGzip } from '../../played/request-answer.js'
import { broken } from '../../runner/judgement.js'
import { heeds, refuses } from '../check.js'
import { declaring } from './declaring.js'

const gzip = { capabilities: ['gzip'], encoding: 'gzip' } as const

/** An answer whose plaintext is made of the right member in another way, and sealed so. */
const sends = (change: (member: Uint8Array) => Uint8Array): Fault => ({
  answer: draft => ({ ...draft, encoding: 'gzip', plaintext: change(draft.plaintext) }),
})

/** An answer of its own to a request that asks for no coding. */
const unasked = (change: (draft: AnswerDraft) => Partial<AnswerDraft>): Fault => ({
  answer: (draft, { request }) => {
    if (asksForGzip(request)) throw new Unplayable('the initiator asks for gzip where it is not told to')
    return { ...draft, ...change(draft) }
  },
})

const flipAt =
  (index: number) =>
  (member: Uint8Array): Uint8Array =>
    member.map((byte, at) => (at === (index + member.length) % member.length ? byte ^ 1 : byte))

const limits = { maxMessageBytes: 65_536 }

const spaces = new Uint8Array(16).fill(0x20)

/** Compression, as an initiator sends and takes it. */
export const gzipChecks = [
  heeds('gzip.declared', {
    ...gzip,
    faults: { 'nothing declared': declaring(), 'another capability declared': declaring('gzip-x') },
    look: ({ seen }) =>
      seen.requests.some(({ message }) => message.encoding === 'gzip')
        ? broken('undeclared', 'no `encoding` gzip to a responder that does not declare it', 'such a request arrived')
        : undefined,
  }),
  refuses('gzip.response-unasked', {
    capabilities: ['gzip'],
    at: 'answer',
    faults: {
      gzip: unasked(({ plaintext }) => ({ encoding: 'gzip', plaintext: store(plaintext) })),
      'gzip, of what is none': unasked(() => ({ encoding: 'gzip' })),
      'another coding': unasked(() => ({ encoding: 'identity' })),
    },
  }),
  refuses('gzip.one-member', {
    variant: 'initiator',
    ...gzip,
    at: 'answer',
    faults: {
      'a wrong CRC-32': sends(flipAt(-8)),
      'a wrong length': sends(flipAt(-4)),
      'a wrong content': sends(flipAt(20)),
      'cut off': sends(member => member.slice(0, -1)),
      'no trailer': sends(member => member.slice(0, -8)),
      'a zero byte after it': sends(member => concat(member, Uint8Array.of(0))),
      'white space after it': sends(member => concat(member, spaces)),
      'two members': sends(member => concat(member, store(new Uint8Array(0)))),
      'the same one twice': sends(member => concat(member, member)),
      'a match before the beginning': sends(reachBeforeTheBeginning),
      empty: sends(() => new Uint8Array(0)),
      'no member at all': sends(() => spaces),
    },
  }),
  refuses('gzip.limit', {
    variant: 'initiator',
    ...gzip,
    limits,
    at: 'answer',
    faults: {
      'a byte more': sends(() => compressZeros(limits.maxMessageBytes + 1)),
      'a byte more, and a trailer that says 1': sends(() => {
        const bytes = new Uint8Array(limits.maxMessageBytes + 1)
        return encodeMember(storeBlocks(bytes), { crc: crc32(bytes), length: 1 })
      }),
      '16 MiB': sends(() => compressZeros(2 ** 24)),
    },
  }),
]
