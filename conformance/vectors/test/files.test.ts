import { join } from 'node:path'
import t from 'tap'
import type { VectorFile } from '../../../schemas/index.js'
import { lintVectorFile } from '../lint.js'
import { loadVectorFiles, LoadError, ownVectors } from '../load.js'
import { isVectorFile, schemaObjection } from '../schema.js'
import { sampleFile } from './sample.js'

t.test('a folder is its .json files, by name, and not those of folders within', t => {
  const folder = t.testdir({ 'b.json': '1', 'a.json': '{}', 'note.md': 'no', inner: { 'c.json': '{}' } })
  t.strictSame(
    loadVectorFiles(folder).map(({ name, content }) => [name, content]),
    [
      ['a', {}],
      ['b', 1],
    ],
  )
  t.strictSame(loadVectorFiles(join(folder, 'a.json'))[0]?.name, 'a')
  t.end()
})

t.test('a path that cannot be read is said in one line that names it', t => {
  const folder = t.testdir({ 'bad.json': '{"a":\n', empty: {} })
  for (const name of ['missing', 'missing.json', 'bad.json', 'empty']) {
    const path = join(folder, name)
    t.throws(() => loadVectorFiles(path), LoadError)
    try {
      loadVectorFiles(path)
    } catch (error) {
      t.ok(error instanceof Error && error.message.includes(name) && !error.message.includes('\n'), name)
    }
  }
  t.end()
})

t.test('the files of this package are vector files without anything to lint', t => {
  const files = loadVectorFiles(ownVectors())
  t.ok(files.length >= 16)
  for (const { name, content } of files) {
    t.ok(isVectorFile(content), `${name}: ${schemaObjection(content)}`)
    t.strictSame(lintVectorFile(name, content as VectorFile), [], name)
  }
  t.end()
})

t.test('the schema refuses what is no vector file, and says where', t => {
  t.equal(schemaObjection(sampleFile()), '')
  for (const [content, said] of [
    [null, 'the file'],
    [{ ...sampleFile(), suite: 'sage/2.0' }, '/suite'],
    [{ ...sampleFile(), extra: 1 }, 'the file'],
    [{ ...sampleFile(), groups: [{ op: 'no.such.op', tests: [] }] }, '/groups/0/op'],
  ] as const) {
    t.notOk(isVectorFile(content))
    t.match(schemaObjection(content), said)
  }
  t.end()
})

t.test('the linter finds each thing that cannot be right', t => {
  const changed = (change: (file: VectorFile) => void): string[] => {
    const file = sampleFile()
    change(file)
    return lintVectorFile('sample', file).map(({ where, message }) => `${where}: ${message}`)
  }
  t.strictSame(
    changed(() => {}),
    [],
  )
  const first = (file: VectorFile) => file.groups[0]!.tests[0]!
  const cases: [change: (file: VectorFile) => void, said: RegExp][] = [
    [file => (file.groups[1]!.tests[0]!.id = 'rfc5869-3'), /sample: the id rfc5869-3 is used twice/],
    [file => first(file).flags.push('Unknown'), /flag Unknown has no note/],
    [file => (file.notes['Unused'] = { description: 'd', effect: 'e' }), /no test has the flag Unused/],
    [file => (file.counts.accept = 2), /counts say/],
    [file => first(file).requirements.push('no.such'), /sample\/rfc5869-3: the requirement no.such does not exist/],
    [file => (first(file).nearMisses![0]!.step = 'nothing'), /there is no step nothing/],
    [file => (first(file).nearMisses![0]!.step = 'toString'), /there is no step toString/],
    [
      file => (first(file).nearMisses = [{ step: 'prk', value: first(file).steps!['prk'], mistake: 'm' }]),
      /is the true value of prk/,
    ],
    [file => (first(file).steps!['okm'] = '00'), /okm is a step and an output/],
    [file => (first(file).input['ikm'] = '0B'.repeat(22)), /hex in upper case: 0B0B/],
    [file => (file.groups[1]!.tests[0]!.steps = { a: 1 }), /a rejection has neither steps nor near misses/],
  ]
  for (const [change, said] of cases) {
    const found = changed(change)
    t.equal(found.length, 1, String(said))
    t.match(found[0], said)
  }
  t.end()
})
