import type { VectorFailure, VectorTest } from '../../schemas/index.js'
import { lineOf } from '../report/text.js'
import type { Difference } from './compare.js'
import { jsonLine, show, showDifference } from './finding.js'

// Why a test failed, as a report keeps it. Every text in it that a foreign process chose is one line, of bounded length,
// with nothing in it but what can be seen.

/** Characters of a value that are kept beyond as many as the expected one has: their first difference is among them. */
const MORE = 1000

/** What is wrong with an answer to `test`. */
export const differenceFailure = (
  difference: Exclude<Difference, { reason: 'unsupported' }>,
  test: VectorTest,
): VectorFailure => {
  if (!('step' in difference))
    return difference.reason === 'accepted'
      ? { kind: 'accepted', layer: test.expect.outcome === 'reject' ? test.expect.layer : '' }
      : { kind: 'rejected' }
  const { step, mistake } = difference
  const expected = jsonLine(difference.expected)
  if (difference.reason === 'missing') return { kind: 'missing', step, expected }
  const got = lineOf(jsonLine(difference.got), expected.length + MORE)
  return { kind: 'wrong', step, expected, got, ...(mistake !== undefined && { mistake }) }
}

/** A line that is no answer, and why. */
export const malformedFailure = (what: string, line: Uint8Array): VectorFailure => ({
  kind: 'malformed',
  what,
  line: lineOf(Buffer.from(line).toString('utf8')),
})

/** How a process ended that owed an answer, and the last lines that it wrote to standard error. */
export const crashFailure = (status: string, stderr: readonly string[]): VectorFailure => ({
  kind: 'crash',
  status,
  stderr: stderr.map(line => lineOf(line)),
})

/** A failure for people, each part one line of text that can be shown anywhere. */
export interface ShownFailure {
  /** Such as `wrong answer: okm is the first value that differs`. */
  readonly what: string
  readonly step?: string
  readonly expected?: string
  readonly got?: string
  /** The known mistake that it is. */
  readonly mistake?: string
  /** What the process said that is no answer. */
  readonly said: readonly string[]
}

const MAX_SAID = 200

const shownParts = (failure: VectorFailure): ShownFailure => {
  switch (failure.kind) {
    case 'rejected':
      return { what: 'rejected what must be accepted', said: [] }
    case 'accepted':
      return { what: `accepted what must be rejected (${failure.layer})`, said: [] }
    case 'missing':
      return {
        what: `the answer lacks ${failure.step}`,
        step: failure.step,
        expected: show(failure.expected),
        said: [],
      }
    case 'wrong': {
      const { step, mistake } = failure
      const { from, ...values } = showDifference(failure.expected, failure.got)
      const where = from === undefined ? '' : `, from character ${from} on`
      const what = `wrong answer: ${step} is the first value that differs${where}`
      return { what, step, ...values, ...(mistake !== undefined && { mistake }), said: [] }
    }
    case 'malformed':
      return {
        what: `malformed answer: ${failure.what}`,
        said: failure.line === undefined ? [] : [lineOf(failure.line, MAX_SAID)],
      }
    case 'hang':
      return { what: `hang: no answer in ${failure.ms} ms`, said: [] }
    case 'crash':
      return {
        what: `crash: the process ended without an answer, ${failure.status}`,
        said: failure.stderr.map(line => `stderr: ${lineOf(line, MAX_SAID)}`),
      }
  }
}

/** A failure as it is shown; of one that was read from a file, too, nothing is left that cannot be seen. */
export const showFailure = (failure: VectorFailure): ShownFailure => {
  const { said, ...parts } = shownParts(failure)
  const lines = Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, lineOf(text as string)]))
  return { ...(lines as typeof parts), said: said.map(line => lineOf(line)) }
}

/** A failure in lines: what it is, and then its evidence. */
export const failureLines = ({ what, expected, got, mistake, said }: ShownFailure): [string, ...string[]] => [
  what,
  ...(expected === undefined ? [] : [`expected ${expected}`]),
  ...(got === undefined ? [] : [`got      ${got}`]),
  ...(mistake === undefined ? [] : [`this is what comes of a known mistake: ${mistake}`]),
  ...said,
]
