import t from 'tap'
import { broken, brokenInBattle, brokenInInputs, brokenInSoak, isGoalMet, slopesOf } from '../invariants.js'
import type { BattleReport, InputsReport, SoakReport } from '../report.js'

const MIB = 2 ** 20
const latency = { requests: 9, calmP50: 1, stormP50: 2, calmP99: 5, stormP99: 50, wrong: 0, lost: 0, why: [] }
const held = { rss: 100 * MIB, held: 30 * MIB, sockets: 3 }
const fine: BattleReport = {
  name: 'a',
  seconds: 1,
  units: 5,
  outcomes: {},
  unexpected: [],
  unexpectedCount: 0,
  good: { http: latency, ws: latency },
  cpu: { calm: 0.1, storm: 0.2 },
  before: held,
  after: held,
  faults: 0,
  isAlive: true,
}

t.test('an attack that does no harm breaks nothing', async t => t.strictSame(brokenInBattle(fine), []))

t.test('each invariant of an attack is broken by what it is about, and by nothing else', async t => {
  const cases: readonly (readonly [RegExp, Partial<BattleReport>])[] = [
    [/target ended/, { isAlive: false }],
    [/nothing was attacked/, { units: 0 }],
    [/1 faults/, { faults: 1 }],
    [/answers that must not be: 200/, { unexpectedCount: 1, unexpected: ['200'] }],
    [/wrong answers .* http: why/, { good: { http: { ...latency, wrong: 1, why: ['why'] }, ws: latency } }],
    [/lost over ws/, { good: { http: latency, ws: { ...latency, lost: 1 } } }],
    [/came to nothing/, { good: { http: { ...latency, requests: 0 }, ws: latency } }],
    [/bytes on the heap/, { after: { ...held, held: 47 * MIB } }],
    [/bytes of the process/, { after: { ...held, rss: 300 * MIB } }],
    [/connections have stayed/, { after: { ...held, sockets: 12 } }],
  ]
  for (const [what, change] of cases) {
    const found = brokenInBattle({ ...fine, ...change })
    t.equal(found.length, 1, String(what))
    t.match(found[0], what)
  }
})

t.test('the goal is a median within twice', async t => {
  t.ok(isGoalMet(latency))
  t.notOk(isGoalMet({ ...latency, stormP50: 2.1 }))
})

t.test('each invariant of the inputs is broken by what it is about', async t => {
  const counts = { falseAccepts: 0, falseRefusals: 0, wrongRefusals: 0, unanswered: 0, faults: 0 }
  const inputs = { ...counts, isAlive: true } as InputsReport
  t.strictSame(brokenInInputs(inputs), [])
  for (const name of Object.keys(counts)) t.equal(brokenInInputs({ ...inputs, [name]: 3 }).length, 1, name)
  t.equal(brokenInInputs({ ...inputs, isAlive: false }).length, 1)
})

const soakOf = (heldAt: (index: number) => number, change: Partial<SoakReport> = {}): SoakReport => ({
  seconds: 600,
  samples: Array.from({ length: 60 }, (_, index) => ({
    seconds: index * 10,
    attack: 'a',
    rss: 100 * MIB,
    held: heldAt(index),
    sockets: 3,
    httpP50: 1,
    httpP99: 2,
    wsP50: 1,
    wsP99: 2,
  })),
  requests: 1,
  wrong: 0,
  lost: 0,
  units: 1,
  unexpectedCount: 0,
  unexpected: [],
  faults: 0,
  isAlive: true,
  ...change,
})

t.test('a soak is flat where what is held goes up and down, and not where it rises', async t => {
  const flat = soakOf(index => (30 + (index % 2)) * MIB)
  t.strictSame(brokenInSoak(flat), [])
  t.ok(Math.abs(slopesOf(flat).held.perUnit) < MIB / 10)
  const rising = soakOf(index => (30 + index / 3) * MIB)
  t.equal(Math.round(slopesOf(rising).held.perUnit), 2 * MIB)
  t.strictSame(brokenInSoak(rising), ['soak: the heap is not flat'])
  for (const change of [{ wrong: 1 }, { lost: 1 }, { unexpectedCount: 1 }, { faults: 1 }, { isAlive: false }])
    t.equal(brokenInSoak(soakOf(() => 30 * MIB, change)).length, 1)
  t.equal(broken({ battles: [fine], soak: rising }).length, 1)
})
