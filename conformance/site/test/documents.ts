import { loadSources } from '../sources.js'

// What is found in the Markdown of this project, by kinds.

/** A fenced block of a page, without the indentation that it has there. */
export interface Block {
  readonly file: string
  readonly language: string
  readonly text: string
}

const FENCE = /^( *)```([a-z]*)\n([^]*?)^\1```$/gm

/** The fenced blocks of a text. */
export const blocksIn = (file: string, text: string): Block[] =>
  [...text.matchAll(FENCE)].map(([, indent = '', language = '', body = '']) => ({
    file,
    language,
    text: body.replace(new RegExp(`^${indent}`, 'gm'), ''),
  }))

/** The fenced blocks of every page of this project. */
export const loadBlocks = (): Block[] => loadSources().flatMap(({ file, text }) => blocksIn(file, text))

/** The words of a line of a shell, as far as its first command goes: no comment, pipe, redirection or `&` behind it. */
export const wordsOf = (line: string): string[] => {
  const words: string[] = []
  for (const [word] of line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)) {
    if (/^(?:#|\||&|<|>|;)/.test(word)) break
    words.push(word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'))
  }
  return words
}

const PROGRAM =
  /^(?:\$ )?(?:npx )?(?:sage-conformance|node conformance\/bin\/sage-conformance\.js) (?!judges http)(.*)$/

/** A command line of this project's program that a page shows. */
export interface Shown {
  readonly file: string
  readonly line: string
  /** What follows the program's name. */
  readonly words: readonly string[]
}

/** Every line of the program that a page shows, in a block, as code in a sentence, or as what a CI is told to run. */
export const shownCommands = (file: string, text: string): Shown[] => {
  const blocks = blocksIn(file, text)
  const inBlocks = blocks.flatMap(block => block.text.split('\n').map(line => line.replace(/^\s*(?:- )?/, '')))
  const inText = [...text.replace(FENCE, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
  return [...inBlocks, ...inText].flatMap(line => {
    const rest = PROGRAM.exec(line)?.[1]
    return rest === undefined ? [] : [{ file, line, words: wordsOf(rest) }]
  })
}

/** The commands of every page of this project. */
export const loadCommands = (): Shown[] => loadSources().flatMap(({ file, text }) => shownCommands(file, text))
