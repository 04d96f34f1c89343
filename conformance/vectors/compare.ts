import { isDeepStrictEqual } from 'node:util'
import type { VectorTest } from '../../schemas/index.js'

/** Members of an input or of an output. */
export type Values = Readonly<Record<string, unknown>>

/** What an implementation made of the input of a test. */
export type Answer =
  | { readonly outcome: 'accept'; readonly output?: Values }
  /** `layer` is what the suite's own code says of itself; nobody else is asked for it. */
  | { readonly outcome: 'reject'; readonly layer?: string }
  | { readonly outcome: 'unsupported' }

/** An implementation that can be asked in this process. Never throws. */
export type Peer = (op: string, input: Values) => Answer

/** What is wrong with an answer: the first thing, in the order of derivation. */
export type Difference =
  | { readonly reason: 'accepted' | 'rejected' | 'unsupported' }
  | {
      readonly reason: 'wrong' | 'missing'
      readonly step: string
      readonly expected: unknown
      readonly got: unknown
      /** The mistake that makes exactly this value, where the vector names one. */
      readonly mistake?: string
    }

const own = (values: Values, name: string): unknown => (Object.hasOwn(values, name) ? values[name] : undefined)

const wrong = (test: VectorTest, step: string, expected: unknown, got: unknown): Difference => {
  const miss = test.nearMisses?.find(near => near.step === step && isDeepStrictEqual(near.value, got))
  return { reason: 'wrong', step, expected, got, ...(miss && { mistake: miss.mistake }) }
}

/**
 * The first difference between `answer` and what `test` expects: steps first, in the order of derivation, as far as
 * they were given; then the output, all of it. Undefined where there is none.
 */
export const compareAnswer = (test: VectorTest, answer: Answer): Difference | undefined => {
  if (answer.outcome === 'unsupported') return { reason: 'unsupported' }
  if (test.expect.outcome === 'reject') return answer.outcome === 'reject' ? undefined : { reason: 'accepted' }
  if (answer.outcome === 'reject') return { reason: 'rejected' }
  const given = answer.output ?? {}
  for (const [step, expected] of Object.entries({ ...test.steps, ...test.expect.output })) {
    const got = own(given, step)
    if (got === undefined && Object.hasOwn(test.expect.output, step))
      return { reason: 'missing', step, expected, got: undefined }
    if (got !== undefined && !isDeepStrictEqual(got, expected)) return wrong(test, step, expected, got)
  }
  return undefined
}
