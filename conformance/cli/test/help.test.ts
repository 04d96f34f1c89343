import type { Command } from 'commander'
import t from 'tap'
import { createProgram } from '../program.js'
import { typed } from './as-typed.js'

// What `--help` says of each command, and that its examples are what the program itself parses.

const visible = (command: Command): Command[] => command.createHelp().visibleCommands(command)

const everyCommand = (command: Command): Command[] => [command, ...visible(command).flatMap(everyCommand)]

const pathOf = (command: Command): string[] =>
  command.parent === null ? [] : [...pathOf(command.parent), command.name()]

const paths = everyCommand(createProgram(() => undefined)).map(pathOf)

/** Words of a line, as a shell reads it where nothing but single quotes is special, and without what is redirected. */
const wordsOf = (line: string): string[] =>
  [...line.replace(/ [<>|] .*$/, '').matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')

const examplesOf = (help: string): string[] => [...help.matchAll(/^ {2}\$ (.+)$/gm)].map(([, line = '']) => line)

t.test('every help fits 80 columns, and says what each command is for', async t => {
  t.ok(paths.length > 12)
  for (const path of paths) {
    const { status, out, err } = await typed(t, ...path, '--help')
    t.match({ status, err }, { status: 0, err: '' })
    for (const line of out.split('\n')) t.ok(line.length <= 80, line)
    t.match(out, /^Usage: sage-conformance/)
    t.match(await typed(t, 'help', ...path), { status: 0, out }, 'help COMMAND says the same')
  }
})

const leaves = paths.filter(path => path.length > 0 && !['help', 'vectors'].includes(path.join(' ')))

t.test('every command has examples and exit statuses', async t => {
  for (const path of leaves) {
    const { out } = await typed(t, ...path, '--help')
    const examples = examplesOf(out)
    t.ok(examples.length >= 2 && examples.length <= 4, `${path.join(' ')}: ${examples.length} examples`)
    for (const line of examples) t.match(line, `sage-conformance ${path.join(' ')}`)
    t.match(out, /^Exit status:\n +0 {2}\S/m)
    t.match(out, /^ +2 {2}\S/m)
  }
})

t.test('every example is what the program parses, and is run by its command', async t => {
  for (const path of leaves) {
    const { out } = await typed(t, ...path, '--help')
    for (const line of examplesOf(out).filter(each => each.startsWith('sage-conformance '))) {
      const program = createProgram(() => undefined)
      let ran: string | undefined
      for (const command of everyCommand(program))
        if (command.commands.length === 0) command.action(() => void (ran = pathOf(command).join(' ')))
      await program.parseAsync(wordsOf(line).slice(1), { from: 'user' })
      t.equal(ran, path.join(' '), line)
    }
  }
})

t.test('an option that is not there fails an example', async t => {
  await t.rejects(createProgram(() => undefined).parseAsync(['run', '--nope', 'http://a'], { from: 'user' }))
})

t.test('help for what is no command says which there are', async t => {
  t.match(await typed(t, 'help', 'vectors', 'chekc'), {
    status: 2,
    out: '',
    err: /there is no command "chekc"; there is check\n/,
  })
  t.match(await typed(t, 'help', 'xyz'), { status: 2, err: /there is no command "xyz"; there is run, run-client, / })
})

t.test('no command shows the help on standard error, and is wrong usage', async t => {
  for (const argv of [[], ['vectors']])
    t.match(await typed(t, ...argv), { status: 2, out: '', err: /^Usage: sage-conformance/ })
})

t.test('the version is one line', async t => {
  t.match(await typed(t, '--version'), { status: 0, out: /^\d+\.\d+\.\d+\n$/, err: '' })
  t.match(await typed(t, '-V'), { status: 0 })
})
