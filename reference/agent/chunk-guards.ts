import type { Guard } from '../bytes/guard.js'
import type { StreamChunk, StreamState } from './stream-state.js'

/** What an initiator looks at in a chunk of the answer whose record has opened. */
export interface ChunkContext {
  readonly chunk: StreamChunk
  readonly live: StreamState
}

const rejectIf = (wrong: boolean): 'peer_rejected' | undefined => (wrong ? 'peer_rejected' : undefined)

/** What an initiator asks of a chunk: that it is the next one, that none was the last before it, that it is within the credit. */
export const chunkGuards: readonly Guard<ChunkContext, 'peer_rejected'>[] = [
  ['stream.received-order', ({ chunk, live }) => rejectIf(chunk.seq !== live.received)],
  ['stream.received-order', ({ live }) => rejectIf(live.peerEnded)],
  ['stream.received-order', ({ chunk, live }) => rejectIf(chunk.seq >= live.given)],
]
