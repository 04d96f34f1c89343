import { closeSync, openSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Encode, Formats } from '../report/formats.js'
import { lineOf, printable } from '../report/text.js'
import { publishedSite } from '../report/published-site.js'
import type { Requirement } from '../trace/read-requirements.js'
import { fileError } from '../report/file-error.js'
import { UsageError } from './usage.js'

/** A report that is asked for. */
export interface WantedReport<Kept> {
  readonly format: string
  readonly encode: Encode<Kept>
  /** A file, or {@link STDOUT}. */
  readonly path: string
}

/** The file that is standard output. */
const STDOUT = '-'

const parseWanted = <Kept>(text: string, formats: Formats<Kept>): WantedReport<Kept> => {
  const [, format = '', path = ''] = /^([a-z]+)=(.+)$/s.exec(text) ?? []
  const encode = Object.hasOwn(formats, format) ? formats[format] : undefined
  if (encode) return { format, encode, path }
  const names = Object.keys(formats).join(', ')
  throw new UsageError(`--report takes FORMAT=FILE with one of ${names}, not ${JSON.stringify(lineOf(text, 100))}`)
}

const openOnce = (path: string): void => {
  if (path === STDOUT) return
  try {
    closeSync(openSync(path, 'a'))
  } catch (cause) {
    throw new UsageError(`--report: cannot write ${path}: ${fileError(cause)}`, { cause })
  }
}

/** Does one of the texts of `--report` ask for standard output? What is shown to people then goes elsewhere. */
export const wantsStdout = (texts: readonly string[] = []): boolean => texts.some(text => text.endsWith(`=${STDOUT}`))

/**
 * What `--report FORMAT=FILE` asks for, with one of `formats`, each in a file of its own; `-` is standard output. Each file is opened before
 * anything is sent or started, so that no verdict is lost for want of a folder. Throws UsageError.
 */
export const parseReports = <Kept>(texts: readonly string[], formats: Formats<Kept>): WantedReport<Kept>[] => {
  const wanted = texts.map(text => parseWanted(text, formats))
  const places = wanted.map(({ path }) => (path === STDOUT ? path : resolve(path)))
  const twice = places.find((place, index) => places.indexOf(place) < index)
  if (twice !== undefined) throw new UsageError(`--report: two reports cannot both be written to ${twice}`)
  for (const { path } of wanted) openOnce(path)
  return wanted
}

/**
 * The base of the site that reports lead to, ending in a slash: what `--site` says, or else where this package is published.
 * Throws UsageError.
 */
export const parseSite = (text: string | undefined): string | undefined => {
  if (text === undefined) return publishedSite()
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^(?:https?|file):$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '')
    throw new UsageError('--site takes an absolute http, https or file URL, without a user name, a query or a fragment')
  return url.href.replace(/\/?$/, '/')
}

/** Writes `text`. @returns why it could not be written, if so */
const write = (path: string, text: string): string[] => {
  try {
    if (path === STDOUT) process.stdout.write(text)
    else writeFileSync(path, text)
    return []
  } catch (cause) {
    return [`--report: cannot write ${path}: ${fileError(cause)}`]
  }
}

/** What an encoder threw: no fault of the file that it was for. */
const unmade = (format: string, cause: unknown): string => {
  const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  return `--report: ${format} could not be made of this report, by a fault of the suite's own (${printable(said)})`
}

/**
 * Writes `report` wherever it is wanted, standard output last.
 * @returns one line for each that could not be made or written; the others are there all the same
 */
export const writeReports = <Kept>(
  wanted: readonly WantedReport<Kept>[],
  report: Kept,
  requirements: readonly Requirement[],
  site?: string,
): string[] =>
  [...wanted]
    .sort((a, b) => Number(a.path === STDOUT) - Number(b.path === STDOUT))
    .flatMap(({ format, encode, path }) => {
      let text: string
      try {
        text = encode(report, requirements, site)
      } catch (cause) {
        return [unmade(format, cause)]
      }
      return write(path, text)
    })

/** Exit status of the suite's own fault: what was judged is not where it was asked for. */
const OWN_FAULT = 4

/** Says on standard error what {@link writeReports} could not write. @returns the exit status */
export const statusAfterWriting = (problems: readonly string[], status: number): number => {
  for (const problem of problems) process.stderr.write(`sage-conformance: ${problem}\n`)
  return problems.length > 0 ? OWN_FAULT : status
}
