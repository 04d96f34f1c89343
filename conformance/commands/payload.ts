import { UsageError } from './usage.js'

/** Bytes of a chunk: its message is taken by a peer with the lowest limit that a card may have. */
export const CHUNK_BYTES = 32_768

/** What no message can carry. */
const MAX_BYTES = 2 ** 30

/** What is read, in chunks of which none is too large, each as soon as it is there. */
export async function* inChunks(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of input)
    for (let at = 0; at < piece.length; at += CHUNK_BYTES) yield piece.subarray(at, at + CHUNK_BYTES)
}

/** What is read, as a whole. @throws UsageError for what no message can carry */
export const readWhole = async (input: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of input) {
    bytes += piece.length
    if (bytes > MAX_BYTES) throw new UsageError('the payload is larger than a message can be')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
