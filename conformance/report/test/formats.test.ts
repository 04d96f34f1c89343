import fc from 'fast-check'
import t from 'tap'
import type { Report, RequirementId } from '../../../schemas/index.js'
import { loadRequirementSet } from '../../trace/requirement-set.js'
import { formats, type FormatName } from '../formats.js'
import { lineOf } from '../text.js'
import { hostile, shapeOf, unseen, wellFormed } from './hostile.js'
import { readHtml, readJunit, readMarkdown, readSarif, readTap, type Read } from './read-back.js'
import { sampleReport, sampleResult, samples } from './sample.js'

const { requirements } = loadRequirementSet()

const readers: readonly [format: FormatName, read: (text: string) => Read][] = [
  ['junit', readJunit],
  ['tap', readTap],
  ['sarif', readSarif],
  ['markdown', readMarkdown],
  ['html', readHtml],
]

const statesOf = ({ results }: Report): Map<string, string> =>
  new Map(results.map(({ check, transport, state }) => [lineOf(`${check} over ${transport}`), state]))

const inOrder = (states: ReadonlyMap<string, string>): [string, string][] => [...states].sort()

for (const [name, report] of Object.entries(samples))
  t.test(`${name}: every format says the same of every check, and succeeds where the exit status is 0`, async t => {
    for (const [format, read] of readers) {
      const said = read(formats[format](report, requirements))
      t.strictSame(inOrder(said.states), inOrder(statesOf(report)), format)
      t.equal(said.ok, report.exitStatus === 0, `${format}: success`)
    }
    const badge = JSON.parse(formats.badge(report)) as { message: string; color: string }
    t.match(badge.message, /^(not )?[a-z ]+( \([0-9]+ fail\))?/)
    t.equal(/green$/.test(badge.color), report.exitStatus === 0)
    t.strictSame(JSON.parse(formats.json(report)), report)
  })

t.test('a format is made of the report alone', async t => {
  for (const report of Object.values(samples))
    for (const format of Object.keys(formats) as FormatName[])
      t.equal(formats[format](report, requirements), formats[format](structuredClone(report), requirements), format)
})

const reportWith = (word: string, name: string): Report =>
  sampleReport({
    results: [
      sampleResult('record.replay', 'fail', { expected: word, observed: word, reasonCode: word }),
      sampleResult('task.ping', 'not-observed', { observed: word }),
      sampleResult('task.ping', 'warn', { transport: 'ws', observed: word, level: 'SHOULD' }),
      sampleResult('message.schema', 'inconclusive', { transport: 'ws', observed: word, expected: word }),
    ],
    // Text that no run lets through: the digest is not asked for it.
    target: { url: `http://x/${wellFormed(name)}`, name: wellFormed(name), capabilities: [wellFormed(name)] },
  })

t.test('whatever an agent says changes no format, and nothing of it is left that is not seen', async () => {
  const benign = reportWith('said', 'name')
  for (const format of ['junit', 'tap', 'sarif', 'markdown'] as const) {
    const encode = (report: Report): string => formats[format](report, requirements)
    const shape = JSON.stringify(shapeOf[format](encode(benign)))
    const [, read] = readers.find(([name]) => name === format)!
    fc.assert(
      fc.property(hostile, hostile, (word, name) => {
        const report = reportWith(`said${wellFormed(word)}`, `name${name}`)
        // Half a pair of surrogates comes out of a report that was read from a file.
        for (const result of report.results) result.observed = `said${word}`
        for (const result of report.results.slice(0, 2)) result.check = `check${word}`
        const text = encode(report)
        if (text !== wellFormed(text)) throw new Error('half of a pair of surrogates')
        if (format === 'junit' && text.includes(']]>')) throw new Error('the end of a section that never began')
        if (unseen.test(text)) throw new Error(JSON.stringify(text))
        if (JSON.stringify(shapeOf[format](text)) !== shape) throw new Error(text)
        const expected = JSON.stringify(inOrder(statesOf(report)))
        if (JSON.stringify(inOrder(read(text).states)) !== expected) throw new Error(text)
      }),
      { numRuns: 150 },
    )
  }
})

t.test('ten megabytes of one letter are cut short in every format, and the summary stays under 1 MiB', async t => {
  const long = requirements
    .slice(0, 200)
    .map(({ id }) => sampleResult(id as RequirementId, 'fail', { observed: 'x'.repeat(5000) }))
  const endless = sampleResult('task.ping', 'fail', { transport: 'ws', observed: 'x'.repeat(10_000_000) })
  const report = sampleReport({ results: [...long, endless] })
  for (const format of ['junit', 'tap', 'sarif'] as const)
    t.ok(formats[format](report, requirements).length < 5_000_000, format)
  const summary = formats.markdown(report, requirements)
  t.ok(Buffer.byteLength(summary) < 2 ** 20, `${Buffer.byteLength(summary)}`)
  t.match(summary, /\*[0-9]+ more checks are left out here, for want of room/)
})
