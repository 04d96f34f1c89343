import type { Command } from 'commander'
import { transports } from '../../schemas/index.js'
import type { RunClientCommandOptions } from '../commands/run-client.js'
import type { RunCommandOptions } from '../commands/run.js'
import { formats } from '../report/formats.js'
import { runClientDefaults, runDefaults } from '../runner/defaults.js'
import { collect, INTERRUPTED, oneOf, reportOption, siteOption, withUsage } from './command-help.js'
import { interruptible } from './interruption.js'
import { screenBeside } from './screen.js'

type Finish = (status: number) => void

const withSelection = (command: Command): Command =>
  command
    .optionsGroup('What is judged:')
    .option('--only <id>', 'only these checks: an id, a requirement, or a glob; may be repeated', collect)
    .option('--skip <id>', 'not these checks, save what all others rest on; may be repeated', collect)

const withEnding = (command: Command): Command =>
  command
    .optionsGroup('What fails, and what is kept:')
    .addOption(reportOption(formats))
    .addOption(siteOption())
    .option('--baseline <file>', 'known failures, which do not fail the run as long as the list holds')
    .option('--write-baseline <file>', 'write what fails as such a list; notes in it are kept')
    .option('--fail-fast', 'begin nothing more after the first failure that is not known')

const withEntropy = (command: Command): Command =>
  command
    .option('--seed <hex>', 'seed of all entropy')
    .option('--salt <hex>', 'salt of all entropy; fresh by default, and printed')

const verdictStatuses = {
  0: 'conformant, or but for the failures that a baseline lists',
  1: 'not conformant, or a baseline that no longer holds',
  2: 'wrong usage or configuration; nothing was sent',
}

const ownFault = 'a fault of the suite itself, or a report that could not be written'

const addRun = (program: Command, finish: Finish): void => {
  const run = program
    .command('run')
    .summary('judge the responder at a URL')
    .description(
      'Judges the responder at a URL: over every transport and with every capability that its card declares.',
    )
    .argument('<url>', 'where the agent is; its card is at /.well-known/sage.json there')
  run
    .optionsGroup('Who is there:')
    .option('--did <did>', 'the DID that is expected there')
    .option('--kem-key <b64u>', "the agent's X25519 key, for an agent without a card")
    .option('--signing-key <b64u>', "the agent's Ed25519 key, for a DID that does not stand for itself")
    .option('--http <url>', 'HTTP endpoint, instead of the one in the card')
    .option('--ws <url>', 'WebSocket endpoint, instead of the one in the card')
    .option('--identity <file>', 'identity to shake hands with, for an agent that admits only known ones (keygen)')
    .option('--metrics-token <file>', 'bearer token for its metrics, which strangers must not be shown then')
    .option('--ca <file>', 'certificate authorities to trust, PEM')
    .option('--insecure', 'accept any certificate')
  withSelection(run)
    .addOption(oneOf('--transport <name>', 'over this alone; all that the agent has by default', transports))
    .option('--strict', 'a SHOULD that does not hold counts as not conformant')
  withEntropy(
    run
      .optionsGroup('How:')
      .option('--timeout <ms>', 'longest wait for an answer', runDefaults.timeout)
      .option('--patience <seconds>', 'longest time to let pass for a check of expiry', runDefaults.patience)
      .option('--jobs <n>', 'checks under way at once', runDefaults.jobs),
  )
  withEnding(run).action(async (url: string, options: RunCommandOptions) => {
    const { runCommand } = await import('../commands/run.js')
    finish(await interruptible(signal => runCommand(url, options, screenBeside(options.report), signal)))
  })
  withUsage(run, {
    examples: [
      ['sage-conformance run https://agent.example', 'judge an agent, by its card'],
      ['sage-conformance run http://127.0.0.1:8080 --report html=report.html', 'and keep a page of every exchange'],
      ["sage-conformance run http://127.0.0.1:8080 --only 'record.*' --transport ws", 'some checks, over WebSocket'],
      ['sage-conformance run https://agent.example --baseline known.json', 'but for what is known to fail'],
    ],
    statuses: {
      ...verdictStatuses,
      3: 'target unreachable, no SAGE there, or the verdict is incomplete',
      4: ownFault,
      130: INTERRUPTED,
    },
  })
}

const addRunClient = (program: Command, finish: Finish): void => {
  const runClient = program
    .command('run-client')
    .summary('judge the initiator that a command is')
    .description(
      'Judges the initiator that a command is, by playing honest and hostile responders to it. The command is started once for each.',
    )
    .argument(
      '<command...>',
      'after --, the command and its arguments; conformance/client/README.md says what it is told',
    )
  withSelection(runClient).addOption(oneOf('--transport <name>', 'over this alone; all of them by default', transports))
  withEntropy(
    runClient
      .optionsGroup('How:')
      .option('--timeout <ms>', 'longest run of the command', runClientDefaults.timeout)
      .option('--jobs <n>', 'checks under way at once', runClientDefaults.jobs),
  )
  withEnding(runClient).action(async (command: string[], options: RunClientCommandOptions) => {
    const { runClientCommand } = await import('../commands/run-client.js')
    finish(await interruptible(signal => runClientCommand(command, options, screenBeside(options.report), signal)))
  })
  withUsage(runClient, {
    examples: [
      ['sage-conformance run-client -- ./my-client', 'judge an initiator'],
      ['sage-conformance run-client --transport http -- python3 client.py', 'over HTTP alone'],
      ['sage-conformance run-client --report junit=client.xml -- ./my-client', 'for continuous integration'],
    ],
    statuses: {
      ...verdictStatuses,
      2: 'wrong usage, or a command that cannot be started',
      3: 'the verdict is incomplete',
      4: ownFault,
      130: INTERRUPTED,
    },
  })
}

/** Adds `run` and `run-client`. */
export const addJudgingCommands = (program: Command, finish: Finish): void => {
  addRun(program, finish)
  addRunClient(program, finish)
}
