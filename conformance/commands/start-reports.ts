import { existsSync, statSync } from 'node:fs'
import { format, parse } from 'node:path'

const ONE = /^([a-z]+)=(.+)$/s

/** Anything but a file, such as standard output, `/dev/null` or a pipe, takes what comes one after the other. */
const isFile = (path: string): boolean => path !== '-' && (!existsSync(path) || statSync(path).isFile())

const renamed = (text: string, suffix: string): string => {
  const [, name, path] = ONE.exec(text) ?? []
  if (name === undefined || path === undefined || !isFile(path)) return text
  return `${name}=${withSuffix(path, suffix)}`
}

/** Options that name a file of their own for each run. */
const LISTS = ['--baseline', '--write-baseline']

const withSuffix = (path: string, suffix: string): string => {
  const { dir, root, name, ext } = parse(path)
  return format({ dir, root, name: `${name}${suffix}`, ext })
}

/** A list that is read is the one of its run where there is one, else the same for all. */
const ownList = (option: string, path: string, suffix: string): string => {
  const own = isFile(path) ? withSuffix(path, suffix) : path
  return option === '--baseline' && !existsSync(own) ? path : own
}

/**
 * The arguments of a command in which each file of a `--report FORMAT=FILE`, `--baseline` or `--write-baseline` has `suffix` before its ending, so that two runs
 * do not write to the same one. What is no such option, or is none rightly, stays as it is.
 */
export const withOwnReports = (args: readonly string[], suffix: string): string[] =>
  args.map((arg, at) => {
    const before = args[at - 1] ?? ''
    if (before === '--report') return renamed(arg, suffix)
    if (LISTS.includes(before)) return ownList(before, arg, suffix)
    const list = LISTS.find(each => arg.startsWith(`${each}=`))
    if (list !== undefined) return `${list}=${ownList(list, arg.slice(list.length + 1), suffix)}`
    const option = '--report='
    return arg.startsWith(option) ? option + renamed(arg.slice(option.length), suffix) : arg
  })

/** The files that `--report` names in these arguments. */
export const reportFiles = (args: readonly string[]): string[] =>
  args
    .map((arg, at) => (args[at - 1] === '--report' ? arg : /^--report=(.*)$/s.exec(arg)?.[1]))
    .flatMap(text => (text === undefined ? [] : [ONE.exec(text)?.[2] ?? '-']))
    .filter(path => path !== '-')
