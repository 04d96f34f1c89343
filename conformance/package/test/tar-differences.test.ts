import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { gunzipSync } from 'node:zlib'
import { rootPath } from '../../../schemas/index.js'
import { tarDifferences } from '../tar-differences.js'

/** The tarball of a small package that npm makes of `files`. */
const packed = (t: Test, name: string, files: Readonly<Record<string, string>>, mode = 0o644): Uint8Array => {
  const folder = join(t.testdirName, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"name":"a","version":"1.0.0"}')
  for (const [path, text] of Object.entries(files)) {
    writeFileSync(join(folder, path), text)
    chmodSync(join(folder, path), mode)
  }
  execFileSync('npm', ['pack', '--silent'], { cwd: folder })
  return gunzipSync(readFileSync(join(folder, 'a-1.0.0.tgz')))
}

t.test('what differs between two tarballs is named by its file', async t => {
  t.testdir({})
  const base = packed(t, 'base', { 'a.js': 'one', 'b.js': 'two' })
  t.strictSame(tarDifferences(base, packed(t, 'same', { 'b.js': 'two', 'a.js': 'one' })), [])
  t.strictSame(tarDifferences(base, packed(t, 'content', { 'a.js': 'one', 'b.js': 'three' })), [
    'package/b.js differs in its content',
  ])
  t.strictSame(tarDifferences(base, packed(t, 'files', { 'a.js': 'one', 'c.js': 'two' })), [
    'package/b.js is in the first alone',
    'package/c.js is in the second alone',
  ])
  const modes = tarDifferences(base, packed(t, 'modes', { 'a.js': 'one', 'b.js': 'two' }, 0o600))
  t.match(modes, [/^package\/a\.js has mode 0*644, and 0*600$/, /^package\/b\.js/])
})

t.test('before anything is packed every file has the mode that it has anywhere', async t => {
  const program = join(rootPath, 'conformance', 'bin', 'sage-conformance.js')
  const { scripts } = JSON.parse(readFileSync(join(rootPath, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>
  }
  t.match(scripts['prepack'], /--anew .*modes\.mjs$/)
  const folder = t.testdir({ conformance: { bin: {}, bootstrap: {} }, spec: {} })
  const put = (path: string, text: string | Buffer, mode: number): string => {
    writeFileSync(join(folder, path), text)
    chmodSync(join(folder, path), mode)
    return join(folder, path)
  }
  put('package.json', readFileSync(join(rootPath, 'package.json')), 0o600)
  for (const name of ['modes.mjs', 'place.mjs'])
    put(`conformance/bootstrap/${name}`, readFileSync(join(rootPath, 'conformance', 'bootstrap', name)), 0o644)
  const bin = put('conformance/bin/sage-conformance.js', readFileSync(program), 0o600)
  const page = put('spec/http.md', '# HTTP', 0o775)
  const beside = put('secret.txt', 'not packed', 0o600)
  execFileSync(process.execPath, [join(folder, 'conformance', 'bootstrap', 'modes.mjs')])
  const { statSync } = await import('node:fs')
  const modeOf = (path: string): number => statSync(path).mode & 0o777
  t.same([bin, page, beside].map(modeOf), [0o755, 0o644, 0o600])
})
