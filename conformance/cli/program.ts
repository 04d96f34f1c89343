import { Command } from 'commander'
import { readFileSync } from 'node:fs'
import { rootPath } from '../../schemas/index.js'
import { thereIs } from '../report/near-matches.js'
import { lineOf } from '../report/text.js'
import { UsageError } from '../commands/usage.js'
import { addAgentCommands } from './agent-commands.js'
import { addCompletionCommands } from './completion-command.js'
import { addJudgingCommands } from './judging-commands.js'
import { addReportCommands } from './report-commands.js'
import { addVectorsCommands } from './vectors-commands.js'

const version = (): string =>
  (JSON.parse(readFileSync(`${rootPath}/package.json`, 'utf8')) as { version: string }).version

const namesIn = (command: Command): string[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map(each => each.name())

/** The command that `names` lead to. @throws UsageError where there is none */
const find = (program: Command, names: readonly string[]): Command =>
  names.reduce((command, name) => {
    const found = command.commands.find(each => each.name() === name)
    if (found) return found
    const all = namesIn(command)
    const near = thereIs(name, all) || `; there is ${all.join(', ')}`
    throw new UsageError(`there is no command ${JSON.stringify(lineOf(name, 100))}${near}`)
  }, program)

/** The commands of `argv`, from the program on. */
export const commandsOf = (program: Command, argv: readonly string[]): Command[] => {
  const path = [program]
  for (const word of argv) {
    const next = path.at(-1)?.commands.find(each => each.name() === word)
    if (next) path.push(next)
    else if (!word.startsWith('-')) break
  }
  return path
}

const addHelp = (program: Command): void => {
  program.helpCommand(false)
  program
    .command('help')
    .summary('help for a command')
    .description('Shows the help of a command.')
    .argument('[command...]', 'such as run, or vectors run')
    .action((names: readonly string[]) => find(program, names).outputHelp())
}

/**
 * The whole command line, every option of every command. A command is loaded when it is asked for: the reference alone takes
 * half as long to start as the rest.
 * @param finish is told the exit status of the command that was run
 */
export const createProgram = (finish: (status: number) => void): Command => {
  const program = new Command('sage-conformance')
    .description('Judges SAGE agents, and the cryptographic cores inside them.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .showHelpAfterError(false)
    .addHelpText(
      'after',
      '\nhelp COMMAND says more, with examples.\n\nExit status: 0 conformant, 1 not, 2 usage, 3 unreachable or incomplete, 4 own\nfault, 130 told to end by Ctrl-C.',
    )
  program.commandsGroup('Judge:')
  addJudgingCommands(program, finish)
  addVectorsCommands(program, finish)
  program.commandsGroup('Read what was judged:')
  addReportCommands(program, finish)
  program.commandsGroup('Try an agent:')
  addAgentCommands(program, finish)
  program.commandsGroup('This program:')
  addCompletionCommands(program, finish)
  addHelp(program)
  return program
}
