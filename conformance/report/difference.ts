import type { Report } from '../../schemas/index.js'
import { DISCOVERY } from '../runner/judge.js'
import type { Departure } from '../runner/playback.js'
import { SKEW } from '../runner/run.js'

/** The first thing in which a report and the replay of it are not the same. */
export interface Difference {
  readonly where: string
  readonly what: string
}

type Path = readonly (string | number)[]

interface Leaf {
  readonly path: Path
  readonly recorded: unknown
  readonly again: unknown
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** The first leaf in which two JSON values differ. */
const firstLeaf = (recorded: unknown, again: unknown, path: Path = []): Leaf | undefined => {
  if (Object.is(recorded, again)) return undefined
  if (!isObject(recorded) || !isObject(again) || Array.isArray(recorded) !== Array.isArray(again))
    return { path, recorded, again }
  for (const name of new Set([...Object.keys(recorded), ...Object.keys(again)])) {
    const found = firstLeaf(recorded[name], again[name], [...path, Array.isArray(recorded) ? Number(name) : name])
    if (found) return found
  }
  return undefined
}

const SHOWN = 60

/** A value in a line of text: its beginning, or of two long texts the place where they part. */
const shown = (value: unknown, other: unknown): string => {
  if (value === undefined) return 'nothing'
  if (typeof value !== 'string') return (JSON.stringify(value) ?? '').slice(0, SHOWN)
  const parting = typeof other === 'string' ? [...value].findIndex((letter, at) => letter !== other[at]) : 0
  const from = value.length > SHOWN ? Math.max(0, parting - 10) : 0
  return JSON.stringify(`${from > 0 ? '…' : ''}${value.slice(from, from + SHOWN)}`)
}

const nameOf = (path: Path): string => {
  const [first, index, ...rest] = path
  if (first === 'transcript' && typeof index === 'number') return [`exchange ${index + 1}`, rest.join('.')].join(' ')
  return path.join('.')
}

const describe = (leaf: Leaf | undefined): string | undefined =>
  leaf && `${nameOf(leaf.path)} is ${shown(leaf.recorded, leaf.again)}, and again ${shown(leaf.again, leaf.recorded)}`

const whereOf = (check: string, name = ''): string => (name === '' ? check : `${check}, ${name}`)

/** A place of the replay, for people. */
const whereIs = (place: string): string => {
  if (place === DISCOVERY) return 'the discovery'
  if (place === SKEW) return "the measurement of the target's clock"
  const [check = '', , name] = place.split('\n')
  return whereOf(check, name)
}

type Result = Report['results'][number]

const checkDifference = (recorded: Result, again: Result): Difference | undefined => {
  for (let index = 0; index < Math.max(recorded.cases.length, again.cases.length); index++) {
    const [before, after] = [recorded.cases[index], again.cases[index]]
    const what = describe(firstLeaf(before, after))
    if (what !== undefined) return { where: whereOf(recorded.check, (after ?? before)?.name), what }
  }
  const what = describe(firstLeaf(recorded, again))
  return what === undefined ? undefined : { where: recorded.check, what }
}

const planDifference = (recorded: readonly Result[], again: readonly Result[]): Difference | undefined => {
  for (let index = 0; index < Math.max(recorded.length, again.length); index++) {
    const [before, after] = [recorded[index], again[index]]
    if (before?.check === after?.check && before?.transport === after?.transport) continue
    if (after && !recorded.some(({ check }) => check === after.check))
      return { where: after.check, what: 'the report holds no result of this check, which was to be run' }
    return { where: before?.check ?? '', what: 'the report holds a result that is not due there' }
  }
  return undefined
}

/** Where `again` ended otherwise: the discovery, the checks in their order, and then what follows from them. */
const reportDifference = (recorded: Report, again: Report): Difference | undefined => {
  for (const place of [DISCOVERY, SKEW] as const) {
    const what = describe(firstLeaf(recorded[place], again[place]))
    if (what !== undefined) return { where: whereIs(place), what }
  }
  const found = planDifference(recorded.results, again.results)
  if (found) return found
  for (const [index, result] of recorded.results.entries()) {
    const counterpart = again.results[index]
    const different = counterpart && checkDifference(result, counterpart)
    if (different) return different
  }
  const what = describe(firstLeaf(recorded, again))
  return what === undefined ? undefined : { where: 'the report', what }
}

/**
 * The first difference between a report and `again`, made of what it holds: where the replay left the recording, else
 * where it ended otherwise.
 */
export const firstDifference = (
  recorded: Report,
  again: Report,
  departures: readonly Departure[],
): Difference | undefined => {
  const [departure] = departures
  return departure ? { where: whereIs(departure.place), what: departure.what } : reportDifference(recorded, again)
}
