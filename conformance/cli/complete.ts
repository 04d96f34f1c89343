import type { Argument, Command, Option } from 'commander'

/** What a shell may offer: a whole word, and a word or two about it. */
export interface Candidate {
  readonly value: string
  readonly about: string
}

/** What a shell is to offer for the last word; `files` where a file is due, behind a `=` in the word if there is one. */
export interface Completion {
  readonly candidates: readonly Candidate[]
  readonly files: boolean
}

/** The names that a value such as `<id>` of a command can have. */
export type NamesOf = (placeholder: 'id' | 'test', command: string) => Promise<readonly string[]>

const nothing: Completion = { candidates: [], files: false }
const files: Completion = { candidates: [], files: true }

const plainly = (values: readonly string[]): Candidate[] => values.map(value => ({ value, about: '' }))

/** Kinds of values, by what stands in the brackets of an option or is the name of an argument. */
const FILES = ['file', 'path', 'command']
const NAMES = ['id', 'test'] as const

/** What a value may be, by its placeholder and its choices: the same that parse and that help shows. */
const completeValue = async (
  { placeholder, choices }: { readonly placeholder: string; readonly choices: readonly string[] | undefined },
  typed: string,
  command: string,
  namesOf: NamesOf,
): Promise<Completion> => {
  if (placeholder === 'format=file') {
    if (typed.includes('=')) return files
    return { candidates: plainly((choices ?? []).map(format => `${format}=`)), files: false }
  }
  if (choices) return { candidates: plainly(choices), files: false }
  if (FILES.includes(placeholder)) return files
  const names = NAMES.find(name => name === placeholder)
  return names === undefined ? nothing : { candidates: plainly(await namesOf(names, command)), files: false }
}

const placeholderOf = ({ flags }: Option): string => /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1]?.replace(/\.+$/, '') ?? ''

const ofOption = (option: Option) => ({ placeholder: placeholderOf(option), choices: option.argChoices })
const ofArgument = (argument: Argument) => ({ placeholder: argument.name(), choices: argument.argChoices })

const optionsOf = (command: Command): Candidate[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) =>
      long === undefined || long === null ? [] : [{ value: long, about: description }],
    )

const commandsOf = (command: Command): Candidate[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map(each => ({ value: each.name(), about: each.summary() || each.description() }))

/** What the words before the last have come to. */
interface Place {
  readonly command: Command
  /** Arguments of the command so far. */
  readonly operands: number
  /** The option whose value is due. */
  readonly due: Option | undefined
  /** Behind `--`: nothing is an option. */
  readonly isLiteral: boolean
}

const walk = (program: Command, words: readonly string[]): Place => {
  let place: Place = { command: program, operands: 0, due: undefined, isLiteral: false }
  for (const word of words) {
    const { command, operands, due, isLiteral } = place
    const next = operands === 0 && !isLiteral ? command.commands.find(each => each.name() === word) : undefined
    if (due) place = { ...place, due: undefined }
    else if (word === '--' && !isLiteral) place = { ...place, isLiteral: true }
    else if (word.startsWith('-') && !isLiteral) {
      const option = command.options.find(each => each.long === word || each.short === word)
      place = { ...place, due: option?.required ? option : undefined }
    } else if (next) place = { command: next, operands: 0, due: undefined, isLiteral }
    else place = { ...place, operands: operands + 1 }
  }
  return place
}

const completeWord = async (program: Command, words: readonly string[], namesOf: NamesOf): Promise<Completion> => {
  const typed = words.at(-1) ?? ''
  const { command, operands, due, isLiteral } = walk(program, words.slice(0, -1))
  if (due) return completeValue(ofOption(due), typed, command.name(), namesOf)
  if (typed.startsWith('-') && !isLiteral) return { candidates: optionsOf(command), files: false }
  if (command.commands.length > 0 && operands === 0) return { candidates: commandsOf(command), files: false }
  const argument = command.registeredArguments[Math.min(operands, command.registeredArguments.length - 1)]
  if (argument === undefined || (operands >= command.registeredArguments.length && !argument.variadic)) return nothing
  if (command.name() === 'help') {
    const { command: asked } = walk(program, words.slice(1, -1))
    return { candidates: commandsOf(asked), files: false }
  }
  return completeValue(ofArgument(argument), typed, command.name(), namesOf)
}

/**
 * What a shell may offer for the last of `words`, which are those behind the program's name; the last may be empty. It is
 * derived from the tables by which the program itself parses.
 */
export const complete = async (program: Command, words: readonly string[], namesOf: NamesOf): Promise<Completion> => {
  const typed = words.at(-1) ?? ''
  const { candidates, files } = await completeWord(program, words, namesOf)
  return { candidates: candidates.filter(({ value }) => value.startsWith(typed)), files }
}
