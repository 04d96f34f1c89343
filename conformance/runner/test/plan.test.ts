import t from 'tap'
import type { Transport } from '../../../schemas/index.js'
import { accepts, compares } from '../check.js'
import { planChecks, UnknownSelection } from '../plan.js'
import { countStates, exitStatusOf, states, verdictOf, worstOf, type State } from '../result.js'

const run = async (): Promise<undefined> => undefined
const checks = [
  accepts('task.ping', { prerequisite: true, run }),
  accepts('record.replay', { run }),
  accepts('record.replay', { variant: 'late', run }),
  accepts('http.method', { run }),
  accepts('record.once', { needs: { alone: true }, run }),
]

const planned = (only: string[], skip: string[] = []) => {
  const plan = planChecks(checks, ['http'], only, skip)
  const ids = (part: 'prerequisites' | 'together' | 'alone') => plan[part].map(({ check }) => check.id)
  return [ids('prerequisites'), ids('together'), ids('alone')]
}

t.test('prerequisites come first, then what may run at once by id, then what must be alone', async t => {
  t.strictSame(planned([]), [['task.ping'], ['http.method', 'record.replay', 'record.replay/late'], ['record.once']])
})

t.test('a selection takes ids, requirements with all their variants, and globs; prerequisites stay', async t => {
  t.strictSame(planned(['record.replay']), [['task.ping'], ['record.replay', 'record.replay/late'], []])
  t.strictSame(planned(['record.replay/late']), [['task.ping'], ['record.replay/late'], []])
  t.strictSame(planned(['record.*'], ['*/late']), [['task.ping'], ['record.replay'], ['record.once']])
  t.strictSame(planned(['http.metho?']), [['task.ping'], ['http.method'], []])
})

t.test('a glob takes no more time than its length allows, whoever wrote it', async t => {
  const started = performance.now()
  t.throws(() => planned([`${'*a'.repeat(5000)}!`]), UnknownSelection)
  t.strictSame(planned(['**late**']), [['task.ping'], ['record.replay/late'], []])
  t.ok(performance.now() - started < 1000)
})

t.test('a selection that names nothing is an error, in --skip too', async t => {
  for (const [only, skip] of [
    [['nope'], []],
    [[], ['nope']],
    [['record'], []],
    [['.*'], []],
  ] as const)
    t.throws(() => planChecks(checks, ['http'], only, skip), UnknownSelection)
})

t.test('a selection that leaves nothing is an error: it would pass for nothing', async t => {
  const leftOf = (only: string[], skip: string[], transports: Transport[] = ['http']) =>
    planChecks([...checks, accepts('ws.ping', { needs: { transport: 'ws' }, run })], transports, only, skip)
  t.throws(() => leftOf(['record.replay'], ['record.*']), /leave no check/)
  t.throws(() => leftOf([], ['*']), /leave no check/)
  t.throws(() => leftOf(['ws.ping'], []), /no check that is selected is made over http/)
  t.equal(leftOf(['ws.ping'], [], ['ws']).together.length, 1)
  t.equal(leftOf(['task.ping'], []).prerequisites.length, 1, 'what is always made can be all that is selected')
  t.equal(leftOf(['ws.ping', 'record.replay'], []).together.length, 2, 'one of them is enough')
})

const results = (...of: State[]) => of.map(state => ({ state }))

t.test('a verdict fails closed', async t => {
  t.equal(verdictOf([], false), 'incomplete', 'nothing judged')
  t.equal(verdictOf(results('skip', 'not-observed'), false), 'incomplete', 'nothing judged')
  t.equal(verdictOf(results('pass'), false), 'conformant')
  t.equal(verdictOf(results('pass', 'warn', 'skip', 'not-observed'), false), 'conformant')
  t.equal(verdictOf(results('pass', 'warn'), true), 'not conformant')
  t.equal(verdictOf(results('pass', 'blocked'), false), 'incomplete')
  t.equal(verdictOf(results('pass', 'inconclusive'), false), 'incomplete')
})

t.test('when several hold, the suite fault comes first, then the failure, then what is missing', async t => {
  t.equal(verdictOf(results('error', 'fail', 'inconclusive'), false), 'suite error')
  t.equal(verdictOf(results('fail', 'inconclusive', 'blocked'), false), 'not conformant')
  t.strictSame(Object.values(exitStatusOf), [0, 0, 1, 3, 4])
})

t.test('every state is counted', async t => {
  t.strictSame(countStates(results('pass', 'pass', 'fail')), {
    ...Object.fromEntries(states.map(state => [state, 0])),
    pass: 2,
    fail: 1,
  })
})

t.test('the worst case of a check is the first of the worst state', async t => {
  const one = (name: string, state: State) => ({ name, state, reasonCode: '', clock: [], transcript: [] })
  t.equal(worstOf([one('a', 'pass'), one('b', 'inconclusive'), one('c', 'fail'), one('d', 'fail')])?.name, 'c')
  t.equal(worstOf([one('a', 'fail'), one('b', 'error')])?.name, 'b')
  t.equal(worstOf([]), undefined)
})

const over = (transports: Transport[], has?: (transport: Transport) => boolean, only: string[] = []) => {
  const suite = [
    ...checks,
    accepts('http.unknown-path', { needs: { transport: 'http' }, run }),
    accepts('ws.endpoint', { prerequisite: true, needs: { transport: 'ws' }, run }),
    accepts('ws.ping', { needs: { transport: 'ws' }, run }),
    compares('ws.same-as-http'),
  ]
  const plan = planChecks(suite, transports, only, [], has)
  const names = (part: keyof typeof plan) => plan[part].map(({ check, transport }) => `${check.id} ${transport}`)
  return [names('prerequisites'), names('together'), names('alone'), names('comparisons')]
}

t.test('a check is made over the one transport that it is about, or over each', async t => {
  t.strictSame(over(['http', 'ws']), [
    ['task.ping http', 'task.ping ws', 'ws.endpoint ws'],
    [
      'http.method http',
      'http.method ws',
      'http.unknown-path http',
      'record.replay http',
      'record.replay ws',
      'record.replay/late http',
      'record.replay/late ws',
      'ws.ping ws',
    ],
    ['record.once http', 'record.once ws'],
    ['ws.same-as-http ws'],
  ])
  t.strictSame(over(['http'], undefined, ['record.once']), [['task.ping http'], [], ['record.once http'], []])
  t.strictSame(over(['ws'], undefined, ['http.*']), [['task.ping ws', 'ws.endpoint ws'], ['http.method ws'], [], []])
})

t.test('of a transport that the target lacks only what is about it is planned, to be skipped', async t => {
  t.strictSame(
    over(['http', 'ws'], transport => transport === 'http'),
    [
      ['task.ping http', 'ws.endpoint ws'],
      ['http.method http', 'http.unknown-path http', 'record.replay http', 'record.replay/late http', 'ws.ping ws'],
      ['record.once http'],
      ['ws.same-as-http ws'],
    ],
  )
  t.strictSame(
    over(['ws'], () => false),
    [['ws.endpoint ws'], ['ws.ping ws'], [], ['ws.same-as-http ws']],
  )
})

t.test('a comparison is made where it is selected, and only there', async t => {
  t.strictSame(over(['http', 'ws'], undefined, ['ws.same-as-http']).slice(1), [[], [], ['ws.same-as-http ws']])
  t.strictSame(over(['http', 'ws'], undefined, ['ws.ping']).slice(1), [['ws.ping ws'], [], []])
})
