import type { StreamConversation } from '../probe/initiator/stream-conversation.js'
import { brokenBy, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'
import { inChunksOf, openStalling } from './stream-needs.js'

/** Reads so many chunks, which have to come. */
export const judgeChunks = async (
  stream: StreamConversation,
  count: number,
  what: string,
): Promise<Broken | undefined> => {
  for (let left = count; left > 0; left--) {
    const part = await stream.next()
    if (part.kind !== 'chunk' || part.end) return brokenBy(part, what)
  }
  return undefined
}

/** An echo that stands still, of which the chunks that it may send without credit were read. */
export const openToTheWindow = async (kit: Kit): Promise<{ stream: StreamConversation; found: Broken | undefined }> => {
  const { streamWindow } = kit.target.limits
  const stream = kit.stream(await kit.session(), inChunksOf(1))
  await openStalling(kit, stream)
  return { stream, found: await judgeChunks(stream, streamWindow, `${streamWindow} chunks before any credit`) }
}
