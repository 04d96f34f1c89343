import t from 'tap'
import type { Transport } from '../../../schemas/index.js'
import type { CheckResult, State } from '../result.js'
import { compareTransports } from '../same-verdict.js'

const result = (check: string, transport: Transport, state: State, observed?: string): CheckResult => ({
  check,
  requirement: 'task.ping',
  also: [],
  level: 'MUST',
  transport,
  state,
  reasonCode: state,
  ...(observed !== undefined && { observed }),
  cases: [],
})
const both = (check: string, http: State, ws: State): CheckResult[] => [
  result(check, 'http', http),
  result(check, 'ws', ws),
]

t.test('verdicts that are the same do not differ, be they good or bad', async t => {
  const results = [...both('a', 'pass', 'pass'), ...both('b', 'fail', 'fail'), ...both('c', 'warn', 'warn')]
  t.strictSame(compareTransports(results), { compared: 3, differences: [] })
})

t.test('verdicts that differ are found in either direction, with what was seen', async t => {
  const results = [
    result('a', 'http', 'pass'),
    result('a', 'ws', 'fail', 'accepted'),
    ...both('b', 'fail', 'pass'),
    ...both('c', 'pass', 'warn'),
    ...both('d', 'warn', 'fail'),
    ...both('e', 'pass', 'pass'),
  ]
  const { compared, differences } = compareTransports(results)
  t.equal(compared, 5)
  t.strictSame(
    differences.map(({ check }) => check),
    ['a', 'b', 'c', 'd'],
  )
  t.match(differences[0]?.found, { reasonCode: 'differs', observed: 'pass over http, fail over ws (accepted)' })
})

t.test('what came to no verdict over one transport, or was made over one alone, is not compared', async t => {
  for (const none of ['skip', 'blocked', 'not-observed', 'inconclusive', 'error'] as const) {
    t.strictSame(compareTransports(both('a', 'pass', none)), { compared: 0, differences: [] }, none)
    t.strictSame(compareTransports(both('a', none, 'fail')), { compared: 0, differences: [] }, none)
  }
  t.strictSame(compareTransports([result('a', 'ws', 'fail')]), { compared: 0, differences: [] })
  t.strictSame(compareTransports([]), { compared: 0, differences: [] })
})
