import { readFileSync } from 'node:fs'
import t from 'tap'
import { roomPath } from '../../../schemas/index.js'
import { checks } from '../../checks/index.js'
import { placesOf } from '../../runner/plan.js'
import { readCompatibility } from '../compatibility.js'

const page = `# What the reference comes to

## default: conformant

2 of 4 results pass (a check over a transport each), with \`--patience 2\`. The others:

| check | over | state | why |
| --- | --- | --- | --- |
| \`a.one\` | http, ws | not-observed | 3 \\| 4 |

## low-limits: conformant

4 of 4 results pass (a check over a transport each), with \`--patience 6\`.
`
const places = [
  { id: 'a.one', over: ['http', 'ws'] },
  { id: 'a.two', over: ['http'] },
  { id: 'a.three', over: ['ws'] },
] as const

t.test('what the page does not list passed, over the transports over which it is made', async t => {
  const [first, second] = readCompatibility(page, places)
  t.equal(first?.name, 'default')
  const unseen = { state: 'not-observed', why: '3 | 4' }
  t.strictSame(first?.outcomes.get('a.one'), { http: unseen, ws: unseen })
  t.strictSame(first?.outcomes.get('a.three'), { ws: { state: 'pass' } })
  t.strictSame(second?.outcomes.get('a.one'), { http: { state: 'pass' }, ws: { state: 'pass' } })
  t.ok(first?.addsUp && second?.addsUp)
})

t.test('a page that was made by other checks does not add up', async t => {
  const more = [...places, { id: 'a.four', over: ['http'] }] as const
  t.notOk(readCompatibility(page, more).some(({ addsUp }) => addsUp))
})

t.test('the page of this project has both profiles of the reference, with every check', async t => {
  const profiles = readCompatibility(
    readFileSync(roomPath('conformance', 'compatibility.md'), 'utf8'),
    checks.map(placesOf),
  )
  t.strictSame(
    profiles.map(({ name, outcomes }) => [name, outcomes.size]),
    [
      ['default', checks.length],
      ['low-limits', checks.length],
    ],
  )
})
