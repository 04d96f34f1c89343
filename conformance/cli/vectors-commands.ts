import type { Command } from 'commander'
import type { VectorsRunOptions } from '../commands/vectors-run.js'
import { parseWhole } from '../commands/usage.js'
import { vectorsFormats } from '../report/vectors/formats.js'
import { vectorsRunDefaults } from '../runner/defaults.js'
import { collect, INTERRUPTED, reportOption, withUsage } from './command-help.js'
import { interruptible } from './interruption.js'
import { screenBeside } from './screen.js'

type VectorsRunFlags = Omit<VectorsRunOptions, 'timeout'> & { readonly timeout: string }

const addCheck = (vectors: Command, finish: (status: number) => void): void => {
  const check = vectors
    .command('check')
    .summary("derive every vector again with the suite's own code")
    .description("Derives every vector again with the suite's own code, and lints the files.")
    .argument('[path]', 'a vector file or a folder of them; those of this package by default')
    .option('--json', 'answer with one JSON document (schemas/vectors-check.schema.json)')
    .action(async (path: string | undefined, { json }: { json?: true }) => {
      const { vectorsCheckCommand } = await import('../commands/vectors-check.js')
      finish(await vectorsCheckCommand({ ...(path !== undefined && { path }), ...(json && { json }) }))
    })
  withUsage(check, {
    examples: [
      ['sage-conformance vectors check', 'every vector of this package'],
      ['sage-conformance vectors check vectors/hkdf.json --json', 'one file, for a script'],
    ],
    statuses: {
      0: 'every value was derived again',
      1: 'something is wrong',
      2: 'wrong usage, or a file that cannot be read',
    },
  })
}

const addRun = (vectors: Command, finish: (status: number) => void): void => {
  const run = vectors
    .command('run')
    .summary('judge the cryptographic core that a command is')
    .description(
      'Judges the cryptographic core that a command answers with, one line of JSON for another (vectors/README.md).',
    )
    .argument('<command...>', 'after --, the command and its arguments')
    .option('--only <test>', 'only these: file/test, file, op, or a glob; may be repeated', collect)
    .option('--skip <test>', 'not these; may be repeated', collect)
    .option('--timeout <ms>', 'longest wait for an answer', vectorsRunDefaults.timeout)
    .addOption(reportOption(vectorsFormats))
    .option('--quiet', 'print the last line only')
    .action(async (command: string[], { timeout, ...options }: VectorsRunFlags) => {
      const { vectorsRunCommand } = await import('../commands/vectors-run.js')
      const given = { ...options, timeout: parseWhole('--timeout', timeout, 1, 3_600_000) }
      finish(
        await interruptible(signal =>
          vectorsRunCommand(command, { ...given, signal, screen: screenBeside(options.report) }),
        ),
      )
    })
  withUsage(run, {
    examples: [
      ['sage-conformance vectors run -- ./my-core', 'judge a core'],
      ["sage-conformance vectors run --only 'hkdf*' -- python3 adapter.py", 'some files of tests alone'],
      ['sage-conformance vectors run --report json=- -- ./my-core', 'the report on standard output'],
    ],
    statuses: {
      0: 'conformant',
      1: 'not conformant',
      2: 'wrong usage, or a command that cannot be started',
      3: 'incomplete: something was not supported, or not asked',
      4: 'a fault of the suite itself, or a report that could not be written',
      130: INTERRUPTED,
    },
  })
}

/** Adds `vectors check` and `vectors run`. */
export const addVectorsCommands = (program: Command, finish: (status: number) => void): void => {
  const vectors = program
    .command('vectors')
    .summary('the test vectors: check them, or a core')
    .description('The test vectors: every byte that can be pinned without a network.')
  addCheck(vectors, finish)
  addRun(vectors, finish)
}
