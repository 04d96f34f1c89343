import type { Difference } from './compare.js'
import { printable, show, showDifference } from './finding.js'
import type { Judged, Judgement } from './judge.js'

const MAX_LINE = 200

const differenceLines = (difference: Exclude<Difference, { reason: 'unsupported' }>, layer?: string): string[] => {
  if (!('step' in difference))
    return difference.reason === 'accepted'
      ? [`accepted what must be rejected (${layer})`]
      : ['rejected what must be accepted']
  const { step, mistake } = difference
  if (difference.reason === 'missing') return [`the answer lacks ${step}`, `  expected ${show(difference.expected)}`]
  const { expected, got, from } = showDifference(difference.expected, difference.got)
  return [
    `wrong answer: ${step} is the first value that differs${from === undefined ? '' : `, from character ${from} on`}`,
    `  expected ${expected}`,
    `  got      ${got}`,
    ...(mistake === undefined ? [] : [`  this is what comes of a known mistake: ${mistake}`]),
  ]
}

const failureLines = (judgement: Extract<Judgement, { state: 'fail' }>, layer?: string): string[] => {
  if ('difference' in judgement) return differenceLines(judgement.difference, layer)
  if ('malformed' in judgement)
    return [`malformed answer: ${judgement.malformed}`, `  ${printable(judgement.line).slice(0, MAX_LINE)}`]
  if ('hang' in judgement) return [`hang: no answer in ${judgement.hang} ms`]
  if ('flood' in judgement) return ['malformed answer: a line that does not end']
  return [
    `crash: the process ended without an answer, ${judgement.crash}`,
    ...judgement.stderr.map(line => `  stderr: ${printable(line).slice(0, MAX_LINE)}`),
  ]
}

/** What came of a test that was asked, for people, in lines; none where it passed. */
export const describeJudged = ({ test, judgement }: Judged): string[] => {
  const head = `${judgement.state} ${test.id} (${test.op}): `
  const { expect, comment, requirements } = test.test
  switch (judgement.state) {
    case 'pass':
    case 'skipped':
    case 'blocked':
      return []
    case 'unsupported':
      return [`${head}the op is not supported`]
    case 'fail': {
      const [first = '', ...rest] = failureLines(judgement, expect.outcome === 'reject' ? expect.layer : undefined)
      const pinned = requirements.length === 0 ? [] : [`  ${requirements.join(', ')}`]
      return [`${head}${first}`, ...rest, `  ${comment}`, ...pinned]
    }
  }
}
