import t from 'tap'
import { startTarget } from '../../target/target.js'
import { pour } from '../pour.js'

t.test('inputs in every way: none is accepted that must not be, none refused that must be taken', async t => {
  const target = await startTarget('reference')
  t.teardown(() => target.stop())
  const poured = await pour(target.url, 3000, 1)
  t.strictSame(poured.findings, [])
  const { sent, falseAccepts, falseRefusals, wrongRefusals, unanswered, byRoute, byKind, constraints } = poured
  t.match(
    { sent, falseAccepts, falseRefusals, wrongRefusals, unanswered },
    { sent: 3000, falseAccepts: 0, falseRefusals: 0, wrongRefusals: 0, unanswered: 0 },
  )
  t.ok(['http', 'ws', 'batch'].every(route => byRoute[route]! > 200))
  t.strictSame(Object.keys(byKind).sort(), ['batch', 'honest', 'mutated', 'record', 'schema', 'sealed'])
  t.ok(Object.keys(constraints).length > 150)
  t.equal((await target.inspect()).faults, 0)
})

t.test('a responder that lets through what it must not is found, and one that refuses too much', async t => {
  for (const [mutant, kind] of [
    ['unknown-members-dropped', 'falseAccepts'],
    ['id-below-128-characters', 'falseRefusals'],
  ] as const) {
    const target = await startTarget('reference', mutant)
    t.teardown(() => target.stop())
    const poured = await pour(target.url, 1500, 1)
    t.ok(poured[kind] > 0, `${mutant}: ${kind}`)
    t.not(poured.findings.length, 0)
  }
})
