import t from 'tap'
import { requirementIds } from '../../../schemas/index.js'
import type { HandshakeRejection, MessageRejection, UpgradeRejection } from '../../runner/check.js'
import { casesOf, upgradeCasesOf } from '../../runner/trial.js'
import { checks } from '../index.js'

const casesIn = (spec: HandshakeRejection | MessageRejection | UpgradeRejection): string[] => {
  if (spec.subject === 'upgrade') return upgradeCasesOf(spec).map(({ name }) => name)
  return (spec.subject === 'handshake' ? casesOf(spec) : casesOf(spec)).map(({ name }) => name)
}

t.test('every check has an id of its own, which begins with its requirement', async t => {
  t.equal(new Set(checks.map(({ id }) => id)).size, checks.length)
  for (const { id, requirement, also } of checks) {
    t.equal(id.split('/')[0], requirement)
    for (const each of [requirement, ...also]) t.ok(requirementIds.includes(each), each)
  }
})

t.test('every rejection has at least one case, each with a name where there are several', async t => {
  for (const check of checks) {
    if (check.kind !== 'rejects') continue
    const names = casesIn(check.spec)
    t.not(names.length, 0, check.id)
    t.equal(new Set(names).size, names.length)
    if (names.length > 1) t.notOk(names.includes(''), check.id)
  }
})

t.test('prerequisites lead from the card to the first ping', async t => {
  t.strictSame(
    checks.filter(({ prerequisite }) => prerequisite).map(({ id }) => id),
    [
      'card.published',
      'card.acceptable',
      'ws.endpoint',
      'ws.text',
      'handshake.answered',
      'handshake.response-correct',
      'task.ping',
    ],
  )
})
