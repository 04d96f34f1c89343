import { Refusal } from '../refusal.js'
import { parseNumber, type Sample } from './sample.js'

interface Parts {
  readonly buckets: { readonly le: number; readonly count: number }[]
  sum?: number
  count?: number
}

const without = (labels: Sample['labels'], name: string): string =>
  JSON.stringify([...labels].filter(([of]) => of !== name).sort())

const isRising = (numbers: readonly number[], strictly: boolean): boolean =>
  numbers.every((number, at) => at === 0 || (strictly ? number > numbers[at - 1]! : number >= numbers[at - 1]!))

/**
 * Holds the samples of the histogram `name` to its shape: for each set of labels a sum, a count and cumulative buckets, in
 * the order of their bounds, of which the last is +Inf and has the count.
 * @throws Refusal `encoding`
 */
export const requireHistogram = (name: string, samples: readonly Sample[]): void => {
  const refuse = (what: string): Refusal => new Refusal('encoding', `a histogram of the metrics: ${what}`)
  const sets = new Map<string, Parts>()
  for (const { name: of, labels, value } of samples) {
    const key = without(labels, 'le')
    const parts = sets.get(key) ?? { buckets: [] }
    sets.set(key, parts)
    if (of === `${name}_sum`) parts.sum = value
    else if (of === `${name}_count`) parts.count = value
    else {
      const le = parseNumber(labels.get('le') ?? '')
      if (of !== `${name}_bucket` || le === undefined) throw refuse('a sample that is no bucket, sum or count')
      parts.buckets.push({ le, count: value })
    }
  }
  for (const { buckets, sum, count } of sets.values()) {
    const last = buckets.at(-1)
    if (sum === undefined || count === undefined) throw refuse('no sum, or no count')
    if (last?.le !== Infinity || last.count !== count) throw refuse('no last bucket of +Inf with the count')
    if (
      !isRising(
        buckets.map(({ le }) => le),
        true,
      )
    )
      throw refuse('bounds that do not rise')
    if (
      !isRising(
        buckets.map(bucket => bucket.count),
        false,
      )
    )
      throw refuse('buckets that are not cumulative')
  }
}
