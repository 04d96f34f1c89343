import t from 'tap'
import { loadRequirementSet } from '../../trace/requirement-set.js'
import { encodeTap } from '../tap.js'
import { sampleReport, sampleResult, samples } from './sample.js'

const { requirements } = loadRequirementSet()
const linesOf = (name: string): string[] => encodeTap(samples[name]!, requirements).split('\n')
const points = (name: string): string[] => linesOf(name).filter(line => /^(not )?ok /.test(line))

t.test('a point for each check, which says why where it is not simply ok', async t => {
  t.strictSame(linesOf('every state').slice(0, 3), [
    'TAP version 14',
    '# sage-conformance judges http://127.0.0.1:8080/',
    '1..16',
  ])
  t.strictSame(points('every state').slice(0, 8), [
    'ok 1 - record.replay over http',
    'not ok 2 - record.any-order over http',
    'not ok 3 - message.schema over http # TODO warn (some-reason): that',
    'ok 4 - handshake.nonce-single-use over http # SKIP skip (some-reason): that',
    'not ok 5 - task.ping over http',
    'ok 6 - card.published over http # SKIP not-observed (some-reason): that',
    'not ok 7 - ws.ping over http',
    'not ok 8 - http.headers-agree over http',
  ])
  t.equal(points('every state, strictly')[2], 'not ok 3 - message.schema over http')
})

t.test('the diagnostics of a point are YAML, and hold what there is to say', async t => {
  const result = sampleResult('record.replay', 'fail', { expected: 'a: "b"', observed: '# c' })
  const lines = encodeTap(sampleReport({ results: [result] }), requirements).split('\n')
  t.match(lines.slice(4), [
    '  ---',
    '  state: "fail"',
    '  verdict: "fail (some-reason)"',
    /^ {2}requirement: "record\.replay \(MUST, spec\/session\.md:[0-9]+\)"$/,
    /^ {2}sentence: "A receiver MUST /,
    '  expected: "a: \\"b\\""',
    '  observed: "# c"',
    '  exchanges:',
    '    - "fault, # c: a: \\"b\\""',
    '  again: "sage-conformance run http://127.0.0.1:8080/ --only record.replay --transport http"',
    '  ...',
  ])
})

t.test('what no check says is a point of its own, that is not ok', async t => {
  t.strictSame(points('nothing there'), ['not ok 1 - incomplete: http://127.0.0.1:9/ cannot be reached (ECONNREFUSED)'])
  t.strictSame(points('nothing but skipped').slice(1), ['not ok 2 - incomplete: nothing was judged'])
  t.strictSame(points('a known failure').slice(1), [
    'not ok 2 - record.any-order over http # TODO fail (some-reason): nothing',
  ])
  t.match(points('a known failure that passes').slice(1), [
    /^not ok 2 - known failure record\.any-order over http \(some-reason\): it passes now/,
  ])
})
