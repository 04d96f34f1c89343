import { join } from 'node:path'
import t from 'tap'
import type { VectorFile, VectorTest } from '../../../schemas/index.js'
import { createProbePeer } from '../../probe/core-peer.js'
import { loadVectorFiles, ownVectors } from '../../vectors/load.js'
import { rederive } from '../../vectors/rederive.js'
import { sampleFile } from '../../vectors/test/sample.js'
import { vectorsCheckCommand } from '../vectors-check.js'

const check = async (path?: string): Promise<{ status: number; text: string }> => {
  const lines: string[] = []
  const streams = {
    out: (text: unknown) => void lines.push(String(text)),
    err: (line: string) => void lines.push(`err: ${line}\n`),
  }
  const status = await vectorsCheckCommand({ ...(path !== undefined && { path }), streams })
  return { status, text: lines.join('') }
}

t.test('the vectors of this package are all derived again by the code of the suite', async t => {
  const { status, text } = await check()
  t.equal(status, 0, text)
  t.match(text, /all derived again/)
})

t.test('a difference is one line: where, which step, expected, got', async t => {
  const file = sampleFile()
  file.groups[0]!.tests[0]!.steps = { prk: '00' }
  const folder = t.testdir({ 'sample.json': JSON.stringify(file), 'right.json': JSON.stringify(sampleFile()) })
  const { status, text } = await check(folder)
  t.equal(status, 1)
  t.match(text, 'sample/rfc5869-3: derived again, a value differs: prk: expected "00", got "19ef24a3')
  t.match(text, /^right +2 +1 +1 {2}ok$/m)
  t.match(text, /^sample +2 +1 +1 {2}1 wrong$/m)
  t.equal((await check(join(folder, 'right.json'))).status, 0)
})

t.test('a file that is no vector file, and inputs that the checker cannot use, are found and not thrown', async t => {
  const broken = sampleFile()
  delete broken.groups[0]!.tests[0]!.input['ikm']
  const folder = t.testdir({ 'other.json': '{}', 'broken.json': JSON.stringify(broken) })
  const { status, text } = await check(folder)
  t.equal(status, 1)
  t.match(text, 'other: not a vector file')
  t.match(text, 'broken/rfc5869-3: ')
})

t.test('a bad path or a file that is not JSON is one line and 2', async t => {
  const folder = t.testdir({ 'bad.json': 'no' })
  for (const path of [join(folder, 'missing'), join(folder, 'bad.json'), folder]) {
    const { status, text } = await check(path)
    t.equal(status, 2)
    t.match(text, /^err: [^\n]*\n$/)
  }
})

/** Everything that a test says must come out, changed in one leaf, one at a time. */
function* changes(value: unknown): Generator<unknown> {
  if (typeof value === 'string') yield value.length > 0 && value.at(-1) !== '0' ? `${value.slice(0, -1)}0` : `${value}1`
  else if (typeof value === 'boolean') yield !value
  else if (typeof value === 'number') yield value + 1
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) for (const changed of changes(item)) yield value.with(index, changed)
  else if (typeof value === 'object' && value !== null)
    for (const [name, item] of Object.entries(value))
      for (const changed of changes(item)) yield { ...value, [name]: changed }
}

const changedTests = (test: VectorTest): VectorTest[] => [
  ...[...changes(test.steps)].map(steps => ({ ...test, steps: steps as Record<string, unknown> })),
  ...(test.expect.outcome === 'reject'
    ? [{ ...test, expect: { outcome: 'accept' as const, output: {} } }]
    : [
        ...[...changes(test.expect.output)].map(output => ({
          ...test,
          expect: { outcome: 'accept' as const, output: output as Record<string, unknown> },
        })),
        { ...test, expect: { outcome: 'reject' as const, layer: 'schema' as const } },
      ]),
]

t.test('one changed leaf of any expected value of any file is noticed', t => {
  const probe = createProbePeer()
  for (const { name, content } of loadVectorFiles(ownVectors())) {
    const file = content as VectorFile
    const unnoticed: string[] = []
    let count = 0
    for (const { op, tests } of file.groups)
      for (const test of tests) {
        // The inputs stay as they are, and the answer to them is a function of them alone.
        const answer = probe(op, test.input)
        for (const changed of changedTests(test)) {
          count++
          const only: VectorFile = { ...file, groups: [{ op, tests: [changed] }] }
          if (rederive(name, only, () => answer).length === 0) unnoticed.push(test.id)
        }
      }
    t.strictSame(unnoticed, [], `${name}: ${count} changes`)
    t.ok(count >= file.counts.tests)
  }
  t.end()
})
