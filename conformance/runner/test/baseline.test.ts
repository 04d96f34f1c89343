import t from 'tap'
import type { KnownFailure, RequirementId, Transport } from '../../../schemas/index.js'
import { compareBaseline, isKnownFailure, isUnknownFailure, knownFailuresOf, type Terms } from '../baseline.js'
import { verdictOf, type CheckResult, type State } from '../result.js'

const result = (check: string, state: State, reasonCode = '', transport: Transport = 'http'): CheckResult => ({
  check,
  requirement: 'record.replay' as RequirementId,
  also: [],
  level: 'MUST',
  transport,
  state,
  reasonCode,
  cases: [],
})

const entry = (check: string, reasonCode: string, transport: Transport = 'http'): KnownFailure => ({
  check,
  transport,
  reasonCode,
})

const terms = (baseline: readonly KnownFailure[], more: Partial<Terms> = {}): Terms => ({
  strict: false,
  only: [],
  skip: [],
  transports: ['http', 'ws'],
  baseline: [...baseline],
  ...more,
})

t.test('a check that fails as listed is known: check, transport and reason', t => {
  const failure = result('a.one', 'fail', 'accepted')
  const is = (one: KnownFailure, more: Partial<Terms> = {}): boolean => isKnownFailure(failure, terms([one], more))
  t.ok(is(entry('a.one', 'accepted')))
  t.notOk(is(entry('a.one', 'no-answer')))
  t.notOk(is(entry('a.one', 'accepted', 'ws')))
  t.notOk(is(entry('a.two', 'accepted')))
  t.ok(isUnknownFailure(failure, terms([])))
  t.notOk(isUnknownFailure(failure, terms([entry('a.one', 'accepted')])))
  t.end()
})

t.test('a SHOULD that does not hold is a failure, and so a known one, where a run is strict', t => {
  const warning = result('a.one', 'warn', 'late')
  for (const strict of [true, false]) {
    const of = terms([entry('a.one', 'late')], { strict })
    t.equal(isKnownFailure(warning, of), strict)
    t.notOk(isUnknownFailure(warning, of))
    t.strictSame(compareBaseline([warning], of), { known: strict ? 1 : 0, unjudged: 0, mend: [] })
  }
  t.end()
})

