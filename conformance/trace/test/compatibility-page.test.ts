import { readFileSync } from 'node:fs'
import t from 'tap'
import { roomPath } from '../../../schemas/index.js'
import { checks } from '../../checks/index.js'
import { sampleReport, sampleResult } from '../../report/test/sample.js'
import { compatibilityPage, isCompatibilityCurrent } from '../compatibility-page.js'
import { loadRequirementSet } from '../requirement-set.js'

const { requirements } = loadRequirementSet()

t.test(
  'the page counts what holds in each chapter over each transport, and says why the rest was not judged',
  async t => {
    const late = { observed: 'needs 61 s | to pass' }
    const profiles = [
      {
        name: 'default',
        report: sampleReport({
          results: [
            sampleResult('record.replay', 'pass'),
            sampleResult('record.replay', 'pass', { transport: 'ws' }),
            sampleResult('session.idle', 'not-observed', late),
            sampleResult('session.idle', 'not-observed', { ...late, transport: 'ws' }),
            sampleResult('ws.ping', 'pass', { transport: 'ws' }),
          ],
        }),
      },
      { name: 'low', report: sampleReport({ results: [sampleResult('session.idle', 'pass')] }) },
    ]
    const page = compatibilityPage(profiles, requirements, ['a', 'b'])
    const count = (chapter: string): number => requirements.filter(each => each.chapter === chapter).length
    t.match(page, '| chapter | sentences | default, http | default, ws | low, http | low, ws |\n')
    const cells = `| ${count('session')} | 1 hold, 1 not judged | 1 hold, 1 not judged | 1 hold | – |\n`
    t.match(page, `| [session](../spec/requirements/session.md) ${cells}`)
    t.match(page, `| [websocket](../spec/requirements/websocket.md) | ${count('websocket')} | – | 1 hold | – | – |\n`)
    t.match(page, '## default: conformant\n\n3 of 5 results pass')
    t.match(page, '| `session.idle` | http, ws | not-observed | needs 61 s \\| to pass |\n')
    t.match(page, '## low: conformant\n\n1 of 1 results pass')
  },
)

t.test('the page that is committed is of these requirements and checks, and would not be of others', async t => {
  const page = readFileSync(roomPath('conformance', 'compatibility.md'), 'utf8')
  const ids = checks.map(({ id }) => id)
  t.ok(isCompatibilityCurrent(page, requirements, ids), 'npm run compatibility')
  t.notOk(isCompatibilityCurrent(page, requirements.slice(1), ids))
  t.notOk(isCompatibilityCurrent(page, requirements, ids.slice(1)))
})
