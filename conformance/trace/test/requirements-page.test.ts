import t from 'tap'
import { accepts } from '../../runner/check.js'
import { responderCheck } from '../judges.js'
import { readRequirements } from '../read-requirements.js'
import { requirementPages } from '../requirement-pages.js'
import { requirementsPage } from '../requirements-page.js'

const chapter = (name: string, text: string) => ({ name, file: `spec/${name}.md`, text })

const chapters = [
  chapter('conventions', '# Conventions\n\n| subject | whom |\n|---|---|\n| receiver | any |\n'),
  chapter(
    'session',
    `# Sessions

## What is \`told\`: all, or *some*

- **record.replay** A receiver MUST reject a record.
- **record.layout** A receiver MUST read a | b, as [here](session.md#ends).

## Ends

- **session.age** A receiver SHOULD end.
- **session.erasure** A receiver MUST erase.
- **session.idle** A receiver MAY idle.
`,
  ),
]
const { requirements } = readRequirements(chapters)
const run = async (): Promise<undefined> => undefined
const judges = {
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
}
const page = requirementsPage(chapters, requirements, judges)

t.test('the page lists every requirement under its chapter, linked to its page, and what judges it', async t => {
  const rows = page.split('\n').filter(line => line.startsWith('| ['))
  t.strictSame(rows, [
    `| [record.replay](requirements/session.md#record.replay) | MUST | receiver | \`record.replay\`, \`record.replay/late\` |`,
    `| [record.layout](requirements/session.md#record.layout) | MUST | receiver | \`record.replay/late\`, [records.json](../vectors/records.json) (2) |`,
    '| [session.age](requirements/session.md#session.age) | SHOULD | receiver | nobody |',
    '| [session.erasure](requirements/session.md#session.erasure) | MUST | receiver | nobody can observe it: Memory \\| is hidden. |',
    '| [session.idle](requirements/session.md#session.idle) | MAY | receiver | nobody yet; issue 2: HTTP |',
  ])
})

t.test('a chapter without requirements has no table', async t => {
  t.match(page, '## [session](session.md)\n')
  t.notMatch(page, '## [conventions]')
})

t.test(
  'the page of a chapter says of each requirement where it stands, what judges it, and what proves that',
  async t => {
    const mutants = [
      { name: 'replayer', kills: ['record.replay', 'records/b'] },
      { name: 'other', kills: ['task.ping'] },
    ]
    const pages = requirementPages(chapters, requirements, { requirements, judges, mutants })
    t.strictSame(
      pages.map(([path]) => path),
      ['spec/requirements/session.md'],
    )
    const [[, text] = ['', '']] = pages
    const place = '../session.md#what-is-told-all-or-some'
    t.match(
      text,
      `## <a id="record.layout"></a>record.layout

**MUST**, receiver, [spec/session.md:6](${place})

> A receiver MUST read a | b, as [here](../session.md#ends).

- \`run\`: \`record.replay/late\` (of record.replay)
- vectors [records.json](../../vectors/records.json): \`a\`, \`b\`
  - found out by it: \`replayer\`
`,
    )
    t.match(text, '- `run`: `record.replay`\n  - found out by it: `replayer`\n')
    t.match(text, '- nobody outside can observe it: Memory | is hidden.\n')
    t.match(text, '- nobody judges it yet; issue 2: HTTP will\n')
    t.match(text, '- nobody judges it\n')
  },
)
