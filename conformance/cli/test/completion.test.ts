import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import t, { type Test } from 'tap'
import { complete } from '../complete.js'
import { completionNames } from '../completion-names.js'
import { completionScripts } from '../completion-scripts.js'
import { createProgram } from '../program.js'
import { lacking, program as file, typed } from './as-typed.js'

const program = createProgram(() => undefined)

/** What may follow a line; the last word is what stands behind the last space. */
const offered = async (line: string) => {
  const { candidates, files } = await complete(program, line.split(' '), completionNames)
  return [...candidates.map(({ value }) => value), ...(files ? [':files'] : [])]
}

t.test('commands, and those inside them', async t => {
  t.strictSame(await offered('ru'), ['run', 'run-client'])
  t.strictSame(await offered('vectors '), ['check', 'run', 'help'])
  t.strictSame(await offered('help vec'), ['vectors'])
  t.strictSame(await offered('help vectors c'), ['check'])
  t.notOk((await offered('')).includes('complete'), 'what only scripts ask is not offered')
})

t.test('every option that a command parses is offered, and no other', async t => {
  for (const command of program.commands.filter(each => each.options.length > 0))
    t.strictSame(
      (await offered(`${command.name()} --`)).sort(),
      [...command.options.map(({ long }) => long), '--help'].sort(),
      command.name(),
    )
  t.strictSame(await offered('run --re'), ['--report'])
})

t.test('values: choices, formats, files, and the ids of the registries', async t => {
  t.strictSame(await offered('run --transport '), ['http', 'ws'])
  t.strictSame(await offered('serve --profile l'), ['low-limits'])
  t.strictSame(await offered('completion '), ['bash', 'zsh', 'fish'])
  t.strictSame(await offered('run http://a --report ht'), ['html='])
  t.strictSame(await offered('vectors run --report html'), [], 'of vectors there is no page')
  t.strictSame(await offered('run http://a --report html=a'), [':files'])
  t.strictSame(await offered('run --baseline '), [':files'])
  t.strictSame(await offered('verify '), [':files'])
  t.strictSame(await offered('vectors run -- '), [':files'])
  t.strictSame(await offered('run --jobs '), [])
  t.strictSame(await offered('explain record.repl'), [
    'record.replay',
    'record.replay/batch',
    'record.replay/behind-the-highest',
    'record.replay/other-transport',
  ])
  const selectable = new Set(await offered('run --only '))
  t.ok(selectable.size > 200)
  const further = (await offered('explain ')).filter(id => !selectable.has(id))
  t.ok(further.length > 20, 'what no live check judges can be explained')
  t.ok((await offered('run-client --skip ')).length > 20)
  t.ok((await offered('vectors run --only hkdf')).some(name => name.startsWith('hkdf')))
})

t.test('the value of an option is no command and no argument, and behind -- nothing is an option', async t => {
  t.strictSame(await offered('run --only run http://a --tra'), ['--transport'])
  t.strictSame(await offered('run-client -- --tra'), [':files'])
  t.strictSame(await offered('explain a b'), [])
})

/** A folder with the program on its path, and a file to complete. */
const stage = (t: Test) => {
  const folder = t.testdir({ 'report-of-monday.json': '{}' })
  mkdirSync(join(folder, 'bin'))
  const path = join(folder, 'bin', 'sage-conformance')
  writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${file}" "$@"\n`)
  chmodSync(path, 0o755)
  return { cwd: folder, env: { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}` } }
}

t.test('the script for bash, in bash', { skip: lacking('bash') }, async t => {
  const place = stage(t)
  const ask = (line: string): string[] => {
    // bash breaks words at = and : too.
    const words = line.split(/(?<=[=:])|\s|(?==)/).map(word => `'${word}'`)
    const script = [
      completionScripts.bash,
      `COMP_LINE='${line}' COMP_POINT=${line.length} COMP_WORDS=(${words.join(' ')}) COMP_CWORD=${words.length - 1}`,
      '_sage_conformance',
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n')
    const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script], { ...place, encoding: 'utf8' })
    t.equal(status, 0, stderr)
    return stdout.split('\n').filter(each => each !== '')
  }
  t.strictSame(ask('sage-conformance run'), ['run', 'run-client'])
  t.strictSame(ask('sage-conformance run --transport '), ['http', 'ws'])
  t.strictSame(ask('sage-conformance run http://a --report ju'), ['junit='])
  t.strictSame(ask('sage-conformance run http://a --report html=report-of'), ['report-of-monday.json'])
  t.strictSame(ask('sage-conformance verify rep'), ['report-of-monday.json'])
  t.ok(ask('sage-conformance explain record.replay').includes('record.replay/batch'))
  t.strictSame(ask('sage-conformance run --nothing-like-this'), [])
})

t.test('the script for zsh, in zsh', { skip: lacking('zsh') }, async t => {
  const place = stage(t)
  // The functions of the completion system need a terminal: what they are given is looked at instead.
  const ask = (...words: string[]): string[] => {
    const script = [
      'compdef() { : }',
      '_describe() { print -rl -- "${(@P)2}" }',
      'compadd() { print -rl -- "${(@P)argv[-1]}" }',
      'compset() { : }',
      '_files() { print -r -- files }',
      completionScripts.zsh,
      `words=(${words.map(word => `'${word}'`).join(' ')}); CURRENT=${words.length}`,
      '_sage_conformance',
    ].join('\n')
    const { stdout, stderr, status } = spawnSync('zsh', ['-f', '-c', script], { ...place, encoding: 'utf8' })
    t.equal(status, 0, stderr)
    return stdout.split('\n').filter(each => each !== '')
  }
  t.strictSame(ask('sage-conformance', 'run', '--transport', ''), ['http:', 'ws:'])
  t.strictSame(ask('sage-conformance', 'run', 'http://a', '--report', 'ju'), ['junit='])
  t.strictSame(ask('sage-conformance', 'run', 'http://a', '--report', 'html=x'), ['files'])
  t.match(ask('sage-conformance', 'exp'), [/^explain:a requirement/])
})

t.test('the script for fish, in fish', { skip: lacking('fish') }, async t => {
  const place = stage(t)
  const ask = (line: string): string[] => {
    const script = `${completionScripts.fish}\ncomplete -C '${line}'`
    const env = { ...place.env, HOME: place.cwd, XDG_CONFIG_HOME: place.cwd, XDG_DATA_HOME: place.cwd }
    const { stdout } = spawnSync('fish', ['--no-config', '-c', script], { cwd: place.cwd, env, encoding: 'utf8' })
    return stdout
      .split('\n')
      .map(each => each.split('\t')[0] ?? '')
      .filter(each => each !== '')
  }
  t.strictSame(ask('sage-conformance run --transport ').sort(), ['http', 'ws'])
  t.strictSame(ask('sage-conformance run http://a --report ju'), ['junit='])
  t.strictSame(ask('sage-conformance verify rep'), ['report-of-monday.json'])
  t.strictSame(ask('sage-conformance run http://a --report html=report-of'), ['html=report-of-monday.json'])
})

t.test('completion prints the script, and knows no other shell', async t => {
  for (const shell of ['bash', 'zsh', 'fish'] as const)
    t.match(await typed(t, 'completion', shell), { status: 0, out: completionScripts[shell], err: '' })
  t.match(await typed(t, 'completion', 'csh'), { status: 2, err: /completion takes one of bash, zsh, fish, not "csh"/ })
})
