import { MAX_ECHO_CHUNKS } from '../../schemas/index.js'
import type { SessionDraft } from '../probe/initiator/session-draft.js'
import type { Target } from '../probe/initiator/target.js'
import type { StreamConversation } from '../probe/initiator/stream-conversation.js'
import type { Needs } from '../runner/check.js'
import type { Kit } from '../runner/kit.js'

/** Records that a stream takes of a session beside its chunks: the first ping, controls, and what comes after. */
const BESIDE = 8

/** A stream that echoes is the only one that every target with both capabilities has. */
export const echoes = { capability: ['stream', 'echo'] } as const satisfies Needs

/** An echo that goes on in both directions. */
export const echoesOverWs = { ...echoes, transport: 'ws' } as const satisfies Needs

/** Why a session has no room for so many chunks in one direction, if so. */
export const tooFewRecordsFor = (chunks: number, { limits }: Target): string | undefined =>
  limits.maxSessionRecords < chunks + BESIDE
    ? `maxSessionRecords is ${limits.maxSessionRecords}: ${chunks} chunks need ${chunks + BESIDE}`
    : undefined

/** Why there are no two streams on a connection, if so. */
export const oneStreamOnly = ({ limits }: Target): string | undefined =>
  limits.maxStreams < 2 ? 'maxStreams is 1: no two streams on a connection' : undefined

/** Chunks of an echo that stands still until its responder is given credit. */
export const stallingChunks = ({ limits }: Target): number => limits.streamWindow + 2

const whyNotStalling = (target: Target): string | undefined =>
  stallingChunks(target) > MAX_ECHO_CHUNKS
    ? `streamWindow is ${target.limits.streamWindow}: an echo has no more chunks to wait with`
    : tooFewRecordsFor(stallingChunks(target), target)

/** An echo that stands still until its responder is given credit. */
export const stalls: Needs = { ...echoesOverWs, unobservable: whyNotStalling }

/** Opens an echo that stands still after `streamWindow` chunks of one byte; the initiator's direction is closed. */
export const openStalling = async (kit: Kit, stream: StreamConversation): Promise<void> =>
  stream.open(kit.entropy(stallingChunks(kit.target)), true)

/** A stream that has begun, and a credit for it of so many chunks more. */
export const begunWithCredit =
  (more: number) =>
  async (stream: StreamConversation): Promise<SessionDraft> => {
    await stream.open()
    return stream.draftCredit(stream.allowed + more)
  }

/** What makes an echo send its plaintext in chunks of so many bytes. */
export const inChunksOf = (bytes: number | string) => ({ metadata: { chunk_size: String(bytes) } })
