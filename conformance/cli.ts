import { Command, CommanderError } from 'commander'
import { readFileSync } from 'node:fs'
import { rootPath } from '../schemas/index.js'
import type { CallCommandOptions } from './commands/call.js'
import { endWhenNobodyReads, unlessNobodyReads } from './commands/command-streams.js'
import { keygenCommand } from './commands/keygen.js'
import { runDefaults, runClientDefaults, vectorsRunDefaults } from './runner/defaults.js'
import { wantsStdout } from './commands/report-option.js'
import type { RunCommandOptions } from './commands/run.js'
import type { RunClientCommandOptions } from './commands/run-client.js'
import type { ServeCommandOptions } from './commands/serve.js'
import { parseWhole, UsageError } from './commands/usage.js'
import type { VectorsRunOptions } from './commands/vectors-run.js'
import type { Screen } from './report/console.js'
import { formats } from './report/formats.js'
import { vectorsFormats } from './report/vectors/formats.js'

const version = (): string =>
  (JSON.parse(readFileSync(`${rootPath}/package.json`, 'utf8')) as { version: string }).version

const screen = (stream: NodeJS.WriteStream = process.stdout): Screen => ({
  write: text => void stream.write(text),
  isTerminal: stream.isTTY === true && process.env['TERM'] !== 'dumb',
  colour: stream.isTTY === true && !process.env['NO_COLOR'],
  columns: stream.columns ?? 100,
})

/** Where a run is shown: on standard error where a report goes to standard output. */
const screenBeside = (reports: readonly string[] | undefined): Screen =>
  screen(wantsStdout(reports) ? process.stderr : process.stdout)

const helpOn = (names: object): string => `${Object.keys(names).join(', ')}; - is standard output; may be repeated`
const formatsHelp = helpOn(formats)

const collect = (value: string, before: string[] = []): string[] => [...before, value]

/** Runs `work` with a signal that Ctrl-C, termination and a closed output raise: what was judged is then still reported. */
const interruptible = async (work: (signal: AbortSignal) => Promise<number>): Promise<number> => {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    return await unlessNobodyReads(stop, () => work(controller.signal))
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}

type VectorsRunFlags = Omit<VectorsRunOptions, 'timeout'> & { readonly timeout: string }
type ServeFlags = Omit<ServeCommandOptions, 'port'> & { readonly port: string }
type CallFlags = Omit<CallCommandOptions, 'timeout'> & { readonly timeout: string }

