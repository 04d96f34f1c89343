import t from 'tap'
import type { RequirementId } from '../../../schemas/index.js'
import { honest, reportFault } from '../../mutants/judge-mutant.js'
import type { Judges } from '../../trace/judges.js'
import { coverageOf, describeCoverage } from '../coverage.js'

const check = (requirement: string, by: 'run' | 'run-client', also: string[] = []) => ({
  id: requirement,
  requirement,
  also,
  by,
  cases: [],
  notes: [],
})

const judges: Judges = {
  checks: [check('a.one', 'run', ['a.also']), check('a.two', 'run'), check('a.peer', 'run-client')],
  vectors: ['a.two', 'a.peer', 'a.bytes'].map(id => ({ id: `file/${id}`, file: 'file', requirements: [id] })),
  unobservable: [{ id: 'a.hidden', reason: 'nobody sees it' }],
  unjudged: [{ id: 'a.later', issue: '7' }],
}
const suite = { ids: ['a.one', 'a.also', 'a.two', 'a.peer', 'a.bytes', 'a.hidden', 'a.later'], judges }

const result = (
  requirement: string,
  state: 'pass' | 'fail' | 'warn' | 'skip' | 'inconclusive',
  also: string[] = [],
) => ({
  requirement: requirement as RequirementId,
  also: also as RequirementId[],
  state,
})

t.test('each requirement is counted once: where a check came to a verdict, else by who can judge it', t => {
  const coverage = coverageOf([result('a.one', 'fail', ['a.also']), result('a.two', 'skip')], suite)
  const expected = { judged: 2, run: 1, vectors: 2, runClient: 0, unobservable: 1, unjudged: 1 }
  t.strictSame(coverage, { requirements: 7, ...expected })
  t.equal(
    describeCoverage(coverage),
    '2 of 7 requirements judged by this run, 1 not in this run, 2 by `vectors run`, 1 that nobody outside can observe, 1 that nothing judges yet',
  )
  const other = coverageOf([result('a.two', 'pass'), result('a.one', 'inconclusive')], {
    ...suite,
    judges: { ...judges, vectors: [] },
  })
  t.match(other, { judged: 1, run: 2, vectors: 0, runClient: 1, unjudged: 2 })
  t.end()
})

t.test('a report says of all requirements by whom they are judged', async t => {
  const { coverage, requirements } = await reportFault(honest, { only: ['task.unknown'] })
  const { requirements: all, ...parts } = coverage
  t.equal(all, requirements.count)
  t.equal(
    Object.values(parts).reduce((sum, count) => sum + count, 0),
    all,
  )
  t.ok(coverage.judged > 0 && coverage.run > 0 && coverage.vectors > 0 && coverage.runClient > 0)
})
