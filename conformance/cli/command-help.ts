import { Option, type Command } from 'commander'

/** What the help of a command says beside its options. */
export interface Usage {
  /** Lines as they are typed, each with what it does. */
  readonly examples: readonly (readonly [line: string, what: string])[]
  /** Exit statuses, in their order. */
  readonly statuses: Readonly<Record<number, string>>
}

const exampleLines = ({ examples }: Usage): string[] =>
  examples.flatMap(([line, what]) => [`  # ${what}`, `  $ ${line}`])

const statusLines = ({ statuses }: Usage): string[] =>
  Object.entries(statuses).map(([status, meaning]) => `  ${status.padStart(3)}  ${meaning}`)

/** Adds examples and exit statuses to the help of a command. @returns the command */
export const withUsage = (command: Command, usage: Usage): Command =>
  command.addHelpText(
    'after',
    `\nExamples:\n${exampleLines(usage).join('\n')}\n\nExit status:\n${statusLines(usage).join('\n')}`,
  )

/** What every command that can be told to end has. */
export const INTERRUPTED = 'told to end by Ctrl-C; what was asked for is written all the same'

/** Gathers the values of an option that may be repeated. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value]

/** Where reports lead. */
export const siteOption = (): Option =>
  new Option('--site <url>', 'where reports lead for more on a requirement: the base of a site that npm run site made')

/** An option of which the command itself reads the value; `values` are shown, and completed by shells. */
export const oneOf = (flags: string, description: string, values: readonly string[]): Option => {
  const option = new Option(flags, description)
  option.argChoices = [...values]
  return option
}

/** `--report FORMAT=FILE`, with the formats that there are. */
export const reportOption = (formats: object): Option =>
  oneOf(
    '--report <format=file>',
    'write a report; - is standard output; may be repeated',
    Object.keys(formats),
  ).argParser(collect)
