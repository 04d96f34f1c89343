import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rootPath } from '../../../schemas/index.js'

/** What the client consists of, each after what it uses. Those without a folder run in Node too. */
const modules = [
  'visible',
  'island',
  'body-text',
  'fragment',
  'client/elements',
  'client/record',
  'client/transcript',
  'client/checks',
  'client/filtering',
  'client/keyboard',
  'client/main',
]

// tsc writes each import and each mark of export on the line on which it begins.
const unlinked = (module: string): string =>
  module
    .replace(/^import .*;\n/gm, '')
    .replace(/^export (?=const |function |class )/gm, '')
    .replace(/^export \{\};\n/gm, '')
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '')

/** Compiled modules one after the other, each after what it uses, as one script in a scope of its own. `folder` ends in `/`. */
export const joinModules = (names: readonly string[], folder: URL): string => {
  const texts = names.map(name => unlinked(readFileSync(fileURLToPath(new URL(`${name}.js`, folder)), 'utf8')))
  return `'use strict'\n{\n${texts.join('')}}\n`
}

let script: string | undefined

/** The script of the page. */
export const clientScript = (): string => (script ??= joinModules(modules, new URL('./', import.meta.url)))

const readStyle = (name: string): string => readFileSync(`${rootPath}/conformance/report/html/${name}.css`, 'utf8')

/** The colours and letters of every page that this project writes. */
export const styleTokens = (): string => readStyle('tokens')

/** The style of the page. */
export const styleSheet = (): string => `${styleTokens()}\n${readStyle('style')}`
