import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import t from 'tap'
import { VectorsReport } from '../../../../schemas/index.js'
import { crashFailure, differenceFailure, malformedFailure } from '../../../vectors/failure.js'
import { sampleTest } from '../../../vectors/test/sample.js'
import { isUnchanged, parseReport } from '../../parse-report.js'
import { hostile, shapeOf, unseen, wellFormed } from '../../test/hostile.js'
import { faultsOf } from '../../test/junit-schema.js'
import { elementsIn, parseXml, readJunit, readMarkdown, readTap, type Read } from '../../test/read-back.js'
import { lineOf } from '../../text.js'
import { vectorsFormats } from '../formats.js'
import { failed, sampleVectorsReport, vectorsSamples } from './sample.js'

const readers: readonly [format: 'junit' | 'tap' | 'markdown', read: (text: string) => Read][] = [
  ['junit', readJunit],
  ['tap', readTap],
  ['markdown', readMarkdown],
]

const statesOf = ({ results }: VectorsReport): [string, string][] =>
  results.map(({ test, state }): [string, string] => [lineOf(test), state]).sort()

const isValid = new Ajv2020({ strict: true }).compile(VectorsReport)

for (const [name, report] of Object.entries(vectorsSamples))
  t.test(`${name}: every format says the same of every test, and succeeds where the exit status is 0`, async t => {
    t.ok(isValid(report))
    t.strictSame(parseReport(vectorsFormats.json(report)), report)
    for (const [format, read] of readers) {
      const said = read(vectorsFormats[format](report))
      t.strictSame([...said.states].sort(), statesOf(report), format)
      t.equal(said.ok, report.exitStatus === 0, `${format}: success`)
    }
    const badge = JSON.parse(vectorsFormats.badge(report)) as { label: string; message: string; color: string }
    t.equal(badge.label, 'SAGE 1.0 vectors')
    t.equal(badge.message === 'conformant', report.exitStatus === 0)
    t.equal(/green$/.test(badge.color), report.exitStatus === 0)
    for (const format of Object.keys(vectorsFormats) as (keyof typeof vectorsFormats)[])
      t.equal(vectorsFormats[format](report), vectorsFormats[format](structuredClone(report)), 'of the report alone')
  })

const every = vectorsSamples['every state']!

t.test('JUnit is valid by the schema that its readers have, and counts what it holds', async t => {
  const files = Object.entries(vectorsSamples).map(([name, report]) => [`${name}.xml`, vectorsFormats.junit(report)])
  t.strictSame(await faultsOf(Object.fromEntries(files)), [])
  for (const [name = '', text = ''] of files) {
    const document = parseXml(text)
    for (const suite of [...elementsIn(document, 'testsuites'), ...elementsIn(document, 'testsuite')]) {
      const count = (tag: string): string => String(elementsIn(suite, tag).length)
      t.equal(suite.getAttribute('tests'), count('testcase'), name)
      t.equal(suite.getAttribute('failures'), count('failure'), name)
      t.equal(suite.getAttribute('errors'), count('error'), name)
      if (suite.tagName === 'testsuite') t.equal(suite.getAttribute('skipped'), count('skipped'), name)
    }
  }
})

t.test('JUnit has a suite for each file, and all there is to say in a failure', async t => {
  const document = parseXml(vectorsFormats.junit(every))
  t.strictSame(
    elementsIn(document, 'testsuite').map(suite => suite.getAttribute('name')),
    ['SAGE 1.0 vectors a', 'SAGE 1.0 vectors b', 'SAGE 1.0 vectors c'],
  )
  const cases = new Map(elementsIn(document, 'testcase').map(each => [each.getAttribute('name'), each]))
  const [failure] = elementsIn(cases.get('a/wrong')!, 'failure')
  t.equal(cases.get('a/wrong')?.getAttribute('classname'), 'sage.vectors.a')
  t.equal(failure?.getAttribute('message'), 'fail (wrong): wrong answer: okm is the first value that differs')
  t.strictSame(failure?.textContent?.split('\n'), [
    'wrong answer: okm is the first value that differs',
    'expected "cd"',
    'got      "ab"',
    'this is what comes of a known mistake: a mistake',
    'about: c',
    'op: token.parse',
    'requirements: conventions.token',
    "again: sage-conformance vectors run --only a/wrong -- node 'my core.js'",
  ])
  const messageOf = (name: string, tag: string) => elementsIn(cases.get(name)!, tag)[0]?.getAttribute('message')
  t.equal(messageOf('b/hang', 'failure'), 'fail (hang): hang: no answer in 5000 ms')
  t.equal(messageOf('c/unsupported', 'error'), 'unsupported: the op is not supported')
  t.equal(messageOf('c/blocked', 'error'), 'blocked: not asked: the command had to be restarted too often')
  t.equal(messageOf('c/skipped', 'skipped'), 'skipped')
})

t.test('TAP says in YAML what is wrong with a test, and why what was skipped or not asked was not', async t => {
  const lines = vectorsFormats.tap(every).split('\n')
  t.strictSame(lines.slice(0, 4), [
    'TAP version 14',
    "# sage-conformance vectors run -- node 'my core.js'",
    '1..12',
    'ok 1 - a/pass',
  ])
  const at = lines.indexOf('not ok 2 - a/wrong')
  t.strictSame(lines.slice(at + 1, at + 14), [
    '  ---',
    '  state: "fail"',
    '  what: "wrong answer: okm is the first value that differs"',
    '  step: "okm"',
    '  expected: "\\"cd\\""',
    '  got: "\\"ab\\""',
    '  mistake: "a mistake"',
    '  comment: "c"',
    '  op: "token.parse"',
    '  requirements:',
    '    - "conventions.token"',
    `  again: "sage-conformance vectors run --only a/wrong -- node 'my core.js'"`,
    '  ...',
  ])
  for (const line of ['not ok 10 - c/unsupported', 'not ok 11 - c/blocked', 'ok 12 - c/skipped # SKIP skipped'])
    t.ok(lines.includes(line), line)
  t.ok(lines.includes('    - "stderr: luck"'))
  t.match(vectorsFormats.tap(vectorsSamples['nothing but skipped']!), 'not ok 2 - incomplete: nothing was asked')
})

