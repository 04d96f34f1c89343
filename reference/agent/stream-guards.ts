import type { Limits, SessionMessage, Stream } from '../../schemas/index.js'
import type { Guard } from '../bytes/guard.js'
import type { LiveSession } from './live-session.js'
import type { ResponderStream } from './responder-stream.js'
import type { ServedStream } from './served-streams.js'
import { isChunk, type StreamChunk, type StreamState } from './stream-state.js'
import type { ConnectionStreams } from './stream-table.js'

/** What the guards of a message with a `stream` see: its record has opened. */
export interface StreamContext {
  readonly message: SessionMessage
  /** Its `stream`. */
  readonly member: Stream
  readonly plaintext: Uint8Array
  readonly transport: 'http' | 'ws'
  /** Where the live stream is that it names, if it names one. */
  readonly live: StreamState | undefined
  /** What the responder serves as a stream under the name of the task. */
  readonly task: ServedStream | undefined
  /** The live streams of the connection. */
  readonly streams: ConnectionStreams<ResponderStream>
  readonly session: LiveSession
  readonly limits: Limits
}

const violationIf = (wrong: boolean): 'stream_violation' | undefined => (wrong ? 'stream_violation' : undefined)

type ChunkRule = (chunk: StreamChunk, context: StreamContext) => boolean

const further =
  (breaks: (chunk: StreamChunk, live: StreamState) => boolean) =>
  ({ member, live }: StreamContext): 'stream_violation' | undefined =>
    violationIf(isChunk(member) && live !== undefined && breaks(member, live))

const opening =
  (breaks: ChunkRule) =>
  (context: StreamContext): 'stream_violation' | undefined =>
    violationIf(isChunk(context.member) && context.live === undefined && breaks(context.member, context))

/**
 * What a responder asks of a message with a `stream`. A stream belongs to a connection and a session, so that the guard of
 * an unknown one is that of stream.other-connection too.
 */
export const streamGuards: readonly Guard<StreamContext>[] = [
  [
    'stream.http-open',
    ({ transport, member }) =>
      violationIf(transport === 'http' && !(isChunk(member) && member.seq === 0 && member.end)),
  ],
  ['stream.task-changed', ({ live, message }) => violationIf(live !== undefined && live.task !== message.task_id)],
  [
    'stream.control-empty',
    ({ member, live, plaintext }) => violationIf(live !== undefined && !isChunk(member) && plaintext.length > 0),
  ],
  [
    'stream.credit-shrinks',
    ({ member, live }) => violationIf('credit' in member && live !== undefined && member.credit < live.credit),
  ],
  ['stream.after-end', further((_chunk, { peerEnded }) => peerEnded)],
  ['stream.gap', further(({ seq }, { received }) => seq !== received)],
  ['stream.beyond-credit', further(({ seq }, { given }) => seq >= given)],
  ['stream.unknown', opening(({ seq }) => seq > 0)],
  ['stream.task', opening((_chunk, { task }) => task === undefined)],
  ['stream.limit', opening((_chunk, { streams, limits }) => streams.size >= limits.maxStreams)],
]
