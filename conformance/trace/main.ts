import { parseArgs } from 'node:util'
import { checks } from '../checks/index.js'
import { clientChecks } from '../client/all.js'
import { mutants } from '../mutants/index.js'
import { initiatorMutants } from '../mutants/initiator/all.js'
import { coverageTable } from './coverage-table.js'
import { loadListHistory } from './list-history.js'
import { tableFindings } from './prose-tables.js'
import { readRequirements } from './read-requirements.js'
import { loadChapters } from './spec-chapters.js'
import { accountOf, trace, type TraceInput } from './trace.js'
import { hasList, loadList, loadTracedVectors, writeList } from './traced-lists.js'

// trace                        holds sentences, checks, vectors and mutants against each other
// trace --reviewed ID [ID…]    says that the judges of these sentences were held against their present wording
// trace --first-run            makes unjudged.json and reviewed.json where there are none yet

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { reviewed: { type: 'string', multiple: true }, 'first-run': { type: 'boolean' } },
})

const chapters = loadChapters()
const { requirements, problems } = readRequirements(chapters)
const { history, unknown } = loadListHistory()

const load = (): TraceInput => ({
  requirements,
  checks: [...checks, ...clientChecks],
  mutants: [...mutants, ...initiatorMutants],
  vectors: loadTracedVectors(),
  unobservable: loadList('unobservable', []),
  unjudged: loadList('unjudged', []),
  reviewed: loadList('reviewed', {}),
  history,
})

const inOrderOfProse = (reviewed: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(requirements.flatMap(({ id }) => (reviewed[id] === undefined ? [] : [[id, reviewed[id]]])))

function review(ids: readonly string[]): number {
  const unknownIds = ids.filter(id => !requirements.some(requirement => requirement.id === id))
  for (const id of unknownIds) console.error(`${id} is in no chapter`)
  if (unknownIds.length > 0) return 2
  const now = requirements.filter(({ id }) => ids.includes(id)).map(({ id, hash }) => [id, hash] as const)
  writeList('reviewed', inOrderOfProse({ ...loadList('reviewed', {}), ...Object.fromEntries(now) }))
  console.log(`reviewed: ${ids.join(', ')}`)
  return 0
}

function firstRun(): number {
  const there = (['unjudged', 'reviewed'] as const).filter(hasList)
  for (const name of there) console.error(`${name}.json is there: a first run happens once`)
  if (there.length > 0) return 2
  const account = accountOf(load())
  const nobody = requirements.filter(({ id }) => account(id) === 'nobody')
  writeList(
    'unjudged',
    nobody.map(({ id }) => ({ id, issue: '2: HTTP in full' })),
  )
  writeList('reviewed', Object.fromEntries(requirements.map(({ id, hash }) => [id, hash])))
  console.log(`first run: ${nobody.length} unjudged, ${requirements.length} taken as reviewed`)
  return 0
}

function report(): number {
  const input = load()
  const findings = [...trace(input), ...tableFindings(chapters)]
  for (const line of coverageTable(input)) console.log(line)
  if (unknown) console.log(`not checked, or not wholly: that unjudged.json only shrinks (${unknown})`)
  for (const problem of problems) console.error(problem)
  for (const { id, text } of findings) console.error(`${id} ${text}`)
  const wrong = problems.length + findings.length
  console.log(wrong === 0 ? 'every sentence is accounted for' : `${wrong} findings`)
  return wrong === 0 ? 0 : 1
}

function run(): number {
  if (values.reviewed) return review([...values.reviewed, ...positionals])
  if (positionals.length === 0) return values['first-run'] ? firstRun() : report()
  console.error(`trace takes no arguments but --reviewed ID…: ${positionals.join(' ')}`)
  return 2
}

process.exitCode = run()
