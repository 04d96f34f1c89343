import { ECHO_TASK, MAX_PING_BYTES, PING_TASK } from '../../../schemas/index.js'
import { ECHO_CHUNK_SIZE } from '../../../reference/agent/tasks.js'
import { cut } from '../../../reference/agent/served-streams.js'
import { isChunk } from '../../../reference/agent/stream-state.js'
import type { StreamContext } from '../../../reference/agent/stream-guards.js'
import { all, insert, mutant, omit, responder, streams, webSocket, type Fault } from './mutant.js'

// Responders that are wrong in what they take, and in how they go on with it. What they say wrongly: stream-wire-mutants.ts.

const violationIf = (wrong: boolean): 'stream_violation' | undefined => (wrong ? 'stream_violation' : undefined)

/** Does something more whenever a guard of streams refuses, once the stream that is named has been dealt with. */
const onViolation =
  (act: (context: StreamContext) => void): Fault =>
  honest => ({
    ...honest,
    guards: {
      ...honest.guards,
      stream: honest.guards.stream.map(([id, refuse]) => [
        id,
        context => {
          const refusal = refuse(context)
          if (refusal !== undefined) queueMicrotask(() => act(context))
          return refusal
        },
      ]),
    },
  })

/** Counts every stream that was ever opened on a connection as one that is open. */
const neverForgets: Fault = honest => {
  const opened = new WeakMap<object, number>()
  return insert('stream', ({ member, live, streams, limits }) => {
    if (!isChunk(member) || live !== undefined) return undefined
    const count = (opened.get(streams) ?? 0) + 1
    opened.set(streams, count)
    return violationIf(count > limits.maxStreams)
  })(honest)
}

/** While a stream is live on a connection, nothing else is answered there. */
const oneThingAtATime: Fault = honest => {
  const live = new WeakMap<object, Set<Promise<void>>>()
  return all(
    streams(({ outgoing }) => ({
      outgoing: async function* (sends, about) {
        const before = live.get(about.connection) ?? new Set()
        live.set(about.connection, before)
        let end = (): void => undefined
        const ended = new Promise<void>(resolve => (end = resolve))
        const others = [...before]
        before.add(ended)
        try {
          await Promise.all(others)
          yield* outgoing(sends, about)
        } finally {
          before.delete(ended)
          end()
        }
      },
    })),
    webSocket(({ text }) => ({
      text: async (written, about) => {
        if (about.kind === 'session') await Promise.all(live.get(about.connection) ?? [])
        return text(written, about)
      },
    })),
  )(honest)
}

/** Streams of a session that ends by itself go on; those of one that is closed do not. */
const outliveExpiry: Fault = honest => {
  // A session that is over is ended before anything else happens.
  let isExpiring = false
  const life = honest.guards.life.map(([id, refuse]): (typeof honest.guards.life)[number] => [
    id,
    context => {
      const refusal = refuse(context)
      if (refusal !== undefined) {
        isExpiring = true
        queueMicrotask(() => (isExpiring = false))
      }
      return refusal
    },
  ])
  return streams(({ sessionEnded }) => ({
    sessionEnded: stream => (isExpiring ? undefined : sessionEnded(stream)),
  }))({ ...honest, guards: { ...honest.guards, life } })
}

const anyConnection = {}

const LOW = { limits: { maxStreams: 2 } }

