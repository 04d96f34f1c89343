import { Refusal } from '../refusal.js'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * The lines of a body of newline-delimited JSON, at least one, each without the line feed that ends it.
 * @throws Refusal `encoding` where there is no line, the last one has no end, or one ends with CR LF (stream.http-answer)
 */
export const parseLines = (body: Uint8Array): Uint8Array[] => {
  const lines: Uint8Array[] = []
  for (let from = 0; from < body.length;) {
    const end = body.indexOf(LINE_FEED, from)
    if (end < 0) throw new Refusal('encoding', 'a line without a line feed at its end')
    if (end > from && body[end - 1] === CARRIAGE_RETURN)
      throw new Refusal('encoding', 'a line that ends with a carriage return and a line feed')
    lines.push(body.subarray(from, end))
    from = end + 1
  }
  if (lines.length === 0) throw new Refusal('encoding', 'no line')
  return lines
}
