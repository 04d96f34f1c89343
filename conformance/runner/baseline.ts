import type { KnownFailure, Report } from '../../schemas/index.js'
import { isSelected } from './plan.js'
import { isFailure, STOPPED, type CheckResult } from './result.js'

/** What decides whether a result is a known failure, and whether there ought to be one. */
export type Terms = Pick<Report['run'], 'strict' | 'only' | 'skip' | 'transports' | 'baseline'>

/** What came of a list of known failures. */
export type Compared = NonNullable<Report['baseline']>

/** Reason codes of what the run did not come to: nothing that a list could say otherwise. */
const cutShort = ['interrupted', 'target-lost', STOPPED]

const isAbout = (one: Pick<KnownFailure, 'check' | 'transport'>, other: Pick<KnownFailure, 'check' | 'transport'>) =>
  one.check === other.check && one.transport === other.transport

/** The names of the cases that fail where others do not. */
const partOf = ({ cases }: CheckResult, strict: boolean): string[] | undefined => {
  const failed = cases.filter(each => isFailure(each, strict))
  return failed.length > 0 && failed.length < cases.length ? failed.map(({ name }) => name) : undefined
}

/** The names of cases that fail and are not in an entry. */
const unlistedCases = (entry: KnownFailure, { cases }: CheckResult, strict: boolean): string[] =>
  cases.filter(each => isFailure(each, strict) && entry.cases?.includes(each.name) === false).map(({ name }) => name)

const isListed = (result: CheckResult, { baseline = [], strict }: Terms): boolean =>
  baseline.some(
    entry =>
      isAbout(entry, result) &&
      entry.reasonCode === result.reasonCode &&
      unlistedCases(entry, result, strict).length === 0,
  )

/** Does it fail as the list says, and in no case that the list does not have? */
export const isKnownFailure = (result: CheckResult, terms: Terms): boolean =>
  isFailure(result, terms.strict) && isListed(result, terms)

/** Does it fail the run: a failure that is not listed with this reason? */
export const isUnknownFailure = (result: CheckResult, terms: Terms): boolean =>
  isFailure(result, terms.strict) && !isListed(result, terms)

/** Is the check of an entry among those that the caller selected? */
const isWanted = ({ check, transport }: KnownFailure, { only, skip, transports }: Terms): boolean =>
  transports.includes(transport) && isSelected(check, only, skip)

/** What is to be done about the cases of an entry, if anything. */
const flawOfCases = (entry: KnownFailure, result: CheckResult, strict: boolean): string | undefined => {
  const more = unlistedCases(entry, result, strict)
  if (more.length > 0) return `it fails with ${named(more)} too now: list that, if it is no news to you`
  const fails = (name: string): boolean => result.cases.some(each => each.name === name && isFailure(each, strict))
  const fewer = entry.cases?.filter(name => !fails(name)) ?? []
  return fewer.length > 0 ? `it does not fail with ${named(fewer)} any more: take that out of the list` : undefined
}

const named = (cases: readonly string[]): string => cases.map(name => JSON.stringify(name)).join(', ')

/** What is to be done about an entry, if anything. */
const flawOf = (entry: KnownFailure, result: CheckResult | undefined, strict: boolean): string | undefined => {
  if (!result) return `the target was not judged over ${entry.transport}: take it out of the list`
  const { state, reasonCode, observed } = result
  if (state === 'pass') return 'it passes now: take it out of the list'
  if (state === 'fail' || state === 'warn')
    return reasonCode === entry.reasonCode
      ? flawOfCases(entry, result, strict)
      : `it fails with ${reasonCode} now: list it so, if that is no news to you`
  return `it came to no verdict (${state}: ${observed ?? reasonCode}): take it out of the list, or run so that it does`
}

/** Did the run not come to it? */
const isMissed = ({ state, reasonCode }: CheckResult): boolean => state === 'error' || cutShort.includes(reasonCode)

/** Holds a list of known failures against the results of a run. An entry that does not hold says what to do about it. */
export const compareBaseline = (results: readonly CheckResult[], terms: Terms): Compared | undefined => {
  const { baseline } = terms
  if (!baseline) return undefined
  const found = baseline.map(entry => ({ entry, result: results.find(each => isAbout(entry, each)) }))
  const judged = found.filter(({ entry, result }) =>
    result ? !isMissed(result) : results.length > 0 && isWanted(entry, terms),
  )
  const mend = judged.flatMap(({ entry, result }) => {
    const { check, transport, reasonCode } = entry
    const what = flawOf(entry, result, terms.strict)
    return what === undefined ? [] : [{ check, transport, reasonCode, what }]
  })
  const known = results.filter(result => isKnownFailure(result, terms)).length
  return { known, unjudged: baseline.length - judged.length, mend }
}

/**
 * The list with which a run would not have failed: what failed in it, and the entries of `before` that it did not select.
 * Notes of `before` stay with their checks. Sorted, so that two lists can be compared line by line.
 */
export const knownFailuresOf = (
  results: readonly CheckResult[],
  terms: Terms,
  before: readonly KnownFailure[],
): KnownFailure[] => {
  const failed = results
    .filter(result => isFailure(result, terms.strict))
    .map((result): KnownFailure => {
      const { check, transport, reasonCode } = result
      const cases = partOf(result, terms.strict)
      const note = before.find(entry => isAbout(entry, result))?.note
      return { check, transport, reasonCode, ...(cases && { cases }), ...(note !== undefined && { note }) }
    })
  const kept = before.filter(
    (entry, at) =>
      !results.some(result => isAbout(entry, result)) &&
      !isWanted(entry, terms) &&
      at === before.findIndex(other => isAbout(entry, other)),
  )
  const keyOf = ({ check, transport }: KnownFailure): string => `${check}\n${transport}`
  return [...failed, ...kept].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}