/** Responders that are wrong in what they take into a stream. */
export const streamMutants = [
  mutant(
    'gap-tolerated',
    ['stream.gap'],
    all(
      omit('stream', 'stream.gap'),
      insert('stream', ({ member, live }) =>
        violationIf(isChunk(member) && live !== undefined && member.seq < live.received),
      ),
    ),
  ),
  mutant(
    'repeat-tolerated',
    ['stream.gap/repeated'],
    all(
      omit('stream', 'stream.gap'),
      insert('stream', ({ member, live }) =>
        violationIf(isChunk(member) && live !== undefined && member.seq > live.received),
      ),
    ),
  ),
  mutant(
    'stream-window-one-too-large',
    ['stream.beyond-credit'],
    all(
      omit('stream', 'stream.beyond-credit'),
      insert('stream', ({ member, live }) =>
        violationIf(isChunk(member) && live !== undefined && member.seq > live.given),
      ),
    ),
  ),
  mutant(
    'credit-shrinks-to-the-window',
    ['stream.credit-shrinks'],
    all(
      omit('stream', 'stream.credit-shrinks'),
      insert('stream', ({ member, live, limits }) =>
        violationIf('credit' in member && live !== undefined && member.credit < limits.streamWindow),
      ),
    ),
  ),
  mutant(
    'equal-credit-is-a-violation',
    ['stream.credit-again'],
    all(
      omit('stream', 'stream.credit-shrinks'),
      insert('stream', ({ member, live }) =>
        violationIf('credit' in member && live !== undefined && member.credit <= live.credit),
      ),
    ),
  ),
  mutant(
    'equal-credit-once-is-a-violation',
    ['stream.credit-again'],
    insert('stream', ({ member, live }) =>
      violationIf(
        'credit' in member && live !== undefined && live.credit > live.window && member.credit === live.credit,
      ),
    ),
  ),
  mutant(
    'first-credit-below-the-window',
    ['stream.credit-shrinks/below-the-window'],
    all(
      omit('stream', 'stream.credit-shrinks'),
      insert('stream', ({ member, live }) =>
        violationIf(
          'credit' in member && live !== undefined && live.credit > live.window && member.credit < live.credit,
        ),
      ),
    ),
  ),
  mutant(
    'stream-opened-by-a-late-chunk',
    ['stream.other-connection', 'stream.unknown/over'],
    all(
      omit('stream', 'stream.unknown'),
      insert('stream', ({ member, live, task }) =>
        violationIf(isChunk(member) && member.seq > 0 && live === undefined && task === undefined),
      ),
    ),
  ),
  mutant('ping-as-a-stream', ['stream.task'], honest =>
    all(
      omit('stream', 'stream.task'),
      insert('stream', ({ message, member, live, task }) =>
        violationIf(isChunk(member) && !live && !task && message.task_id !== 'sage/ping@v1'),
      ),
    )(honest),
  ),
  mutant(
    'one-stream-too-many',
    ['stream.limit'],
    all(
      omit('stream', 'stream.limit'),
      insert('stream', ({ member, live, streams, limits }) =>
        violationIf(isChunk(member) && live === undefined && streams.size > limits.maxStreams),
      ),
    ),
    LOW,
  ),
  mutant(
    'one-stream-too-few',
    ['stream.limit'],
    insert('stream', ({ member, live, streams, limits }) =>
      violationIf(isChunk(member) && live === undefined && streams.size + 1 >= limits.maxStreams),
    ),
    LOW,
  ),
  mutant('streams-counted-for-ever', ['stream.limit', 'stream.opening/again'], neverForgets, LOW),
  mutant(
    'violation-ignored',
    ['stream.gap', 'stream.after-end', 'stream.control-empty', 'stream.task-changed'],
    streams(() => ({ violated: () => undefined })),
  ),
  mutant(
    'violation-says-cancelled',
    ['stream.gap', 'stream.error-ends/under-way', 'stream.response-names/in-an-error'],
    streams(() => ({ violated: stream => stream.fail('cancelled') })),
  ),
  mutant(
    'every-error-of-a-live-stream-a-violation',
    ['error.precedence/live-stream'],
    streams(() => ({ violated: stream => stream.fail('stream_violation') })),
  ),
  mutant(
    'violation-ends-the-session',
    ['stream.violation-contained'],
    onViolation(({ session }) => session.end()),
  ),
  mutant(
    'violation-ends-every-stream',
    ['stream.violation-contained', 'stream.violation-contained/spliced'],
    onViolation(({ streams }) => {
      for (const stream of streams) stream.fail('stream_violation')
    }),
  ),
  mutant(
    'violation-ends-the-connection',
    ['stream.violation-contained'],
    streams(({ outgoing }) => ({
      outgoing: async function* (sends, about) {
        for await (const send of outgoing(sends, about)) {
          yield send
          const connection = about.connection as { close?: (code: number) => void }
          if (send.error === 'stream_violation') connection.close?.(1008)
        }
      },
    })),
  ),
  mutant(
    'streams-of-all-connections',
    ['stream.other-connection', 'stream.opening/other-connection'],
    streams(() => ({ ownerOf: () => anyConnection })),
  ),
  mutant(
    'streams-of-all-sessions',
    ['stream.opening/other-session'],
    streams(() => ({ keyOf: (_kid, id) => id })),
  ),
  mutant(
    'cancel-ignored',
    ['stream.cancel', 'stream.cancel/waiting'],
    streams(() => ({ cancel: () => undefined })),
  ),
  mutant(
    'cancel-ignored-while-waiting',
    ['stream.cancel/waiting'],
    streams(({ cancel }) => ({
      cancel: stream => (stream.counts.sent < stream.counts.credit ? cancel(stream) : undefined),
    })),
  ),
  mutant(
    'arguments-before-stream',
    ['error.precedence/stream'],
    insert('task', ({ message, plaintext }) =>
      message.task_id === PING_TASK && plaintext.length > MAX_PING_BYTES ? 'payload_too_large' : undefined,
    ),
  ),
  mutant(
    'streams-outlive-their-session',
    [
      'stream.session-closed',
      'stream.session-closed/elsewhere',
      'stream.session-closed/http',
      'stream.session-closed/expired',
    ],
    streams(() => ({ sessionEnded: () => undefined })),
  ),
  mutant('streams-outlive-a-session-that-expires', ['stream.session-closed/expired'], outliveExpiry),
  mutant(
    'streams-over-http-outlive-their-session',
    ['stream.session-closed/http'],
    streams(({ sessionEnded }) => ({
      sessionEnded: stream => (stream.isDuplex ? sessionEnded(stream) : undefined),
    })),
  ),
  mutant('stream-holds-up-the-connection', ['stream.isolated', 'stream.isolated/credit'], oneThingAtATime),
  mutant(
    'echo-in-chunks-one-larger',
    ['task.echo-chunks'],
    responder(() => ({
      echoStream: async function* (chunks, { metadata }) {
        const size = Number(metadata[ECHO_CHUNK_SIZE] ?? Infinity) + 1
        for await (const chunk of chunks) yield* cut(chunk, size)
      },
    })),
  ),
  mutant(
    'echo-in-chunks-one-smaller',
    ['task.echo-chunks'],
    responder(() => ({
      echoStream: async function* (chunks, { metadata }) {
        const size = Number(metadata[ECHO_CHUNK_SIZE] ?? Infinity) - 1
        for await (const chunk of chunks) yield* cut(chunk, Math.max(1, size))
      },
    })),
  ),
  mutant(
    'echo-of-at-most-a-thousand-chunks',
    ['task.echo-chunks/most'],
    insert('arguments', ({ message, plaintext }) =>
      message.task_id === ECHO_TASK && plaintext.length / Number(message.metadata?.[ECHO_CHUNK_SIZE] ?? Infinity) > 1000
        ? 'malformed'
        : undefined,
    ),
  ),
  mutant(
    'chunk-size-as-a-number',
    ['task.echo-chunks-form'],
    all(
      omit('arguments', 'task.echo-chunks-form'),
      insert('arguments', ({ message: { task_id, stream, metadata }, plaintext }) => {
        const size = Number(metadata?.[ECHO_CHUNK_SIZE] ?? Infinity)
        const isWrong = !(size >= 1) || plaintext.length / size > 1024 || (stream && 'end' in stream && !stream.end)
        return task_id === ECHO_TASK && metadata?.[ECHO_CHUNK_SIZE] !== undefined && isWrong ? 'malformed' : undefined
      }),
    ),
  ),
  mutant('chunk-size-of-a-stream-that-goes-on', ['task.echo-chunks-form/not-ended'], honest => ({
    ...honest,
    guards: {
      ...honest.guards,
      arguments: honest.guards.arguments.map(([id, refuse]) => [
        id,
        context => {
          const { stream } = context.message
          const ended = stream && 'seq' in stream ? { ...stream, end: true } : stream
          return refuse({ ...context, message: { ...context.message, ...(ended && { stream: ended }) } })
        },
      ]),
    },
  })),
  mutant(
    'chunk-size-asked-of-every-echo',
    ['task.echo/without-a-stream'],
    insert('arguments', ({ message: { task_id, metadata } }) =>
      task_id === ECHO_TASK && !/^[1-9]\d*$/.test(metadata?.[ECHO_CHUNK_SIZE] ?? '1') ? 'malformed' : undefined,
    ),
  ),
  mutant(
    'echo-in-one-piece',
    ['task.echo-stream'],
    responder(() => ({
      echoStream: async function* (chunks) {
        const pieces: Uint8Array[] = []
        for await (const chunk of chunks) pieces.push(chunk)
        yield Buffer.concat(pieces)
      },
    })),
  ),
  mutant(
    'echo-without-empty-chunks',
    ['task.echo-stream'],
    responder(({ echoStream }) => ({
      echoStream: async function* (chunks, request) {
        for await (const chunk of echoStream(chunks, request)) if (chunk.length > 0) yield chunk
      },
    })),
  ),
]
