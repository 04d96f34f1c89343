import { existsSync, statSync } from 'node:fs'
import { format, parse } from 'node:path'

const ONE = /^([a-z]+)=(.+)$/s

/** Anything but a file, such as standard output, `/dev/null` or a pipe, takes what comes one after the other. */
const isFile = (path: string): boolean => path !== '-' && (!existsSync(path) || statSync(path).isFile())

const renamed = (text: string, suffix: string): string => {
  const [, name, path] = ONE.exec(text) ?? []
  if (name === undefined || path === undefined || !isFile(path)) return text
  const { dir, root, name: stem, ext } = parse(path)
  return `${name}=${format({ dir, root, name: `${stem}${suffix}`, ext })}`
}

/**
 * The arguments of a command in which each file of a `--report FORMAT=FILE` has `suffix` before its ending, so that two runs
 * do not write to the same one. What is no such option, or is none rightly, stays as it is.
 */
export const withOwnReports = (args: readonly string[], suffix: string): string[] =>
  args.map((arg, at) => {
    if (args[at - 1] === '--report') return renamed(arg, suffix)
    const option = '--report='
    return arg.startsWith(option) ? option + renamed(arg.slice(option.length), suffix) : arg
  })

/** The files that `--report` names in these arguments. */
export const reportFiles = (args: readonly string[]): string[] =>
  args
    .map((arg, at) => (args[at - 1] === '--report' ? arg : /^--report=(.*)$/s.exec(arg)?.[1]))
    .flatMap(text => (text === undefined ? [] : [ONE.exec(text)?.[2] ?? '-']))
    .filter(path => path !== '-')
