import t from 'tap'
import { checks } from '../../checks/index.js'
import { mutants } from '../index.js'
import { honest, isAsItShould, judgeFault } from '../judge-mutant.js'

// That the reference passes with all of its capabilities, and that each mutant is found, is for `npm run kill-matrix` to show.

t.test('the reference without any capability passes every check, those of hours and exact borders too', async t => {
  const serve = {
    capabilities: { ws: false, echo: false, batch: false, gzip: false, health: false, metrics: false, stream: false },
  }
  const results = await judgeFault(honest, { serve })
  t.ok(results.filter(({ state }) => state === 'pass').length > 100)
  for (const result of results)
    t.ok(isAsItShould(result), `${result.check}: ${result.state} ${result.observed ?? result.reasonCode}`)
})

t.test('every check finds a mutant', async t => {
  const found = new Set(mutants.flatMap(({ kills }) => kills))
  t.strictSame(
    checks.map(({ id }) => id).filter(id => !found.has(id)),
    [],
  )
  t.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length, 'names are unique')
})
