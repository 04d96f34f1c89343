import { closeFrame, jsonReply } from '../../played/reply.js'
import type { AnswerDraft, AnswerStage, Fault } from '../../played/fault.js'
import { broken, type Broken } from '../../runner/judgement.js'
import { heeds, refuses, watches, type Run } from '../check.js'
import { isAnswered } from '../client.js'
import { declaring } from './declaring.js'

const stream = { capabilities: ['stream'], stream: true } as const

type Chunks = readonly AnswerDraft[]

/** Other chunks, each in a record of its own that is sealed for what it says. */
const chunks = (change: (honest: Chunks, stage: AnswerStage) => Chunks): Fault => ({ chunks: change })

/** One more chunk, with what the given one says and a number of its own. */
const further = (draft: AnswerDraft, { session, entropy }: AnswerStage, seq: number, end: boolean): AnswerDraft => ({
  ...draft,
  seq: session.takeSeq(),
  nonce: entropy(12),
  stream: { id: draft.stream?.id ?? '', seq, end },
})

const numbered = (...numbers: readonly number[]): Fault =>
  chunks((honest, stage) =>
    numbers.map((seq, at) => further(honest[Math.min(at, honest.length - 1)]!, stage, seq, at === numbers.length - 1)),
  )

/** The middle chunk says something else. */
const middle = (change: (draft: AnswerDraft) => Partial<AnswerDraft>): Fault =>
  chunks(honest => honest.map((draft, at) => (at === 1 ? { ...draft, ...change(draft) } : draft)))

const every = (change: (draft: AnswerDraft) => Partial<AnswerDraft>): Fault =>
  chunks(honest => honest.map(draft => ({ ...draft, ...change(draft) })))

/** Only so many chunks come, and then an end that is none of the stream: of the body, or of the connection. */
const endsAfter = (count: number): Fault => ({
  chunks: honest => honest.slice(0, count),
  answerReply: reply => ({ ...reply, frames: [...(reply.frames ?? []), closeFrame(1000)] }),
})

/** Only so many chunks come, and the connection is lost. */
const lostAfter = (count: number): Fault => ({
  chunks: honest => honest.slice(0, count),
  answerReply: reply => ({ ...reply, ending: 'cut' }),
})

const WINDOW = 4
const TOO_MANY = 32

/** The highest number of chunks that the initiator has ever allowed. */
const allowedIn = ({ seen }: Run): number =>
  Math.max(
    WINDOW,
    ...seen.requests.map(({ message }) => (message.stream && 'credit' in message.stream ? message.stream.credit : 0)),
  )

const opensNone = ({ seen }: Run): Broken | undefined =>
  seen.requests.some(({ message }) => message.stream) || seen.refusals.some(rule => rule.includes('stream'))
    ? broken('undeclared', 'no stream with a responder that does not declare it', 'one was opened')
    : undefined

/** The chunks of each stream are numbered from 0. The order in which requests arrive is that of their connection. */
const numberedFromZero = ({ seen }: Run): Broken | undefined => {
  const members = seen.requests.flatMap(({ message }) => message.stream ?? [])
  for (const id of new Set(members.map(member => member.id))) {
    const numbers = members.flatMap(member => (member.id === id && 'seq' in member ? [member.seq] : []))
    if (numbers.some((seq, at) => seq !== at))
      return broken('numbering', 'chunks numbered 0, 1, 2 …', `chunks numbered ${numbers.join(', ')}`)
  }
  return undefined
}

/** Streams, as an initiator opens and takes them. */
export const streamChecks = [
  heeds('stream.declared', {
    ...stream,
    faults: { 'nothing declared': declaring(), 'another capability declared': declaring('stream-x') },
    look: opensNone,
  }),
  watches('stream.seq', {
    variant: 'initiator',
    ...stream,
    look: runs =>
      runs.every(({ seen }) => seen.requests.every(({ message }) => message.stream === undefined))
        ? { notObserved: 'the initiator does not take SAGE_STREAM: no stream was opened' }
        : runs.map(numberedFromZero).find(found => found !== undefined),
  }),
  refuses('stream.truncated', {
    ...stream,
    at: 'answer',
    faults: {
      'ends before the last chunk': endsAfter(2),
      'ends after the first chunk': endsAfter(1),
      'ends before any chunk': endsAfter(0),
      'lost before the last chunk': lostAfter(2),
      'lost before any chunk': lostAfter(0),
    },
  }),
  refuses('stream.truncated', {
    variant: 'in-a-line',
    ...stream,
    over: 'http',
    at: 'answer',
    faults: {
      'in the middle of the last line': { answerReply: reply => ({ ...reply, body: reply.body.slice(0, -20) }) },
      'lost in the middle of the body': { answerReply: reply => ({ ...reply, ending: 'truncated' }) },
    },
  }),
  refuses('stream.received-order', {
    ...stream,
    at: 'answer',
    faults: {
      'a gap': numbered(0, 2, 3),
      'a gap before the last one': numbered(0, 1, 3),
      'a number twice': numbered(0, 0, 1),
      'the last number twice': numbered(0, 1, 1),
      'begins with 1': numbered(1, 2, 3),
      exchanged: numbered(1, 0, 2),
      backwards: numbered(2, 1, 0),
    },
  }),
  // Who gives credit as fast as chunks come sees none beyond it, and when that was, before a chunk came or after, nobody else
  // can tell: what is judged is that whoever has taken all of them has given credit for all of them.
  heeds('stream.received-order', {
    variant: 'beyond-credit',
    ...stream,
    over: 'ws',
    limits: { streamWindow: WINDOW },
    fault: chunks(([first], stage) =>
      Array.from({ length: TOO_MANY }, (_, seq) => further(first!, stage, seq, seq === TOO_MANY - 1)),
    ),
    look: run =>
      isAnswered(run.outcome) && allowedIn(run) < TOO_MANY
        ? broken(
            'accepted',
            `exit status other than 0, or a credit of ${TOO_MANY} chunks`,
            `exit status 0, and a credit of ${allowedIn(run)} at most`,
          )
        : undefined,
  }),
  refuses('stream.received-names', {
    ...stream,
    at: 'answer',
    faults: {
      'a chunk of another stream': middle(({ stream: member }) => ({
        stream: member && { ...member, id: `${member.id.slice(0, -1)}~` },
      })),
      'another stream throughout': every(({ stream: member }) => ({ stream: member && { ...member, id: 'another' } })),
      'a chunk without a stream': middle(() => ({ stream: undefined })),
      'no stream throughout': every(() => ({ stream: undefined })),
      'one answer without a stream': {
        chunks: ([first]) => [{ ...first!, stream: undefined }],
        answerReply: reply => ({ ...reply, headers: jsonReply(200, {}).headers }),
      },
      'a chunk of another message': middle(({ message_id }) => ({ message_id: `${message_id.slice(0, -1)}~` })),
    },
  }),
  refuses('stream.received-names', {
    variant: 'unasked',
    capabilities: ['stream'],
    at: 'answer',
    faults: {
      'a chunk': { answer: draft => ({ ...draft, stream: { id: 'stream-1', seq: 0, end: true } }) },
      'a chunk that is not the last': {
        answer: draft => ({ ...draft, stream: { id: 'stream-1', seq: 0, end: false } }),
      },
      'a control': { answer: draft => ({ ...draft, stream: { id: 'stream-1', credit: 33 } }) },
    },
  }),
]
