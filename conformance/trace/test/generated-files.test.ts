import t from 'tap'
import { driftedFiles, generatedFiles, requirementIdSource } from '../generated-files.js'
import { loadKnowledge } from '../knowledge.js'
import { readRequirements } from '../read-requirements.js'
import { loadRequirementSet, requirementDigest } from '../requirement-set.js'
import { loadChapters } from '../spec-chapters.js'

const { requirements } = readRequirements(loadChapters())
const knowledge = await loadKnowledge()

t.test('a generated file that is not up to date, missing or left over is named', async t => {
  const files = new Map(generatedFiles(requirements, knowledge))
  t.strictSame(driftedFiles(files), [])
  files.set('spec/requirements.json', 'something else')
  files.set('schemas/not-there.schema.json', '{}')
  files.delete('schemas/limits.schema.json')
  files.delete('spec/requirements/session.md')
  t.strictSame(driftedFiles(files), [
    'spec/requirements.json',
    'schemas/not-there.schema.json',
    'schemas/limits.schema.json',
    'spec/requirements/session.md',
  ])
})

t.test('the generated set is what the prose says, under its digest', async t => {
  const set = loadRequirementSet()
  t.strictSame(set.requirements, requirements)
  t.equal(set.digest, requirementDigest(requirements))
})

t.test('the digest changes with an id, a level, a role, a sentence and the order, and with no line number', async t => {
  const [first, second] = requirements as [(typeof requirements)[0], (typeof requirements)[0]]
  const digest = requirementDigest([first, second])
  for (const change of [{ id: 'x.y' }, { level: 'MAY' }, { role: 'agent' }, { hash: '0'.repeat(16) }] as const)
    t.not(requirementDigest([{ ...first, ...change }, second]), digest)
  t.not(requirementDigest([second, first]), digest)
  t.equal(requirementDigest([{ ...first, line: 7000 }, second]), digest)
})

t.test('the union of ids keeps the order of the prose', async t => {
  const source = requirementIdSource(requirements.slice(0, 2))
  t.match(source, "[\n  'conventions.base64-canonical',\n  'conventions.token',\n] as const\n")
})
