import { CommanderError, type Command } from 'commander'
import { commandsOf, createProgram } from './cli/program.js'
import { endWhenNobodyReads } from './commands/command-streams.js'
import { UsageError } from './commands/usage.js'

const USAGE = 2
const OWN_FAULT = 4

const say = (line: string): void => void process.stderr.write(`sage-conformance: ${line}\n`)

/** Where to read on about the command that was meant. */
const helpOn = (program: Command, argv: readonly string[]): string =>
  `see ${[...commandsOf(program, argv).map(each => each.name()), '--help'].join(' ')}`

/**
 * The command line. `argv` without the program's name.
 * @returns exit status (suite promise): 0 conformant, 1 not, 2 usage, 3 unreachable or incomplete, 4 own fault, 130 or 143
 *   told to end by SIGINT or SIGTERM
 */
export const main = async (argv: string[]): Promise<number> => {
  endWhenNobodyReads()
  let status = 0
  const program = createProgram(result => (status = result))
  try {
    await program.parseAsync(argv, { from: 'user' })
    return status
  } catch (cause) {
    if (cause instanceof CommanderError) {
      if (cause.exitCode === 0) return 0
      // Help that was not asked for: a command is missing, and the help says which there are.
      if (cause.code === 'commander.help') return USAGE
      say(
        `${cause.message
          .replace(/^error: /, '')
          .replace(/\s*\n\s*/g, ' ')
          .replace(/\.$/, '')}; ${helpOn(program, argv)}`,
      )
      return USAGE
    }
    if (cause instanceof UsageError) {
      say(cause.message)
      return USAGE
    }
    say(`a fault of the suite itself: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`)
    return OWN_FAULT
  }
}
