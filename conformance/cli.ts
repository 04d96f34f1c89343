import { Command, CommanderError } from 'commander'
import { readFileSync } from 'node:fs'
import { rootPath } from '../schemas/index.js'
import { callCommand } from './commands/call.js'
import { runCommand, type RunCommandOptions } from './commands/run.js'
import { serveCommand } from './commands/serve.js'
import { UsageError } from './commands/usage.js'
import { vectorsCheckCommand } from './commands/vectors-check.js'
import { vectorsRunCommand } from './commands/vectors-run.js'
import type { Screen } from './report/console.js'

const version = (): string =>
  (JSON.parse(readFileSync(`${rootPath}/package.json`, 'utf8')) as { version: string }).version

const screen = (): Screen => ({
  write: text => void process.stdout.write(text),
  isTerminal: process.stdout.isTTY === true && process.env['TERM'] !== 'dumb',
  colour: process.stdout.isTTY === true && !process.env['NO_COLOR'],
  columns: process.stdout.columns ?? 100,
})

const collect = (value: string, before: string[] = []): string[] => [...before, value]

/** Runs `work` with a signal that Ctrl-C and termination raise: what was judged is then still reported. */
const interruptible = async (work: (signal: AbortSignal) => Promise<number>): Promise<number> => {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    return await work(controller.signal)
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}

const buildProgram = (finish: (status: number) => void): Command => {
  const program = new Command('sage-conformance')
    .description('Judges SAGE agents, and the cryptographic cores inside them.')
    .version(version())
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .showHelpAfterError(false)
    .addHelpText('after', '\nExit status: 0 conformant, 1 not, 2 usage, 3 unreachable or incomplete, 4 own fault.')

  program
    .command('run')
    .description('judge the responder at a URL')
    .argument('<url>', 'where the agent is; its card is at /.well-known/sage.json there')
    .option('--did <did>', 'the DID that is expected there')
    .option('--kem-key <b64u>', "the agent's X25519 key, for an agent without a card")
    .option('--signing-key <b64u>', "the agent's Ed25519 key, for a DID that does not stand for itself")
    .option('--http <url>', 'HTTP endpoint, instead of the one in the card')
    .option('--identity <file>', 'identity to shake hands with, for an agent that admits only known ones')
    .option('--only <id>', 'only these checks: an id, a requirement, or a glob; may be repeated', collect)
    .option('--skip <id>', 'not these checks; may be repeated', collect)
    .option('--strict', 'a SHOULD that does not hold counts as not conformant')
    .option('--timeout <ms>', 'longest wait for an answer', '5000')
    .option('--patience <seconds>', 'longest time to let pass for a check of expiry', '2')
    .option('--jobs <n>', 'checks under way at once', '4')
    .option('--seed <hex>', 'seed of all entropy')
    .option('--salt <hex>', 'salt of all entropy; fresh by default, and printed')
    .option('--ca <file>', 'certificate authorities to trust, PEM')
    .option('--insecure', 'accept any certificate')
    .option('--report <format=file>', 'json=FILE; may be repeated', collect)
    .action(async (url: string, options: RunCommandOptions) =>
      finish(await interruptible(signal => runCommand(url, options, screen(), signal))),
    )

  const vectors = program.command('vectors').description('the test vectors')
  vectors
    .command('check')
    .description("re-derive every vector with the suite's own code, and lint the files")
    .argument('[path]', 'a vector file or a folder of them')
    .action(async (path: string | undefined) => finish(await vectorsCheckCommand(path === undefined ? {} : { path })))
  vectors
    .command('run')
    .description('judge the cryptographic core that a command answers with over its standard streams')
    .argument('<command...>', 'after --, the command and its arguments')
    .option('--only <id>', 'only these: file/test, file, op, or a glob; may be repeated', collect)
    .option('--skip <id>', 'not these; may be repeated', collect)
    .option('--timeout <ms>', 'longest wait for an answer', '5000')
    .option('--report <format=file>', 'json=FILE')
    .option('--quiet', 'print the last line only')
    .action(
      async (
        command: string[],
        { timeout, ...options }: Record<string, string> & { only?: string[]; skip?: string[] },
      ) =>
        finish(
          await vectorsRunCommand(command, { ...options, timeout: Number(timeout) } as Parameters<
            typeof vectorsRunCommand
          >[1]),
        ),
    )

  return program
}

/**
 * The command line. `argv` without the program's name.
 * @returns exit status (suite promise): 0 conformant, 1 not, 2 usage, 3 unreachable or incomplete, 4 own fault
 */
export const main = async (argv: string[]): Promise<number> => {
  let status = 0
  const program = buildProgram(result => (status = result))
  try {
    await program.parseAsync(argv, { from: 'user' })
    return status
  } catch (cause) {
    if (cause instanceof CommanderError) {
      if (cause.exitCode === 0) return 0
      process.stderr.write(`sage-conformance: ${cause.message.replace(/^error: /, '')}\n`)
      return 2
    }
    if (cause instanceof UsageError) {
      process.stderr.write(`sage-conformance: ${cause.message}\n`)
      return 2
    }
    const message = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    process.stderr.write(`sage-conformance: a fault of the suite itself: ${message}\n`)
    return 4
  }
}
