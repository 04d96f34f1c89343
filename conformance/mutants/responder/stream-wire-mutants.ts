import { PING_TASK, STREAM_MEDIA_TYPE } from '../../../schemas/index.js'
import type { StreamSend, StreamSubject } from '../../../reference/agent/stream-parts.js'
import { isChunk } from '../../../reference/agent/stream-state.js'
import { all, insert, mutant, parts, streams, wire, withoutHeader, type Fault } from './mutant.js'

// Responders that are wrong in what they say in a stream, and in how they put it.

const NOTHING = new Uint8Array(0)

/** Says something else, or more, or less, instead of each thing that is said. */
const says = (instead: (send: StreamSend, about: StreamSubject) => readonly StreamSend[]): Fault =>
  streams(({ outgoing }) => ({
    outgoing: async function* (sends, about) {
      for await (const send of outgoing(sends, about)) yield* instead(send, about)
    },
  }))

const isLast = ({ stream }: StreamSend): boolean => isChunk(stream) && stream.end

const isError = ({ error }: StreamSend): boolean => error !== undefined

/** Chunks with another `stream`. */
const renumbered = (change: (seq: number) => number): Fault =>
  says(send => [isChunk(send.stream) ? { ...send, stream: { ...send.stream, seq: change(send.stream.seq) } } : send])

const lines = (change: (line: string) => string): Fault =>
  wire(['stream'], ({ lines, ...answer }) => ({
    ...answer,
    ...(lines && {
      lines: (async function* () {
        for await (const line of lines) yield change(line)
      })(),
    }),
  }))

/** Something that happens once, by name: it can be waited for, before and after. */
const events = () => {
  const known = new Map<string, { readonly happened: Promise<undefined>; readonly happen: () => void }>()
  return (name: string) => {
    let happen = (): void => undefined
    const happened = new Promise<undefined>(resolve => (happen = () => resolve(undefined)))
    const event = known.get(name) ?? { happened, happen }
    known.set(name, event)
    return event
  }
}

/** A record that does not open ends the stream that its message names. */
const brokenByAnything: Fault = honest => {
  const breaking = events()
  let named = ''
  return all(
    insert('session', ({ message: { kid, stream } }) => void (named = `${kid} ${stream?.id}`)),
    parts(({ openAead }) => ({
      openAead: (input, ciphertext) => {
        try {
          return openAead(input, ciphertext)
        } catch (error) {
          breaking(named).happen()
          throw error
        }
      },
    })),
    streams(({ outgoing }) => ({
      outgoing: async function* (sends, about) {
        const { kid, stream } = about.opening.message
        const { happened } = breaking(`${kid} ${stream?.id}`)
        const said = outgoing(sends, about)[Symbol.asyncIterator]()
        const id = stream?.id ?? ''
        for (let seq = 0; ;) {
          const next = await Promise.race([said.next(), happened])
          if (next?.done === true) return
          if (next === undefined)
            return yield { stream: { id, seq, end: true }, plaintext: NOTHING, error: 'stream_violation' }
          if (isChunk(next.value.stream)) seq++
          yield next.value
        }
      },
    })),
  )(honest)
}

