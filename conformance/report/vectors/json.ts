import type { VectorResult, VectorsReport } from '../../../schemas/index.js'
import type { Judged } from '../../vectors/judge.js'
import { countStates, exitStatus, verdictOf } from '../../vectors/verdict.js'
import { suiteIdentity, withDigest } from '../json.js'

const resultOf = ({ test: { id, op, test }, judgement, seconds }: Judged): VectorResult => {
  const about = { test: id, op, requirements: test.requirements, ...(seconds !== undefined && { seconds }) }
  return judgement.state === 'fail'
    ? { ...about, state: 'fail', comment: test.comment, failure: judgement.failure }
    : { ...about, state: judgement.state }
}

/** The report of a run of the vectors: verdict, exit status and counts follow from what was judged. */
export const createVectorsReport = (
  command: readonly string[],
  run: VectorsReport['run'],
  judged: readonly Judged[],
): VectorsReport => {
  const results = judged.map(resultOf)
  const counts = countStates(results)
  const verdict = verdictOf(counts)
  return withDigest<VectorsReport>({
    report: 'sage-conformance/1',
    command: 'vectors run',
    ...suiteIdentity(),
    target: { argv: [...command] },
    run,
    verdict,
    exitStatus: exitStatus[verdict],
    counts,
    results,
  } satisfies Omit<VectorsReport, 'digest'>)
}
