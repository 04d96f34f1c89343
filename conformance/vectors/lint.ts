import { isDeepStrictEqual } from 'node:util'
import { requirementIds, type VectorFile, type VectorTest } from '../../schemas/index.js'
import type { Finding } from './finding.js'

const requirements: ReadonlySet<string> = new Set(requirementIds)

/** How many tests a file has, and how many of them accept and reject. */
export const countTests = (file: VectorFile): VectorFile['counts'] => {
  const outcomes = file.groups.flatMap(group => group.tests.map(test => test.expect.outcome))
  const accept = outcomes.filter(outcome => outcome === 'accept').length
  return { tests: outcomes.length, accept, reject: outcomes.length - accept }
}

const repeated = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, at) => values.indexOf(value) !== at)),
]

// Members that hold a text may look like hex by chance.
const texts: ReadonlySet<string> = new Set(['text', 'id', 'kid', 'nonce', 'json', 'canonical'])

const upperCaseHex = (value: unknown, member = ''): string[] => {
  if (typeof value === 'string')
    return !texts.has(member) && /^(?:[0-9a-fA-F]{2}){8,}$/.test(value) && /[A-F]/.test(value) ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => upperCaseHex(inner, name))
}

const lintRejection = ({ steps, nearMisses }: VectorTest): string[] =>
  steps !== undefined || nearMisses !== undefined ? ['a rejection has neither steps nor near misses'] : []

const lintAcceptance = (test: VectorTest, output: Record<string, unknown>): string[] => {
  const steps = test.steps ?? {}
  const values = { ...steps, ...output }
  return [
    ...Object.keys(steps)
      .filter(step => Object.hasOwn(output, step))
      .map(step => `${step} is a step and an output`),
    ...(test.nearMisses ?? []).flatMap(({ step, value, mistake }) => {
      if (!Object.hasOwn(values, step)) return [`near miss "${mistake}": there is no step ${step}`]
      return isDeepStrictEqual(values[step], value) ? [`near miss "${mistake}" is the true value of ${step}`] : []
    }),
  ]
}

const lintTest = (test: VectorTest): string[] => [
  ...test.requirements.filter(id => !requirements.has(id)).map(id => `the requirement ${id} does not exist`),
  ...(test.expect.outcome === 'accept' ? lintAcceptance(test, test.expect.output) : lintRejection(test)),
  ...upperCaseHex([test.input, test.steps, test.expect, test.nearMisses]).map(hex => `hex in upper case: ${hex}`),
]

/**
 * What a vector file, valid by its schema, says that cannot be right, without deriving anything: ids, flags, counts,
 * requirements, near misses, the case of hex.
 */
export const lintVectorFile = (name: string, file: VectorFile): Finding[] => {
  const tests = file.groups.flatMap(group => group.tests)
  const used = new Set(tests.flatMap(test => test.flags))
  const counted = countTests(file)
  const messages = [
    ...repeated(tests.map(test => test.id)).map(id => `the id ${id} is used twice`),
    ...[...used].filter(flag => !Object.hasOwn(file.notes, flag)).map(flag => `the flag ${flag} has no note`),
    ...Object.keys(file.notes)
      .filter(flag => !used.has(flag))
      .map(flag => `no test has the flag ${flag}`),
    ...(isDeepStrictEqual(file.counts, counted)
      ? []
      : [`counts say ${JSON.stringify(file.counts)}, the tests are ${JSON.stringify(counted)}`]),
  ]
  return [
    ...messages.map(message => ({ where: name, message })),
    ...tests.flatMap(test => lintTest(test).map(message => ({ where: `${name}/${test.id}`, message }))),
  ]
}
