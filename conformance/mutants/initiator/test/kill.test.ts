import t from 'tap'
import { honestInitiatorSeams } from '../../../../reference/agent/initiator-seams.js'
import { clientChecks } from '../../../client/all.js'
import { derivationMutants } from '../../derivation/all.js'
import { mutants } from '../../index.js'
import { initiatorMutants } from '../all.js'
import { guardMutants, unmissed } from '../guard-mutants.js'
import { judgeInitiator } from '../judge-initiator.js'
import { guardLists, guardsOf, type InitiatorMutant } from '../mutant.js'

t.test('the reference, without a fault, passes every check', async t => {
  const results = await judgeInitiator({})
  t.equal(results.length, clientChecks.flatMap(({ transports }) => transports).length)
  for (const { check, transport, state, observed } of results)
    t.equal(state, 'pass', `${check} over ${transport} ${observed ?? ''}`)
})

t.test('every mutant is found by the checks that name it', async t => {
  const judge = async ({ name, kills, ...wrong }: InitiatorMutant): Promise<void> => {
    const results = await judgeInitiator(wrong, kills)
    for (const id of kills) {
      const result = results.find(({ check }) => check === id)
      t.equal(
        result?.state,
        'fail',
        `${id} finds ${name} (${result?.state} ${result?.reasonCode}: ${result?.observed})`,
      )
    }
  }
  const waiting = [...initiatorMutants]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await judge(next)
  }
  await Promise.all(Array.from({ length: 4 }, worker))
})

t.test('every check finds a mutant, and every guard of the initiator has one', async t => {
  const found = new Set(initiatorMutants.flatMap(({ kills }) => kills))
  t.strictSame(
    clientChecks.map(({ id }) => id).filter(id => !found.has(id)),
    [],
  )
  const guards = guardLists.flatMap(list => guardsOf(honestInitiatorSeams, list))
  t.equal(guardMutants.length, guards.length - Object.keys(unmissed).length)
  const names = [...initiatorMutants, ...mutants, ...derivationMutants].map(({ name }) => name)
  t.equal(new Set(names).size, names.length, 'no other mutant has the name of one of these')
})
