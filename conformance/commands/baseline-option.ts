import { closeSync, existsSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Baseline, type KnownFailure, type Report } from '../../schemas/index.js'
import { Refusal } from '../probe/refusal.js'
import { parserOf } from '../probe/wire/shape.js'
import { fileKind } from '../report/file-kind.js'
import { knownFailuresOf } from '../runner/baseline.js'
import type { Selectable } from '../runner/plan.js'
import { exitStatusOf, verdictOf, type CheckResult } from '../runner/result.js'
import { fileError } from '../report/file-error.js'
import { readTextFile, UsageError } from './usage.js'

const parseBaseline = parserOf<Baseline>(Baseline)

/** Why a file is no baseline: what it is instead, or else the place where its shape is another. */
const whyNone = (value: unknown, { message }: Refusal): string => {
  const kind = fileKind(value)
  return kind?.startsWith('a baseline') === false ? `but ${kind}; --write-baseline makes one` : `(${message})`
}

const parseList = (option: string, path: string): KnownFailure[] => {
  let value: unknown
  try {
    value = JSON.parse(readTextFile(option, path))
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new UsageError(`${option}: ${path} is not JSON`, { cause })
    throw cause
  }
  try {
    return parseBaseline(value).known
  } catch (cause) {
    if (cause instanceof Refusal)
      throw new UsageError(`${option}: ${path} is no baseline ${whyNone(value, cause)}`, { cause })
    throw cause
  }
}

/**
 * The known failures that a file lists, each of a check that there is.
 * @throws UsageError
 */
const readBaseline = (path: string, checks: readonly Selectable[]): KnownFailure[] => {
  const known = parseList('--baseline', path)
  const seen = new Set<string>()
  for (const { check, transport } of known) {
    const found = checks.find(({ id }) => id === check)
    const named = `${check} over ${transport}`
    if (!found) throw new UsageError(`--baseline: ${path} lists ${JSON.stringify(check)}, and no check is called so`)
    if (!found.over.includes(transport))
      throw new UsageError(`--baseline: ${path} lists ${named}, and it is not made over that`)
    if (seen.has(named)) throw new UsageError(`--baseline: ${path} lists ${named} twice`)
    seen.add(named)
  }
  return known
}

/** The options that decide which failures fail a run, and whether it goes on after the first. */
export interface EndingOptions {
  readonly baseline?: string
  readonly writeBaseline?: string
  readonly failFast?: boolean
}

/**
 * What these options come to in the settings of a run.
 * @throws UsageError
 */
export const parseEnding = (
  { baseline, writeBaseline, failFast }: EndingOptions,
  checks: readonly Selectable[],
): Pick<Report['run'], 'baseline' | 'failFast'> => {
  if (failFast && writeBaseline !== undefined)
    throw new UsageError('--write-baseline takes a whole run, and --fail-fast ends it early')
  return {
    ...(baseline !== undefined && { baseline: readBaseline(baseline, checks) }),
    ...(failFast && { failFast }),
  }
}

/** A file into which what failed is to be written. */
export interface BaselineFile {
  readonly path: string
  /** What stood there. */
  readonly before: readonly KnownFailure[]
}

/**
 * Looks at the file that `--write-baseline` names before anything is sent: what is in it, and that it can be written.
 * @throws UsageError
 */
export const openBaseline = (path: string): BaselineFile => {
  const isThere = existsSync(path)
  // A device has no end that a list could have.
  const before = isThere && statSync(path).isFile() ? parseList('--write-baseline', path) : []
  try {
    closeSync(openSync(path, 'a'))
    // Should nothing come of the run, there is no list rather than an empty one.
    if (!isThere) rmSync(path)
  } catch (cause) {
    throw new UsageError(`--write-baseline: cannot write ${path}: ${fileError(cause)}`, { cause })
  }
  return { path, before }
}

/** One entry a line, for who compares two lists. */
const encodeBaseline = (known: readonly KnownFailure[]): string => {
  const head: Baseline['baseline'] = 'sage-conformance/1'
  const lines = known.map(entry => `\n    ${JSON.stringify(entry)}`).join(',')
  return `{\n  "baseline": "${head}",\n  "known": [${lines}${known.length > 0 ? '\n  ' : ''}]\n}\n`
}

/**
 * Writes what failed in a run as known failures, if with that list it would not fail: what is not known of an incomplete
 * run is not known to pass. Says what it did, in one line.
 * @returns a line where the file could not be written
 */
export const writeBaseline = (
  { path, before }: BaselineFile,
  { run, results, verdict }: Report,
  say: (line: string) => void,
): string[] => {
  const judged = results as readonly CheckResult[]
  const withList = verdictOf(
    judged.map(({ state }) => ({ state, known: true })),
    run.strict,
  )
  if (exitStatusOf[withList] !== 0) {
    const why = withList === verdict ? `the verdict is ${verdict}` : `what did not fail is ${withList}`
    say(`${path} is not written: ${why}, and a list of known failures takes a whole run`)
    return []
  }
  const known = knownFailuresOf(judged, run, [...before, ...(run.baseline ?? [])])
  try {
    writeFileSync(path, encodeBaseline(known))
  } catch (cause) {
    return [`--write-baseline: cannot write ${path}: ${fileError(cause)}`]
  }
  say(`${known.length} known ${known.length === 1 ? 'failure' : 'failures'} written to ${path}`)
  return []
}
