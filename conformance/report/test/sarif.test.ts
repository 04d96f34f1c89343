import { Ajv } from 'ajv'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { roomPath, type Report } from '../../../schemas/index.js'
import { loadRequirementSet } from '../../trace/requirement-set.js'
import { encodeSarif } from '../sarif.js'
import type { SarifLog } from './read-back.js'
import { sampleReport, sampleResult, samples } from './sample.js'

const { requirements } = loadRequirementSet()

const schema = JSON.parse(
  readFileSync(roomPath('conformance', 'report', 'test', 'sarif-2.1.0.schema.json'), 'utf8'),
) as object

const validate = new Ajv({
  strict: false,
  // One of its patterns is none under the u flag.
  unicodeRegExp: false,
  formats: {
    uri: (text: string) => URL.canParse(text),
    'uri-reference': (text: string) => URL.canParse(text, 'http://base.example/'),
    'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/,
  },
}).compile(schema)

const logOf = (report: Report): SarifLog => JSON.parse(encodeSarif(report, requirements)) as SarifLog

t.test('what is written is valid by the schema of SARIF 2.1.0', async t => {
  for (const [name, report] of Object.entries(samples)) {
    validate(logOf(report))
    t.strictSame(validate.errors, null, name)
  }
  t.notOk(validate({ ...logOf(samples['every state']!), version: '2.0.0' }), 'a fault is noticed')
})

t.test('what does not hold is a finding at its sentence; what was not judged is none', async t => {
  const [run] = logOf(samples['every state']!).runs
  t.strictSame(
    run.results.map(({ ruleId, level }) => `${ruleId}: ${level}`),
    ['record.any-order: error', 'message.schema: warning', 'record.any-order: error', 'message.schema: warning'],
  )
  const [strictly] = logOf(samples['every state, strictly']!).runs
  t.ok(strictly.results.every(({ level }) => level === 'error'))
  const { line } = requirements.find(({ id }) => id === 'record.any-order')!
  t.match(run.results[0], {
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'spec/session.md', uriBaseId: 'SRCROOT' },
          region: { startLine: line },
        },
      },
    ],
  })
  const ids = run.tool.driver.rules.map(({ id }) => id)
  t.ok(run.results.every(result => ids[(result as unknown as { ruleIndex: number }).ruleIndex] === result.ruleId))
})

t.test('a known failure is suppressed; a run that is incomplete was no success', async t => {
  t.match(logOf(samples['a known failure']!).runs[0].results, [{ suppressions: [{ kind: 'external' }] }])
  t.match(logOf(samples['nothing there']!).runs[0].invocations, [{ executionSuccessful: false, exitCode: 3 }])
})

t.test('a finding is known again in the next run, and told from every other', async t => {
  const fingerprints = (report: Report) =>
    logOf(report).runs[0].results.map(({ partialFingerprints }) => partialFingerprints['primaryLocationLineHash'])
  const { results } = samples['every state']!
  const first = fingerprints(samples['every state']!)
  t.equal(new Set(first).size, first.length)
  const later = sampleReport({ results: results as never, target: { url: 'http://elsewhere/' }, run: { salt: 'ff' } })
  t.strictSame(fingerprints(later), first)
  t.strictSame(
    logOf(later).runs[0].results.map(({ ruleId }) => ruleId),
    ['record.any-order', 'message.schema', 'record.any-order', 'message.schema'],
  )
})

t.test('no placeholder and no link comes of what an agent said', async t => {
  const observed = '{0} [x](http://evil.example) \\[y](1)'
  const report = sampleReport({ results: [sampleResult('record.replay', 'fail', { observed })] })
  const text = logOf(report).runs[0].results[0]?.message.text ?? ''
  t.match(text, '{{0}} \\[x\\](http://evil.example) \\\\\\[y\\](1)')
})
