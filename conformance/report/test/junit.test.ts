import t from 'tap'
import { loadRequirementSet } from '../../trace/requirement-set.js'
import { encodeJunit } from '../junit.js'
import { faultsOf } from './junit-schema.js'
import { elementsIn, parseXml } from './read-back.js'
import { sampleReport, sampleResult, samples } from './sample.js'

const { requirements } = loadRequirementSet()

t.test('what is written is valid by the schema that its readers have', async t => {
  const files = Object.entries(samples).map(([name, report]) => [`${name}.xml`, encodeJunit(report, requirements)])
  t.strictSame(await faultsOf(Object.fromEntries(files)), [])
  const [, text = ''] = files[0] ?? []
  t.not((await faultsOf({ 'x.xml': text.replace(' tests=', ' test=') })).length, 0, 'a fault is noticed')
})

t.test('the counts of each suite, and of all, are those of its tests', async t => {
  for (const [name, report] of Object.entries(samples)) {
    const document = parseXml(encodeJunit(report, requirements))
    for (const suite of [...elementsIn(document, 'testsuites'), ...elementsIn(document, 'testsuite')]) {
      const count = (tag: string): string => String(elementsIn(suite, tag).length)
      t.equal(suite.getAttribute('tests'), count('testcase'), name)
      t.equal(suite.getAttribute('failures'), count('failure'), name)
      t.equal(suite.getAttribute('errors'), count('error'), name)
      if (suite.tagName === 'testsuite') t.equal(suite.getAttribute('skipped'), count('skipped'), name)
    }
  }
})

t.test(
  'a failure says what it is in a message, and all of it in the output; the time is that of its cases',
  async t => {
    const report = sampleReport({
      results: [sampleResult('record.replay', 'fail', { transport: 'ws', expected: 'refusal', observed: 'accepted' })],
    })
    const [testcase] = elementsIn(parseXml(encodeJunit(report, requirements)), 'testcase')
    t.equal(testcase?.getAttribute('name'), 'record.replay over ws')
    t.equal(testcase?.getAttribute('classname'), 'sage.ws.session')
    t.equal(testcase?.getAttribute('time'), '2.500')
    const [failure] = testcase ? elementsIn(testcase, 'failure') : []
    t.equal(failure?.getAttribute('message'), 'fail (some-reason): accepted')
    t.equal(failure?.getAttribute('type'), 'fail')
    const [out] = testcase ? elementsIn(testcase, 'system-out') : []
    t.match(out?.textContent?.split('\n'), [
      'fail (some-reason)',
      /^record\.replay \(MUST, spec\/session\.md:[0-9]+\)$/,
      /^A receiver MUST /,
      'expected:  refusal',
      'observed:  accepted',
      'exchanges: fault, accepted: refusal',
      'again:     sage-conformance run http://127.0.0.1:8080/ --only record.replay --transport ws',
    ])
  },
)
