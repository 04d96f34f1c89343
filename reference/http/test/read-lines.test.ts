import fc from 'fast-check'
import t from 'tap'
import { readLines } from '../read-lines.js'

const collect = async (pieces: readonly Uint8Array[], maxBytes = 1000): Promise<string[]> => {
  const lines: string[] = []
  const arriving = (async function* () {
    yield* pieces
  })()
  for await (const line of readLines(arriving, maxBytes)) lines.push(Buffer.from(line).toString())
  return lines
}

const lineText = fc.string({ unit: fc.constantFrom('a', '\r', 'ü', '\u2028', ' '), maxLength: 12 })

t.test('lines are the same wherever the body is cut', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(lineText, { maxLength: 8 }), fc.array(fc.nat(200)), async (lines, cuts) => {
      const body = Buffer.from(lines.map(line => `${line}\n`).join(''))
      const places = [0, ...cuts.map(at => Math.min(at, body.length)).sort((a, b) => a - b), body.length]
      const pieces = places.slice(1).map((end, index) => body.subarray(places[index], end))
      t.same(await collect(pieces), lines)
    }),
  )
})

t.test('a line may have as many bytes as the limit says, in one piece or many', async t => {
  const body = Buffer.from('abcde\nfghij\n')
  const byBytes = Array.from(body, byte => Uint8Array.of(byte))
  for (const pieces of [[body], byBytes]) {
    t.same(await collect(pieces, 5), ['abcde', 'fghij'])
    await t.rejects(collect(pieces, 4), { code: 'peer_rejected' })
  }
  await t.rejects(collect([Buffer.from('abcde')], 4), { code: 'peer_rejected' }, 'before its end is there')
})

t.test('a body that ends in the middle of a line is cut off', async t => {
  await t.rejects(collect([Buffer.from('a\nb')]), { code: 'connection_lost' })
  t.same(await collect([]), [])
})
