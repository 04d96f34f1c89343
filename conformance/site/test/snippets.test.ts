import { CommanderError, type Command } from 'commander'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import ts from 'typescript'
import { parse as parseYaml } from 'yaml'
import { rootPath } from '../../../schemas/index.js'
import { checks } from '../../checks/index.js'
import { createProgram } from '../../cli/program.js'
import { mutants } from '../../mutants/index.js'
import { honest, isAsItShould, judgeFault } from '../../mutants/judge-mutant.js'
import type { Check } from '../../runner/check.js'
import { blocksIn, loadBlocks, loadCommands, shownCommands } from './documents.js'

// What the pages show is what there is: code is compiled or stands in a file that is, data is read, commands are parsed.

const blocks = loadBlocks()
const text = (file: string): string => readFileSync(join(rootPath, file), 'utf8')

const sourceTexts = ['schemas', 'reference', 'conformance']
  .flatMap(room =>
    readdirSync(join(rootPath, room), { recursive: true, encoding: 'utf8' }).map(name => join(room, name)),
  )
  .filter(name => name.endsWith('.ts') && !/node_modules/.test(name))
  .map(text)

const quotedSomewhere = (code: string): boolean => sourceTexts.some(source => source.includes(code))

const options: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
}

/** What the compiler says of a module that stands in this package and imports it by its name. */
const complaintsOf = (code: string): string[] => {
  const path = join(rootPath, 'snippet.mts')
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.fileExists = name => name === path || fileExists.call(host, name)
  host.getSourceFile = (name, ...more) =>
    name === path ? ts.createSourceFile(name, code, ts.ScriptTarget.ES2022) : getSourceFile.call(host, name, ...more)
  return ts
    .getPreEmitDiagnostics(ts.createProgram([path], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

/** A check as the guide for contributors shows one, as a module. */
const moduleOf = (code: string): string =>
  `import { rejects, type Check } from 'sage-conformance/conformance'\nexport const check: Check = ${code}`

const further = blocks.filter(({ language, text }) => language === 'ts' && !quotedSomewhere(text))

t.test('code that a page shows stands in a file that is compiled, but for the check of CONTRIBUTING.md', async t => {
  t.ok(blocks.filter(({ language }) => language === 'ts').length > 10)
  t.strictSame(
    further.map(({ file }) => file),
    ['CONTRIBUTING.md'],
  )
})

t.test('that check compiles against what the package exports, and judges', async t => {
  const code = moduleOf(further[0]!.text)
  t.strictSame(complaintsOf(code), [])
  t.not(complaintsOf(code.replace('authentication_failed', 'no_such_code')).length, 0, 'a slip is noticed')
  const path = join(t.testdir({}), 'check.mjs')
  writeFileSync(
    path,
    ts.transpileModule(code, { fileName: 'check.mts', compilerOptions: { ...options, module: ts.ModuleKind.ESNext } })
      .outputText,
  )
  const { check } = (await import(pathToFileURL(path).href)) as { readonly check: Check }
  const suite = [...checks.filter(({ prerequisite }) => prerequisite), check]
  const statesOf = async (fault: typeof honest): Promise<string[]> =>
    (await judgeFault(fault, { suite, only: [check.id] }))
      .filter(each => each.check === check.id)
      .map(each => each.state)
  t.ok((await judgeFault(honest, { suite, only: [check.id] })).every(isAsItShould), 'the reference passes')
  const mutant = mutants.find(({ kills }) => kills.includes(check.id))
  t.strictSame(await statesOf(mutant!.fault), ['fail'], `${mutant!.name} fails`)
})

t.test('data that a page shows can be read', async t => {
  for (const { file, language, text } of blocks) {
    if (language === 'json') t.doesNotThrow(() => void JSON.parse(text), file)
    if (language === 'yaml') t.doesNotThrow(() => void parseYaml(text), file)
  }
  t.ok(blocks.some(({ language }) => language === 'yaml'))
  t.same(blocksIn('x', '   ```json\n   {"a":\n   1}\n   ```\n'), [{ file: 'x', language: 'json', text: '{"a":\n1}\n' }])
})

/** The program, of which no command does anything. */
const parser = (): Command => {
  const program = createProgram(() => undefined)
  const disarm = (command: Command): void => {
    if (command.commands.length === 0) command.action(() => undefined)
    command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    command.commands.forEach(disarm)
  }
  disarm(program)
  return program
}

/** Why the program does not take a command line, if so. */
const refusalOf = async (words: readonly string[]): Promise<string | undefined> => {
  try {
    await parser().parseAsync([...words], { from: 'user' })
    return undefined
  } catch (error) {
    return error instanceof CommanderError && error.exitCode !== 0 ? error.message : undefined
  }
}

/** A sentence may name a command without saying what it is given. */
const isNameAlone = (words: readonly string[]): boolean =>
  words.length === 0 || parser().commands.some(command => command.name() === words.join(' ')) || words.includes('…')

t.test('every command that a page shows is one that the program takes', async t => {
  const commands = loadCommands().filter(({ words }) => !isNameAlone(words))
  t.ok(commands.length > 40)
  for (const { file, line, words } of commands) t.equal(await refusalOf(words), undefined, `${file}: ${line}`)
})

t.test('a command that it does not take is noticed', async t => {
  const [shown] = shownCommands('x', '```\nnode conformance/bin/sage-conformance.js run URL --strickt   # so\n```\n')
  t.strictSame(shown?.words, ['run', 'URL', '--strickt'])
  t.match(await refusalOf(shown!.words), /unknown option/)
  t.match(await refusalOf(['vectors', 'walk', '--', 'CMD']), /unknown command/)
  t.strictSame(shownCommands('x', "`sage-conformance run URL --only 'a.*' > out`")[0]?.words, [
    'run',
    'URL',
    '--only',
    'a.*',
  ])
})

t.test('every script that a page names is one of package.json', async t => {
  const { scripts } = JSON.parse(text('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
  const named = blocks
    .map(each => each.text)
    .concat(['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'CHANGELOG.md'].map(text))
  for (const [, name = ''] of named.join('\n').matchAll(/npm run ([a-z][a-z-]*)/g))
    t.ok(scripts[name], `npm run ${name}`)
})

t.test('the README is short, and its pictures are there and small', async t => {
  const readme = text('README.md')
  t.ok(readme.split('\n').length <= 150)
  const pictures = [...readme.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, path = '']) => path)
  t.equal(pictures.length, 2)
  for (const path of pictures) t.ok(statSync(join(rootPath, path)).size < 150_000, path)
})
