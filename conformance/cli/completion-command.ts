import { Argument, type Command } from 'commander'
import { UsageError } from '../commands/usage.js'
import { lineOf } from '../report/text.js'
import { withUsage } from './command-help.js'
import { complete } from './complete.js'
import { completionNames } from './completion-names.js'
import { completionScripts, type Shell } from './completion-scripts.js'

const shells = Object.keys(completionScripts)

const isShell = (name: string): name is Shell => Object.hasOwn(completionScripts, name)

const shellArgument = (): Argument => {
  const argument = new Argument('<shell>', 'the shell that it is for')
  argument.argChoices = shells
  return argument
}

const addScript = (program: Command, finish: (status: number) => void): void => {
  const completion = program
    .command('completion')
    .summary('a script by which a shell completes')
    .description(
      'Prints a script with which a shell completes commands, options, ids, formats and files. It is for the installed program, as sage-conformance on the path.',
    )
    .addArgument(shellArgument())
    .action((shell: string) => {
      if (!isShell(shell))
        throw new UsageError(`completion takes one of ${shells.join(', ')}, not ${JSON.stringify(lineOf(shell, 100))}`)
      process.stdout.write(completionScripts[shell])
      finish(0)
    })
  withUsage(completion, {
    examples: [
      ["echo 'source <(sage-conformance completion bash)' >> ~/.bashrc", 'bash'],
      ["echo 'source <(sage-conformance completion zsh)' >> ~/.zshrc", 'zsh, after compinit'],
      ['sage-conformance completion fish | source', 'fish, in ~/.config/fish/config.fish'],
    ],
    statuses: { 0: 'printed', 2: 'no such shell' },
  })
}

/** Adds `completion`, and `complete`, which its scripts ask. */
export const addCompletionCommands = (program: Command, finish: (status: number) => void): void => {
  addScript(program, finish)
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { candidates, files } = await complete(program, words, completionNames)
      for (const { value, about } of candidates) process.stdout.write(`${value}\t${about}\n`)
      if (files) process.stdout.write(':files\n')
      finish(0)
    })
}
