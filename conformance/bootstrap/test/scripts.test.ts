import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { rootPath } from '../../../schemas/index.js'

// The scripts of the house that take options: help, and one line for what they do not know.

const scripts: readonly (readonly [name: string, path: string, known: RegExp])[] = [
  ['npm run trace', 'conformance/trace/main.js', /--freeze \[--again\]/],
  ['npm run kill-matrix', 'conformance/mutants/kill-matrix.js', /--full/],
  ['npm run peers', 'conformance/peers/main.js', /--require NAME/],
  ['npm run generate', 'conformance/trace/generate.js', /--check/],
]

const call = (path: string, option: string) =>
  spawnSync(process.execPath, [join(rootPath, 'dist', path), option], { cwd: rootPath, encoding: 'utf8' })

t.test('each says what it takes, and does nothing else', async t => {
  for (const [name, path, known] of scripts) {
    const { status, stdout } = call(path, '--help')
    t.equal(status, 0, name)
    t.ok(stdout.startsWith(`${name}: `), stdout)
    t.match(stdout, known)
    for (const line of stdout.split('\n')) t.ok(line.length <= 100, line)
  }
})

t.test('each ends at what it does not know, in one line', async t => {
  for (const [name, path] of scripts) {
    const { status, stdout, stderr } = call(path, '--nope')
    t.match({ status, stdout }, { status: 2, stdout: '' }, name)
    t.equal(stderr, `${name}: Unknown option '--nope'; see ${name} -- --help\n`)
  }
})

t.test('npm start shows the options of run, and starts nothing', async t => {
  const { status, stdout } = call('conformance/commands/start.js', '--help')
  t.equal(status, 0)
  t.match(stdout, /^npm start \[-- options\]: /)
  t.match(stdout, /--write-baseline/)
  t.notMatch(stdout, 'reference responder, ')
})

t.test('every script that package.json has is one that is there', async t => {
  const { scripts: all } = JSON.parse(readFileSync(join(rootPath, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>
  }
  for (const command of Object.values(all))
    for (const [, path = ''] of command.matchAll(/node ((?:dist|conformance)\/\S+\.m?js)/g))
      t.doesNotThrow(() => readFileSync(join(rootPath, path)), path)
})
