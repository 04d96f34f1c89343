import fc from 'fast-check'
import t from 'tap'
import type { VectorResult } from '../../../schemas/index.js'
import { encodeRequest, MalformedAnswer, MisplacedAnswer, parseAnswer } from '../answer.js'
import { compareAnswer } from '../compare.js'
import { describeFinding, jsonLine, show, showDifference } from '../finding.js'
import { LineReader } from '../line-reader.js'
import { rederive } from '../rederive.js'
import { isNamedBy, namedTests } from '../select.js'
import { countStates, exitStatus, verdictOf } from '../verdict.js'
import { sampleFile, sampleTest } from './sample.js'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8')

t.test('answers are compared step by step, then in their output', t => {
  const test = sampleTest()
  const { prk } = test.steps as { prk: string }
  const { okm } = (test.expect as unknown as { output: { okm: string } }).output
  const accept = (output?: Record<string, unknown>) =>
    compareAnswer(test, { outcome: 'accept', ...(output && { output }) })
  t.equal(accept({ prk, okm }), undefined)
  t.equal(accept({ okm }), undefined, 'steps are optional')
  t.equal(accept({ okm, more: 1 }), undefined, 'members that nobody asked for are ignored')
  t.match(accept({ prk: 'x', okm: 'y' }), { reason: 'wrong', step: 'prk', expected: prk, got: 'x' })
  t.match(accept({ prk, okm: 'ab' }), { step: 'okm', mistake: 'a mistake' })
  t.match(accept({ prk }), { reason: 'missing', step: 'okm' })
  t.match(accept(), { reason: 'missing', step: 'okm' })
  t.match(accept({ okm: null }), { reason: 'wrong', step: 'okm', got: null })
  t.match(accept({ okm: okm.toUpperCase() }), { reason: 'wrong' }, 'hex is lower case')
  t.strictSame(compareAnswer(test, { outcome: 'reject' }), { reason: 'rejected' })
  t.strictSame(compareAnswer(test, { outcome: 'unsupported' }), { reason: 'unsupported' })
  const refused = sampleFile().groups[1]!.tests[0]!
  t.equal(compareAnswer(refused, { outcome: 'reject' }), undefined)
  t.strictSame(compareAnswer(refused, { outcome: 'accept', output: {} }), { reason: 'accepted' })
  t.strictSame(compareAnswer(refused, { outcome: 'unsupported' }), { reason: 'unsupported' })
  t.end()
})

t.test('an answer is one object with the id of its request', t => {
  t.strictSame(parseAnswer(bytes('{"id":"a","outcome":"reject","why":"x"}'), 'a'), { outcome: 'reject' })
  t.strictSame(parseAnswer(bytes('{"id":"a","outcome":"accept","output":{"b":1}}'), 'a'), {
    outcome: 'accept',
    output: { b: 1 },
  })
  t.strictSame(parseAnswer(bytes('{"id":"a","outcome":"accept"}'), 'a'), { outcome: 'accept' })
  for (const line of [
    '',
    'no',
    '[]',
    'null',
    '"a"',
    '{"id":"a"}',
    '{"id":"a","outcome":"maybe"}',
    '{"id":"a","outcome":"accept","output":[]}',
  ])
    t.throws(() => parseAnswer(bytes(line), 'a'), MalformedAnswer, line)
  t.throws(() => parseAnswer(Uint8Array.of(0x7b, 0xff, 0x7d), 'a'), MalformedAnswer, 'no UTF-8')
  t.throws(() => parseAnswer(bytes('{"id":"b","outcome":"reject"}'), 'a'), MisplacedAnswer)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (id, text) => {
      const line = encodeRequest(id, 'jcs', { text })
      return /^[\x20-\x7e]*$/.test(line) && (JSON.parse(line) as { input: { text: string } }).input.text === text
    }),
  )
  t.end()
})

t.test('lines are cut wherever the chunks are cut, and a line without an end is bounded', t => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 20 }).map(text => text.replaceAll('\n', ''))),
      fc.integer({ min: 1, max: 7 }),
      (lines, size) => {
        const stream = bytes(lines.map(line => `${line}\n`).join(''))
        const reader = new LineReader(100)
        const read: string[] = []
        for (let at = 0; at < stream.length; at += size)
          read.push(...reader.push(stream.subarray(at, at + size)).map(line => Buffer.from(line).toString('utf8')))
        return (
          JSON.stringify(read) ===
          JSON.stringify(lines.map(line => bytes(line)).map(line => Buffer.from(line).toString('utf8')))
        )
      },
    ),
  )
  const reader = new LineReader(4)
  t.strictSame(reader.push(bytes('abcd\n')).length, 1)
  t.throws(() => reader.push(bytes('abcde')), RangeError)
  t.strictSame(reader.push(bytes('ab\n')).length, 1, 'what was too long is dropped')
  t.end()
})

