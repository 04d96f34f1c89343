import t from 'tap'
import { checks } from '../../checks/index.js'
import { mutants } from '../index.js'
import { honest, judgeFault } from '../judge-mutant.js'

t.test('the reference, without a fault, passes every check, those of hours and exact borders too', async t => {
  const passed = new Set<string>()
  for (const serve of [{}, { limits: { maxSessionsPerDid: 4 } }])
    for (const { check, state, reasonCode, observed } of await judgeFault(honest, { serve })) {
      if (state === 'pass') passed.add(check)
      else t.strictSame([state, reasonCode], ['not-observed', 'target'], `${check}: ${observed ?? reasonCode}`)
    }
  t.equal(passed.size, checks.length, 'each under one set of limits at least')
})

t.test('every mutant is found by the checks that name it', async t => {
  for (const { name, kills, fault, serve } of mutants) {
    const results = await judgeFault(fault, { only: kills, serve })
    for (const id of kills) {
      const result = results.find(({ check }) => check === id)
      t.match(result?.state, /^(fail|warn)$/, `${id} finds ${name} (${result?.state}: ${result?.observed})`)
    }
  }
})

t.test('every check finds a mutant', async t => {
  const found = new Set(mutants.flatMap(({ kills }) => kills))
  t.strictSame(
    checks.map(({ id }) => id).filter(id => !found.has(id)),
    [],
  )
  t.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length, 'names are unique')
})
