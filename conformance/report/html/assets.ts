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

const readModule = (name: string): string =>
  unlinked(readFileSync(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), 'utf8'))

let script: string | undefined

/** The script of the page: the compiled modules one after the other, in a scope of their own. */
export const clientScript = (): string => (script ??= `'use strict'\n{\n${modules.map(readModule).join('')}}\n`)

/** The style of the page. */
export const styleSheet = (): string => readFileSync(`${rootPath}/conformance/report/html/style.css`, 'utf8')