// A command is loaded when it is asked for: the reference alone takes half as long to start as the rest.
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
    .option('--ws <url>', 'WebSocket endpoint, instead of the one in the card')
    .option('--transport <name>', 'over http or ws alone; both by default, where the agent has both')
    .option('--identity <file>', 'identity to shake hands with, for an agent that admits only known ones')
    .option('--metrics-token <file>', 'bearer token for its metrics, which strangers must not be shown then')
    .option('--only <id>', 'only these checks: an id, a requirement, or a glob; may be repeated', collect)
    .option('--skip <id>', 'not these checks, save what all others rest on; may be repeated', collect)
    .option('--strict', 'a SHOULD that does not hold counts as not conformant')
    .option('--timeout <ms>', 'longest wait for an answer', runDefaults.timeout)
    .option('--patience <seconds>', 'longest time to let pass for a check of expiry', runDefaults.patience)
    .option('--jobs <n>', 'checks under way at once', runDefaults.jobs)
    .option('--seed <hex>', 'seed of all entropy')
    .option('--salt <hex>', 'salt of all entropy; fresh by default, and printed')
    .option('--ca <file>', 'certificate authorities to trust, PEM')
    .option('--insecure', 'accept any certificate')
    .option('--report <format=file>', formatsHelp, collect)
    .option('--baseline <file>', 'known failures, which do not fail the run as long as the list holds')
    .option('--write-baseline <file>', 'write what fails as such a list; notes in it are kept')
    .option('--fail-fast', 'begin nothing more after the first failure that is not known')
    .action(async (url: string, options: RunCommandOptions) => {
      const { runCommand } = await import('./commands/run.js')
      finish(await interruptible(signal => runCommand(url, options, screenBeside(options.report), signal)))
    })

  program
    .command('run-client')
    .description('judge the initiator that a command is, by playing responders to it')
    .argument(
      '<command...>',
      'after --, the command and its arguments; conformance/client/README.md says what it is told',
    )
    .option('--only <id>', 'only these checks: an id, a requirement, or a glob; may be repeated', collect)
    .option('--skip <id>', 'not these checks, save what all others rest on; may be repeated', collect)
    .option('--transport <name>', 'over http or ws alone; both by default')
    .option('--timeout <ms>', 'longest run of the command', runClientDefaults.timeout)
    .option('--jobs <n>', 'checks under way at once', runClientDefaults.jobs)
    .option('--seed <hex>', 'seed of all entropy')
    .option('--salt <hex>', 'salt of all entropy; fresh by default, and printed')
    .option('--report <format=file>', formatsHelp, collect)
    .option('--baseline <file>', 'known failures, which do not fail the run as long as the list holds')
    .option('--write-baseline <file>', 'write what fails as such a list; notes in it are kept')
    .option('--fail-fast', 'begin nothing more after the first failure that is not known')
    .action(async (command: string[], options: RunClientCommandOptions) => {
      const { runClientCommand } = await import('./commands/run-client.js')
      finish(await interruptible(signal => runClientCommand(command, options, screenBeside(options.report), signal)))
    })

  program
    .command('explain')
    .description('a requirement or a check: its sentence, and what judges it')
    .argument('<id>', 'such as handshake.nonce-single-use')
    .action(async (id: string) => {
      const { explainCommand } = await import('./commands/explain.js')
      finish(await explainCommand(id, screen()))
    })

  program
    .command('verify')
    .description('judge a report again from what it recorded, offline')
    .argument('<report>', 'written by run --report json=FILE')
    .action(async (path: string) => {
      const { verifyCommand } = await import('./commands/verify.js')
      finish(await verifyCommand(path, screen().write))
    })

  program
    .command('report')
    .description('make other formats of a report that was kept')
    .argument('<report>', 'written by --report json=FILE')
    .option('--report <format=file>', formatsHelp, collect)
    .action(async (path: string, { report = [] }: { report?: string[] }) => {
      const { reportCommand } = await import('./commands/report.js')
      finish(reportCommand(path, report))
    })

  const vectors = program.command('vectors').description('the test vectors')
  vectors
    .command('check')
    .description("re-derive every vector with the suite's own code, and lint the files")
    .argument('[path]', 'a vector file or a folder of them')
    .action(async (path: string | undefined) => {
      const { vectorsCheckCommand } = await import('./commands/vectors-check.js')
      finish(await vectorsCheckCommand(path === undefined ? {} : { path }))
    })
  vectors
    .command('run')
    .description('judge the cryptographic core that a command answers with over its standard streams')
    .argument('<command...>', 'after --, the command and its arguments')
    .option('--only <id>', 'only these: file/test, file, op, or a glob; may be repeated', collect)
    .option('--skip <id>', 'not these; may be repeated', collect)
    .option('--timeout <ms>', 'longest wait for an answer', vectorsRunDefaults.timeout)
    .option('--report <format=file>', helpOn(vectorsFormats), collect)
    .option('--quiet', 'print the last line only')
    .action(async (command: string[], { timeout, ...options }: VectorsRunFlags) => {
      const { vectorsRunCommand } = await import('./commands/vectors-run.js')
      finish(await vectorsRunCommand(command, { ...options, timeout: Number(timeout) }))
    })

  program
    .command('keygen')
    .description('write fresh private keys into a file, for --identity, and print the DID that they make')
    .argument('<file>', 'must not be there yet')
    .action((path: string) => finish(keygenCommand(path)))

  program
    .command('serve')
    .description('run the reference responder until it is told to end')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 takes a free one', '0')
    .option(
      '--identity <file>',
      'private keys: JSON with "signing" and "kem", each b64u of 32 bytes (keygen); fresh ones by default',
    )
    .option('--name <text>', 'name in the card')
    .option('--public-url <url>', 'endpoint in the card, where others reach it under another address')
    .option('--no-echo', 'leave out the echo task')
    .option('--no-ws', 'leave out WebSocket')
    .option('--no-batch', 'leave out batches')
    .option('--no-stream', 'leave out streams')
    .option('--no-gzip', 'leave out compression')
    .option('--no-health', 'leave out health')
    .option(
      '--no-metrics',
      'leave out metrics; they are left out with --public-url too, unless there is --metrics-token',
    )
    .option(
      '--metrics-token <file>',
      'bearer token without which metrics are shown to nobody; on loopback to everybody',
    )
    .option('--profile <name>', 'set of limits: default, or low-limits, which a tester reaches in seconds', 'default')
    .option('--directory <file>', 'keys of DIDs other than did:key: JSON of DIDs, each with b64u of 32 bytes')
    .option('--admit-only', 'admit the DIDs of the directory and nobody else')
    .option('--redis <url>', 'share sessions and nonces with other processes by way of Redis or Valkey')
    .option('--state-key-file <file>', 'keys under which the keys of sessions are sealed there')
    .option('--redis-password <file>', 'password of that server')
    .option('--redis-new', 'that server is new, so that nothing can have been lost there')
    .action(async ({ port, ...options }: ServeFlags) => {
      const { serveCommand } = await import('./commands/serve.js')
      finish(await serveCommand({ ...options, port: parseWhole('--port', port, 0, 65535) }))
    })

  program
    .command('call')
    .description('ask an agent for one task, with the reference initiator')
    .argument('<url>', 'where the agent is; ws or wss for WebSocket only')
    .argument('<task>', 'such as sage/ping@v1')
    .argument('[payload]', 'plaintext of the request; - for what is put in')
    .option('--did <did>', 'the DID to shake hands with, and no other')
    .option('--timeout <seconds>', 'longest wait for each answer', '30')
    .option('--insecure', 'do without TLS beyond this machine too')
    .option('--transport <name>', 'http or ws, and nothing else; either by default')
    .option('--stream', 'open the task as a stream: what is put in goes out, and the answer is written, as it comes')
    .option('--identity <file>', 'private keys to shake hands with, as for serve; fresh ones by default')
    .option('--directory <file>', 'keys of DIDs other than did:key, as for serve')
    .action(async (url: string, task: string, payload: string | undefined, { timeout, ...options }: CallFlags) => {
      const { callCommand } = await import('./commands/call.js')
      finish(await callCommand(url, task, payload, { ...options, timeout: parseWhole('--timeout', timeout, 1, 3600) }))
    })

  return program
}

/**
 * The command line. `argv` without the program's name.
 * @returns exit status (suite promise): 0 conformant, 1 not, 2 usage, 3 unreachable or incomplete, 4 own fault
 */
export const main = async (argv: string[]): Promise<number> => {
  endWhenNobodyReads()
  let status = 0
  const program = buildProgram(result => (status = result))
  try {
    await program.parseAsync(argv, { from: 'user' })
    return status
  } catch (cause) {
    if (cause instanceof CommanderError) {
      if (cause.exitCode === 0) return 0
      // Help that was not asked for: a command is missing, and the help says which there are.
      if (cause.code === 'commander.help') return 2
      process.stderr.write(`sage-conformance: ${cause.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')}\n`)
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
