import type { VectorFile, VectorTest } from '../../schemas/index.js'
import { compareAnswer, type Answer, type Peer } from './compare.js'
import type { Finding } from './finding.js'

const outcomes = {
  accepted: 'must be rejected, was accepted',
  rejected: 'must be accepted, was rejected',
  unsupported: 'the checker does not know the op',
} as const

/** Members that only one side has: a file that says nothing of a step is not checked where it says nothing. */
const unequalMembers = (test: VectorTest, answer: Answer): { step: string; expected: unknown; got: unknown }[] => {
  if (test.expect.outcome !== 'accept' || answer.outcome !== 'accept') return []
  const expected: Record<string, unknown> = { ...test.steps, ...test.expect.output }
  const got: Record<string, unknown> = { ...answer.output }
  return [...new Set([...Object.keys(expected), ...Object.keys(got)])]
    .filter(step => Object.hasOwn(expected, step) !== Object.hasOwn(got, step))
    .map(step => ({ step, expected: expected[step], got: got[step] }))
}

const answerOf = (peer: Peer, op: string, test: VectorTest): Answer | Error => {
  try {
    return peer(op, test.input)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** A rejection for another reason than the one that the test is about would hide that its rule is never reached. */
const otherLayer = (test: VectorTest, answer: Answer): Partial<Finding>[] =>
  test.expect.outcome === 'reject' &&
  answer.outcome === 'reject' &&
  (answer.layer ?? test.expect.layer) !== test.expect.layer
    ? [{ step: 'layer', expected: test.expect.layer, got: answer.layer }]
    : []

const rederiveTest = (where: string, op: string, test: VectorTest, peer: Peer): Finding[] => {
  const answer = answerOf(peer, op, test)
  if (answer instanceof Error) return [{ where, message: `the checker cannot use the input: ${answer.message}` }]
  const difference = compareAnswer(test, answer)
  if (difference === undefined)
    return [
      ...unequalMembers(test, answer).map(member => ({ where, message: 'only one side has a value', ...member })),
      ...otherLayer(test, answer).map(member => ({ where, message: 'rejected for another reason', ...member })),
    ]
  if ('step' in difference) {
    const { step, expected, got } = difference
    return [{ where, message: 'derived again, a value differs', step, expected, got }]
  }
  return [{ where, message: outcomes[difference.reason] }]
}

/** Every difference between what a file expects and what `peer` makes of its inputs. A peer may throw: that is one too. */
export const rederive = (name: string, file: VectorFile, peer: Peer): Finding[] =>
  file.groups.flatMap(({ op, tests }) => tests.flatMap(test => rederiveTest(`${name}/${test.id}`, op, test, peer)))
