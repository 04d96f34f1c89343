import t from 'tap'
import { accepts } from '../../runner/check.js'
import { responderCheck } from '../judges.js'
import { readRequirements } from '../read-requirements.js'
import { requirementsPage } from '../requirements-page.js'

const chapter = (name: string, text: string) => ({ name, file: `spec/${name}.md`, text })

const chapters = [
  chapter('conventions', '# Conventions\n\n| subject | whom |\n|---|---|\n| receiver | any |\n'),
  chapter(
    'session',
    `# Sessions

## What is \`told\`: all, or *some*

- **record.replay** A receiver MUST reject a record.
- **record.layout** A receiver MUST read a | b.

## Ends

- **session.age** A receiver SHOULD end.
- **session.erasure** A receiver MUST erase.
- **session.idle** A receiver MAY idle.
`,
  ),
]
const { requirements } = readRequirements(chapters)
const run = async (): Promise<undefined> => undefined
const page = requirementsPage(chapters, requirements, {
  checks: [
    responderCheck(accepts('record.replay', { run })),
    responderCheck(accepts('record.replay', { variant: 'late', also: ['record.layout'], run })),
  ],
  vectors: [
    { id: 'records/a', file: 'records', requirements: ['record.layout'] },
    { id: 'records/b', file: 'records', requirements: ['record.layout'] },
  ],
  unobservable: [{ id: 'session.erasure', reason: 'Memory | is\nhidden.' }],
  unjudged: [{ id: 'session.idle', issue: '2: HTTP' }],
})

t.test('the page lists every requirement under its chapter, linked to where it stands, and what judges it', async t => {
  const rows = page.split('\n').filter(line => line.startsWith('| ['))
  const heading = 'session.md#what-is-told-all-or-some'
  t.strictSame(rows, [
    `| [record.replay](${heading}) | MUST | receiver | \`record.replay\`, \`record.replay/late\` |`,
    `| [record.layout](${heading}) | MUST | receiver | \`record.replay/late\`, [records.json](../vectors/records.json) (2) |`,
    '| [session.age](session.md#ends) | SHOULD | receiver | nobody |',
    '| [session.erasure](session.md#ends) | MUST | receiver | nobody can observe it: Memory \\| is hidden. |',
    '| [session.idle](session.md#ends) | MAY | receiver | nobody yet; issue 2: HTTP |',
  ])
})

t.test('a chapter without requirements has no table', async t => {
  t.match(page, '## [session](session.md)\n')
  t.notMatch(page, '## [conventions]')
})