/** Responders that are wrong in what they say in a stream. */
export const streamWireMutants = [
  mutant(
    'credit-ignored-when-sending',
    ['stream.credit-initial', 'stream.credit-respected'],
    streams(() => ({ maySend: () => true })),
  ),
  mutant(
    'one-chunk-beyond-credit',
    ['stream.credit-initial', 'stream.credit-respected'],
    streams(() => ({ maySend: ({ sent, credit }) => sent <= credit })),
  ),
  mutant(
    'any-credit-is-all-credit',
    ['stream.credit-respected'],
    streams(() => ({ maySend: ({ sent, credit, window }) => sent < window || credit > window })),
  ),
  mutant(
    'credit-of-no-effect',
    ['stream.credit-effect'],
    streams(() => ({ maySend: ({ sent, window }) => sent < window })),
  ),
  mutant(
    'credit-never-raised',
    ['stream.credit-given'],
    streams(() => ({ creditFor: (_taken, { given }) => given })),
  ),
  mutant(
    'credit-raised-once',
    ['stream.credit-given'],
    streams(() => ({ creditFor: (taken, { window, given }) => (taken > 0 && given === window ? window + 1 : given) })),
  ),
  mutant(
    'numbered-from-one',
    ['stream.seq'],
    renumbered(seq => seq + 1),
  ),
  mutant(
    'always-number-0',
    ['stream.seq'],
    renumbered(() => 0),
  ),
  mutant(
    'every-other-number',
    ['stream.seq'],
    renumbered(seq => 2 * seq),
  ),
  mutant(
    'error-without-end',
    ['stream.error-ends/under-way'],
    says(send => [isError(send) && isChunk(send.stream) ? { ...send, stream: { ...send.stream, end: false } } : send]),
  ),
  mutant(
    'refused-opening-without-end',
    ['stream.error-ends'],
    streams(() => ({ only: id => ({ id, seq: 0, end: false }) })),
  ),
  mutant(
    'end-without-being-said',
    ['stream.end', 'stream.http-answer', 'stream.opening'],
    says(send => [
      isLast(send) && !isError(send) ? { ...send, stream: { ...send.stream, end: false } as never } : send,
    ]),
  ),
  mutant(
    'end-twice',
    ['stream.end'],
    says(send => {
      const { stream } = send
      if (!isChunk(stream) || !stream.end || isError(send)) return [send]
      return [send, { stream: { ...stream, seq: stream.seq + 1 }, plaintext: NOTHING }]
    }),
  ),
  mutant(
    'credit-after-the-end',
    ['stream.end'],
    says(send =>
      isLast(send) ? [send, { stream: { id: send.stream.id, credit: 1000 }, plaintext: NOTHING }] : [send],
    ),
  ),
  mutant(
    'last-chunk-left-out',
    ['stream.http-answer', 'stream.opening', 'task.echo-stream/one-chunk'],
    says(send => (isLast(send) && !isError(send) ? [] : [send])),
  ),
  mutant(
    'bound-to-the-latest-message',
    ['stream.response-names/further-messages'],
    streams(() => ({ boundTo: (_opening, latest) => latest })),
  ),
  mutant(
    'named-for-another-task',
    ['stream.response-names'],
    streams(() => ({ namedBy: opening => ({ ...opening, message: { ...opening.message, task_id: PING_TASK } }) })),
  ),
  mutant(
    'named-by-the-latest-message',
    ['stream.response-names/further-messages', 'stream.no-own-response'],
    streams(() => ({ namedBy: (_opening, latest) => latest })),
  ),
  mutant(
    'continuation-answered',
    ['stream.no-own-response'],
    streams(() => ({ isAnswered: what => what === 'continuation' })),
  ),
  mutant(
    'late-control-answered',
    ['stream.control-late', 'stream.control-late/over', 'stream.control-late/other-faults'],
    streams(() => ({ isAnswered: what => what === 'late control' })),
  ),
  mutant(
    'late-control-of-an-unknown-task-answered',
    ['stream.control-late/other-faults'],
    streams(() => ({
      isAnswered: (what, { task_id }) => what === 'late control' && !task_id.startsWith('sage/'),
    })),
  ),
  mutant(
    'late-control-of-an-unknown-encoding-answered',
    ['stream.control-late/other-faults'],
    streams(() => ({ isAnswered: (what, { encoding }) => what === 'late control' && encoding !== undefined })),
  ),
  mutant(
    'broken-continuation-ends-the-stream',
    ['stream.broken-continuation', 'stream.broken-continuation/control', 'stream.broken-continuation/spliced'],
    brokenByAnything,
  ),
  mutant(
    'cancelled-is-a-success',
    ['stream.cancel', 'stream.cancel/waiting', 'stream.session-closed', 'stream.session-closed/elsewhere'],
    says(({ error, ...send }) => [error === 'cancelled' || error === undefined ? send : { ...send, error }]),
  ),
  mutant(
    'cancelled-says-application-failed',
    ['stream.cancel'],
    says(send => [send.error === 'cancelled' ? { ...send, error: 'application_failed' } : send]),
  ),
  mutant(
    'credit-over-http',
    ['stream.http-no-credit'],
    says((send, { transport }) =>
      transport === 'http' ? [{ stream: { id: send.stream.id, credit: 64 }, plaintext: NOTHING }, send] : [send],
    ),
  ),
  mutant(
    'credit-needed-over-http',
    ['stream.http-no-credit'],
    says((send, { transport }) =>
      transport === 'http' && isChunk(send.stream) && send.stream.seq >= 32
        ? [{ ...send, stream: { ...send.stream, end: true }, error: 'internal' }]
        : [send],
    ),
  ),
  mutant(
    'lines-as-json',
    ['stream.http-answer', 'stream.http-answer/error', 'stream.http-open'],
    wire(['stream'], answer => ({ ...answer, headers: { ...answer.headers, 'content-type': 'application/json' } })),
  ),
  mutant('lines-cacheable', ['stream.http-answer'], wire(['stream'], withoutHeader('cache-control'))),
  mutant(
    'lines-without-line-feeds',
    ['stream.http-answer'],
    lines(line => line.trimEnd()),
  ),
  mutant(
    'lines-of-windows',
    ['stream.http-answer', 'stream.http-answer/error'],
    lines(line => line.replace('\n', '\r\n')),
  ),
  mutant(
    'empty-lines-between',
    ['stream.http-answer'],
    lines(line => `${line}\n`),
  ),
  mutant(
    'violation-with-status-400',
    ['stream.http-answer/error'],
    wire(['stream'], answer => ({ ...answer, status: 400 })),
  ),
  mutant(
    'plain-errors-in-lines',
    ['stream.http-answer/not-opened'],
    wire(['error'], (answer, { message }) =>
      message?.kind === 'session' && message.message.stream !== undefined
        ? { ...answer, headers: { ...answer.headers, 'content-type': STREAM_MEDIA_TYPE } }
        : answer,
    ),
  ),
]
