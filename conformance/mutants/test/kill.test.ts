import t from 'tap'
import { transports } from '../../../schemas/index.js'
import { checks } from '../../checks/index.js'
import { mutants } from '../index.js'
import { honest, judgeFault, transportsOf, type Trial } from '../judge-mutant.js'

t.test('the reference, without a fault, passes every check, those of hours and exact borders too', async t => {
  const passed = new Set<string>()
  const conditions: Trial[] = [
    {},
    { serve: { limits: { maxSessionsPerDid: 4 } } },
    { serve: { caps: { requestsPerConnection: 128 } }, only: ['ws.in-flight'] },
  ]
  for (const trial of conditions)
    for (const { check, state, reasonCode, observed } of await judgeFault(honest, { ...trial, transports })) {
      if (state === 'pass') passed.add(check)
      else t.strictSame([state, reasonCode], ['not-observed', 'target'], `${check}: ${observed ?? reasonCode}`)
    }
  t.equal(passed.size, checks.length, 'each under one set of conditions at least')
})

t.test('every mutant is found by the checks that name it', async t => {
  for (const { name, kills, fault, serve } of mutants) {
    const results = await judgeFault(fault, { only: kills, serve, transports: transportsOf(kills) })
    for (const id of kills) {
      const over = results.filter(({ check }) => check === id)
      const isFound = over.some(({ state }) => state === 'fail' || state === 'warn')
      t.ok(isFound, `${id} finds ${name} (${over.map(({ state, observed }) => `${state}: ${observed}`).join()})`)
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
