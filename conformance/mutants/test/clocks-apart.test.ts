import t from 'tap'
import { mutants } from '../index.js'
import { honest, judgeFault } from '../judge-mutant.js'

// What can be seen of a border in time where nobody shares a clock with the target, as in every run against a real one.

const statesOf = async (name: string | undefined, aheadSeconds: number): Promise<Record<string, string>> => {
  const found = mutants.find(each => each.name === name)
  if (name !== undefined && !found) throw new Error(`no responder is called ${name}`)
  const only = ['handshake.ts-fresh', 'handshake.ts-fresh/border', 'conventions.limit-inclusive/ts']
  const results = await judgeFault(found?.fault ?? honest, { only, aheadSeconds })
  return Object.fromEntries(results.map(({ check, state }) => [check, state]))
}

t.test('a responder whose clock is a minute off is judged by its own clock', async t => {
  for (const aheadSeconds of [-60, 60])
    t.match(await statesOf(undefined, aheadSeconds), { 'handshake.ts-fresh/border': 'pass' }, String(aheadSeconds))
})

t.test('five seconds too many, or too few, are seen by that clock alone', async t => {
  for (const name of [
    'ts-border-five-seconds-in-the-past',
    'ts-border-five-seconds-ahead',
    'ts-five-seconds-short-in-the-past',
    'ts-five-seconds-short-ahead',
  ]) {
    t.match(
      await statesOf(name, 0),
      {
        'handshake.ts-fresh': 'pass',
        'handshake.ts-fresh/border': 'fail',
        'conventions.limit-inclusive/ts': 'pass',
      },
      name,
    )
    t.match(await statesOf(name, 30), { 'handshake.ts-fresh/border': 'fail' }, `${name}, half a minute off`)
  }
})
