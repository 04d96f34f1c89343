import { SageError } from '../bytes/sage-error.js'
import { Gathered } from './gathered.js'

const LINE_FEED = 0x0a

/**
 * The lines of a body, without their line feeds, wherever its pieces are cut. A line is given when it is whole.
 * @throws SageError `peer_rejected` for a line of more than `maxBytes`, `connection_lost` for a last one without its end
 */
export async function* readLines(pieces: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let begun: Gathered | undefined
  const bounded = (length: number): void => {
    if ((begun?.length ?? 0) + length > maxBytes)
      throw new SageError('peer_rejected', 'a line of the answer is larger than it may be')
  }
  for await (const piece of pieces) {
    let at = 0
    for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, at)) {
      bounded(end - at)
      const rest = piece.subarray(at, end)
      at = end + 1
      begun?.add(rest)
      yield begun?.bytes() ?? rest
      begun = undefined
    }
    if (at === piece.length) continue
    bounded(piece.length - at)
    begun ??= new Gathered()
    begun.add(piece.subarray(at))
  }
  if (begun !== undefined) throw new SageError('connection_lost', 'the answer ends in the middle of a line')
}
