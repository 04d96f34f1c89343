import { checks } from '../checks/index.js'
import { parseScript } from '../bootstrap/script-options.js'
import { clientChecks } from '../client/all.js'
import { mutants } from '../mutants/index.js'
import { initiatorMutants } from '../mutants/initiator/all.js'
import { coverageTable } from './coverage-table.js'
import { loadChanges } from './declared-changes.js'
import { freezeFindings } from './freeze-findings.js'
import { freeze, FROZEN_VERSION, loadFrozenSet, loadPublishedSet, writeFrozenSet } from './frozen-set.js'
import { loadListHistory } from './list-history.js'
import { tableFindings } from './prose-tables.js'
import { readRequirements } from './read-requirements.js'
import { loadChapters } from './spec-chapters.js'
import { accountOf, trace, type Finding, type TraceInput } from './trace.js'
import { hasList, loadList, loadTracedVectors, writeList } from './traced-lists.js'

const { values, positionals } = parseScript(
  {
    name: 'npm run trace',
    purpose: 'holds sentences, checks, vectors and mutants against each other',
    uses: [
      ['--reviewed ID [ID…]', 'the judges of these sentences were held against their present wording'],
      ['--freeze [--again]', 'writes what 1.0 asks into spec/frozen/, once; anew only until it is published'],
      ['--first-run', 'makes unjudged.json and reviewed.json where there are none yet'],
    ],
  },
  {
    allowPositionals: true,
    options: {
      reviewed: { type: 'string', multiple: true },
      'first-run': { type: 'boolean' },
      freeze: { type: 'boolean' },
      again: { type: 'boolean' },
    },
  },
)

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

/** Once, and anew only as long as nobody was promised anything. */
function freezeSet(isAgain: boolean): number {
  if (problems.length > 0) {
    for (const problem of problems) console.error(problem)
    return 1
  }
  if (loadPublishedSet()) {
    console.error('it is published: what changes now has a decision record (CONTRIBUTING.md)')
    return 2
  }
  if (loadFrozenSet() && !isAgain) {
    console.error('it is frozen already; until it is published, --freeze --again does so anew')
    return 2
  }
  const set = freeze(requirements)
  console.log(`${writeFrozenSet(set)}: ${set.requirements.length} sentences, digest ${set.digest}`)
  return 0
}

/** What changed since the freeze; before it there is nothing to hold on to. */
function changesSinceFreeze(): Finding[] {
  const frozen = loadFrozenSet()
  if (!frozen) return [{ id: `spec/frozen/${FROZEN_VERSION}.json`, text: 'is not there: npm run trace -- --freeze' }]
  const declared = loadChanges()
  const published = loadPublishedSet()
  const found = freezeFindings(requirements, frozen, declared.changes, published)
  if (found.length > 0 && !published)
    console.error('it is not published yet: --freeze --again takes the sentences as they are now')
  return [...declared.problems.map(text => ({ id: 'spec/decisions', text })), ...found]
}

function report(): number {
  const input = load()
  const findings = [...trace(input), ...tableFindings(chapters), ...changesSinceFreeze()]
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
  if (positionals.length === 0 && values.freeze) return freezeSet(values.again === true)
  if (positionals.length === 0) return values['first-run'] ? firstRun() : report()
  console.error(`trace takes no arguments but those of --reviewed ID…: ${positionals.join(' ')}`)
  return 2
}

process.exitCode = run()
