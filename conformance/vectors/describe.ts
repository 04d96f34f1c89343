import { failureLines, showFailure } from './failure.js'
import type { Judged } from './judge.js'

/** What came of a test that was asked, for people, in lines; none where it passed. */
export const describeJudged = ({ test: { id, op, test }, judgement }: Judged): string[] => {
  const head = `${judgement.state} ${id} (${op}): `
  switch (judgement.state) {
    case 'pass':
    case 'skipped':
    case 'blocked':
      return []
    case 'unsupported':
      return [`${head}the op is not supported`]
    case 'fail': {
      const [first, ...rest] = failureLines(showFailure(judgement.failure))
      const { comment, requirements } = test
      const pinned = requirements.length === 0 ? [] : [requirements.join(', ')]
      return [`${head}${first}`, ...[...rest, comment, ...pinned].map(line => `  ${line}`)]
    }
  }
}