t.test('a glob names a test by its id, its file or its op', t => {
  const [hkdf, token] = namedTests([{ name: 'sample', file: sampleFile() }])
  for (const glob of ['sample/rfc5869-3', 'sample/*', 'sample', 'hkdf', 'hk*', '*']) t.ok(isNamedBy(glob, hkdf!), glob)
  for (const glob of ['token.parse', 'sample/rfc', 'hkd.', '', 'token*']) t.notOk(isNamedBy(glob, hkdf!), glob)
  t.ok(isNamedBy('token.*', token!))
  t.end()
})

t.test('a verdict fails closed', t => {
  const verdict = (...states: VectorResult['state'][]) => verdictOf(countStates(states.map(state => ({ state }))))
  t.equal(verdict('pass'), 'conformant')
  t.equal(verdict('pass', 'skipped'), 'conformant')
  t.equal(verdict('pass', 'unsupported'), 'incomplete')
  t.equal(verdict('pass', 'blocked'), 'incomplete')
  t.equal(verdict('skipped'), 'incomplete')
  t.equal(verdict(), 'incomplete')
  t.equal(verdict('pass', 'fail', 'unsupported'), 'not conformant')
  t.strictSame(exitStatus, { conformant: 0, 'not conformant': 1, incomplete: 3 })
  t.end()
})

t.test('what a checker says is compared member by member', t => {
  const file = sampleFile()
  const peer = (output: Record<string, unknown>) => (op: string) =>
    op === 'hkdf' ? { outcome: 'accept' as const, output } : { outcome: 'reject' as const, layer: 'schema' }
  const right = { ...file.groups[0]!.tests[0]!.steps, ...(sampleTest().expect as unknown as { output: object }).output }
  t.strictSame(rederive('sample', file, peer(right)), [])
  t.match(rederive('sample', file, peer({ ...right, extra: '1' })), [{ step: 'extra', got: '1' }])
  const { prk: _, ...withoutStep } = right as { prk: string }
  t.match(rederive('sample', file, peer(withoutStep)), [{ step: 'prk' }])
  t.match(
    rederive('sample', file, () => ({ outcome: 'unsupported' })),
    [{ message: /does not know/ }, { message: /does not know/ }],
  )
  t.match(
    rederive('sample', file, () => {
      throw new Error('no such member')
    })[0],
    { where: 'sample/rfc5869-3', message: /no such member/ },
  )
  const otherReason = rederive('sample', file, op =>
    op === 'hkdf' ? { outcome: 'accept', output: right } : { outcome: 'reject', layer: 'length' },
  )
  t.match(otherReason, [{ where: 'sample/empty', step: 'layer', expected: 'schema', got: 'length' }])
  t.end()
})

t.test('nothing that a foreign process says can steer a terminal', t => {
  t.equal(jsonLine('a\u001b[2J\u202eb\ud800'), '"a\\u001b[2J\\u202eb\\ud800"', 'and it is still JSON')
  t.equal(show(jsonLine('x'.repeat(1000))).length < 300, true)
  t.equal(jsonLine(undefined), 'nothing')
  const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`) as unknown
  t.equal(jsonLine(deep), 'a value that is nested too deeply to be shown')
  t.match(
    describeFinding({ where: 'a/b', message: 'm', step: 's', expected: 1, got: '\u0007' }),
    'a/b: m: s: expected 1, got "\\u0007"',
  )
  t.end()
})

t.test('of two long values the part is shown in which they differ', t => {
  const differing = (at: number, length: number) => {
    const text = 'a'.repeat(length)
    return showDifference(jsonLine(text), jsonLine(`${text.slice(0, at)}b${text.slice(at + 1)}`))
  }
  t.strictSame(differing(3, 10), { expected: '"aaaaaaaaaa"', got: '"aaabaaaaaa"' })
  const early = differing(100, 1000)
  t.equal(early.from, undefined)
  t.match(early.got, /^"a{100}b/)
  for (const [at, length] of [
    [160, 180],
    [199, 1000],
    [411, 1000],
    [999, 1000],
  ] as const) {
    const { expected, got, from } = differing(at, length)
    // The quotation mark counts.
    t.equal(from, at + 2)
    t.match(expected, /^…a{40}/)
    t.match(got, /^…a{40}b/)
    t.ok(got.length < 260)
  }
  t.match(showDifference(jsonLine('a'.repeat(300)), jsonLine('a'.repeat(400))), {
    from: 302,
    expected: /^…a{40}" \(302 characters\)$/,
  })
  t.match(
    describeFinding({ where: 'w', message: 'm', step: 's', expected: 'a'.repeat(300), got: `${'a'.repeat(299)}b` }),
    /^w: m: s from character 301 on: expected …a{41}" \(302 characters\), got …a{40}b"/,
  )
  fc.assert(
    fc.property(fc.string({ maxLength: 900 }), fc.string({ maxLength: 900 }), fc.string(), (same, more, other) => {
      fc.pre(more !== other)
      const { expected, got } = showDifference(jsonLine(same + more), jsonLine(same + other))
      return expected !== got
    }),
  )
  t.end()
})