t.test('an entry that does not hold is to be mended, and says how', t => {
  const cases: [name: string, found: CheckResult, what: RegExp][] = [
    ['passes', result('a.one', 'pass'), /^it passes now: take it out/],
    ['fails for another reason', result('a.one', 'fail', 'no-answer'), /^it fails with no-answer now: list it so/],
    ['skip', result('a.one', 'skip', 'capability'), /no verdict \(skip: capability\): take it out of the list, or run/],
    ['blocked', result('a.one', 'blocked', 'prerequisite'), /no verdict \(blocked/],
    ['inconclusive', result('a.one', 'inconclusive', 'twin'), /no verdict \(inconclusive/],
    ['not observed', result('a.one', 'not-observed', 'patience'), /no verdict \(not-observed/],
    ['not over this transport', result('a.one', 'fail', 'accepted', 'ws'), /^the target was not judged over http/],
  ]
  for (const [name, found, what] of cases) {
    const compared = compareBaseline([found], terms([entry('a.one', 'accepted')]))
    t.match(compared, { known: 0, unjudged: 0, mend: [{ check: 'a.one', transport: 'http', what }] }, name)
  }
  t.end()
})

t.test('what was not selected, or what the run did not come to, is neither known nor to be mended', t => {
  const list = [entry('a.one', 'accepted')]
  const unjudged = { known: 0, unjudged: 1, mend: [] }
  const other = result('a.two', 'pass')
  t.strictSame(compareBaseline([other], terms(list, { only: ['a.two'] })), unjudged)
  t.strictSame(compareBaseline([other], terms(list, { skip: ['a.o*'] })), unjudged)
  t.strictSame(compareBaseline([other], terms(list, { transports: ['ws'] })), unjudged)
  t.strictSame(compareBaseline([], terms(list)), unjudged, 'nobody was there')
  for (const [state, reasonCode] of [
    ['blocked', 'interrupted'],
    ['blocked', 'target-lost'],
    ['inconclusive', 'target-lost'],
    ['not-observed', 'stopped'],
    ['error', 'suite-fault'],
  ] as const)
    t.strictSame(compareBaseline([result('a.one', state, reasonCode)], terms(list)), unjudged, reasonCode)
  const { baseline: _, ...without } = terms([])
  t.equal(compareBaseline([other], without), undefined, 'without a list there is nothing')
  t.end()
})

const withCases = (states: Readonly<Record<string, State>>): CheckResult => ({
  ...result('a.one', 'fail', 'accepted'),
  cases: Object.entries(states).map(([name, state]) => ({ name, state })) as unknown as CheckResult['cases'],
})

t.test('cases that are listed are known; any other that fails is not, though for the same reason', t => {
  const [both, first, none] = [['x', 'y'], ['x'], undefined].map(cases => ({
    ...entry('a.one', 'accepted'),
    ...(cases && { cases }),
  })) as [KnownFailure, KnownFailure, KnownFailure]
  const whatOf = (found: CheckResult, one: KnownFailure): string =>
    compareBaseline([found], terms([one]))
      ?.mend.map(({ what }) => what)
      .join() ?? 'no list'

  const one = withCases({ x: 'fail', y: 'pass', z: 'not-observed' })
  const two = withCases({ x: 'fail', y: 'fail', z: 'pass' })
  for (const [found, list, known, what] of [
    [one, first, true, /^$/],
    [one, both, true, /^it does not fail with "y" any more: take that out/],
    [one, none, true, /^$/],
    [two, both, true, /^$/],
    [two, first, false, /^it fails with "y" too now: list that/],
    [two, none, true, /^$/],
  ] as const) {
    t.equal(isKnownFailure(found, terms([list])), known)
    t.equal(isUnknownFailure(found, terms([list])), !known)
    t.match(whatOf(found, list), what)
  }

  t.strictSame(knownFailuresOf([one], terms([]), []), [first], 'those that fail, where others do not')
  t.strictSame(knownFailuresOf([withCases({ x: 'fail', y: 'fail' })], terms([]), [first]), [none], 'or the whole check')
  t.strictSame(knownFailuresOf([withCases({ '': 'fail' })], terms([]), []), [none], 'or its only case')
  t.end()
})

t.test('a verdict leaves out what is known, and fails as long as the list is to be mended', t => {
  const known = { state: 'fail', known: true } as const
  t.equal(verdictOf([{ state: 'pass' }, known], false), 'conformant but for known failures')
  t.equal(verdictOf([{ state: 'pass' }, known], false, true), 'not conformant')
  t.equal(verdictOf([{ state: 'pass' }], false, true), 'not conformant')
  t.equal(verdictOf([{ state: 'pass' }, known, { state: 'fail' }], false), 'not conformant')
  t.equal(verdictOf([{ state: 'pass' }, known, { state: 'blocked' }], false), 'incomplete')
  t.equal(verdictOf([{ state: 'pass' }, known, { state: 'error' }], false), 'suite error')
  t.equal(verdictOf([known], false), 'incomplete', 'nothing else was judged')
  t.end()
})

t.test('a list is what failed, in order, with the notes that were there, and what was not selected', t => {
  const before = [
    { ...entry('a.two', 'old', 'ws'), note: 'mended in 2.0' },
    { ...entry('a.gone', 'accepted'), note: 'forgotten' },
    entry('b.other', 'accepted'),
    { ...entry('b.other', 'accepted'), note: 'of another list' },
  ]
  const results = [
    result('a.two', 'fail', 'new', 'ws'),
    result('a.two', 'fail', 'new'),
    result('a.one', 'fail', 'accepted'),
    result('a.warned', 'warn', 'late'),
    result('a.gone', 'pass'),
  ]
  const failed = [
    entry('a.one', 'accepted'),
    entry('a.two', 'new'),
    { ...entry('a.two', 'new', 'ws'), note: 'mended in 2.0' },
  ]
  t.strictSame(knownFailuresOf(results, terms([]), before), failed)
  t.strictSame(knownFailuresOf([...results].reverse(), terms([], { only: ['a.*'], strict: true }), before), [
    ...failed,
    entry('a.warned', 'late'),
    entry('b.other', 'accepted'),
  ])
  t.end()
})