t.test('Markdown says the verdict first, what came of each file, and each failure with its evidence', async t => {
  const text = vectorsFormats.markdown(every)
  t.match(
    text,
    /^# ❌ SAGE 1\.0 vectors: not conformant\n\n\*\*1 pass, 8 fail, 1 unsupported, 1 blocked, 1 skipped\*\* in 1\.5 s\./,
  )
  t.match(text, '| <code>a</code> | 1 pass, 3 fail |')
  t.match(text, '| <code>c</code> | 0 pass, 1 unsupported, 1 blocked, 1 skipped |')
  t.match(
    text,
    '### <code>b/crash</code>: <code>fail (crash)</code>\n\n```text\ncrash: the process ended without an answer',
  )
  t.match(text, '\nstderr: out of\nstderr: luck\n')
  t.match(vectorsFormats.markdown(vectorsSamples['all passed']!), /^# ✅ SAGE 1\.0 vectors: conformant\n/)
})

t.test('the line that asks a test again keeps the patience of the run, where it is not the usual one', async t => {
  const report = sampleVectorsReport({ judged: { 'a/one': failed({ kind: 'rejected' }) }, run: { timeoutMs: 70 } })
  t.match(vectorsFormats.tap(report), "vectors run --only a/one --timeout 70 -- node 'my core.js'")
})

t.test('a report that was changed is noticed', async t => {
  t.ok(isUnchanged(every))
  t.notOk(isUnchanged({ ...every, verdict: 'conformant', exitStatus: 0 }))
})

/** A report of a core that says `word` wherever it can, as the suite makes it. */
const heard = (word: string): VectorsReport =>
  sampleVectorsReport({
    judged: {
      'a/wrong': failed(
        differenceFailure({ reason: 'wrong', step: 'okm', expected: 'cd', got: { got: word } }, sampleTest()),
      ),
      'a/malformed': failed(malformedFailure('not a line of JSON', Buffer.from(word))),
      'b/crash': failed(crashFailure('exit status 1', [word, word])),
      'b/blocked': { state: 'blocked' },
    },
  })

/** The same with `word` in every text that its reader has from a file. */
const edited = (word: string): VectorsReport => {
  const report = structuredClone(heard('said'))
  report.target.argv = ['core', word]
  for (const result of report.results) {
    result.op = `op${word}`
    result.requirements = [`id${word}`]
    result.test = `file/${result.test}${word}`
    if (result.state !== 'fail') continue
    result.comment = `comment${word}`
    if (result.failure.kind === 'wrong')
      Object.assign(result.failure, { step: word, expected: `expected${word}`, got: `got${word}`, mistake: word })
    if (result.failure.kind === 'malformed') Object.assign(result.failure, { what: word, line: `line${word}` })
    if (result.failure.kind === 'crash') Object.assign(result.failure, { status: word, stderr: [word, word] })
  }
  return report
}

t.test('whatever a core says, a report can be made and kept, and holds nothing that is not seen', async t => {
  fc.assert(
    fc.property(hostile, word => {
      const report = heard(word)
      const text = vectorsFormats.json(report)
      if (unseen.test(text)) throw new Error(JSON.stringify(text))
      const again = parseReport(text)
      if (!isUnchanged(again)) throw new Error(text)
    }),
  )
  t.pass()
})

t.test('whatever a core says, or a file, changes no format, and nothing of it is left that is not seen', async () => {
  for (const make of [heard, edited]) {
    const benign = make('said')
    for (const [format, read] of readers) {
      const encode = vectorsFormats[format]
      const shape = JSON.stringify(shapeOf[format](encode(benign)))
      fc.assert(
        fc.property(hostile, word => {
          const report = make(`said${word}`)
          const text = encode(report)
          if (text !== wellFormed(text)) throw new Error('half of a pair of surrogates')
          if (format === 'junit' && text.includes(']]>')) throw new Error('the end of a section that never began')
          if (unseen.test(text)) throw new Error(JSON.stringify(text))
          if (JSON.stringify(shapeOf[format](text)) !== shape) throw new Error(text)
          if (JSON.stringify([...read(text).states].sort()) !== JSON.stringify(statesOf(report))) throw new Error(text)
        }),
        { numRuns: 100 },
      )
    }
  }
})

t.test('a core that answers megabytes is cut short, and the summary stays under 1 MiB', async t => {
  const word = 'x'.repeat(1_000_000)
  const judged = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [
      `file/${index}`,
      failed(differenceFailure({ reason: 'wrong', step: 'okm', expected: 'cd', got: `${word}${index}` }, sampleTest())),
    ]),
  )
  const report = sampleVectorsReport({
    judged: { ...judged, 'a/endless': failed(malformedFailure('what', Buffer.from(word))) },
  })
  t.ok(vectorsFormats.json(report).length < 3_000_000)
  const long = structuredClone(report)
  for (const result of long.results) if (result.state === 'fail') result.comment = 'x'.repeat(3000)
  const summary = vectorsFormats.markdown(long)
  t.ok(Buffer.byteLength(summary) < 2 ** 20, `${Buffer.byteLength(summary)}`)
  t.match(summary, /\*[0-9]+ more tests are left out here, for want of room/)
})
