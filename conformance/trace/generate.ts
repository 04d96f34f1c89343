import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { rootPath } from '../../schemas/index.js'
import { checks } from '../checks/index.js'
import { parseScript } from '../bootstrap/script-options.js'
import { isCompatibilityCurrent } from './compatibility-page.js'
import { driftedFiles, generatedFiles } from './generated-files.js'
import { loadKnowledge } from './knowledge.js'
import { readRequirements, type Requirement } from './read-requirements.js'
import { loadChapters } from './spec-chapters.js'

// `generate` writes what is generated; `generate --check` only says what would change.

const COMPATIBILITY = 'conformance/compatibility.md'

const readCompatibility = (): string => {
  const path = join(rootPath, COMPATIBILITY)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

async function generate(requirements: readonly Requirement[], checkOnly: boolean): Promise<number> {
  const files = generatedFiles(requirements, await loadKnowledge())
  const drifted = driftedFiles(files)
  for (const path of drifted) {
    const text = files.get(path)
    if (checkOnly) console.error(`${path} is not up to date: npm run generate`)
    else if (text === undefined) rmSync(join(rootPath, path))
    else {
      mkdirSync(dirname(join(rootPath, path)), { recursive: true })
      writeFileSync(join(rootPath, path), text)
    }
    if (!checkOnly) console.log(`${text === undefined ? 'removed' : 'written'} ${path}`)
  }
  const isCurrent = isCompatibilityCurrent(
    readCompatibility(),
    requirements,
    checks.map(({ id }) => id),
  )
  if (!isCurrent) console.error(`${COMPATIBILITY} was made by other requirements or checks: npm run compatibility`)
  if (checkOnly && (drifted.length > 0 || !isCurrent)) return 1
  console.log(`${requirements.length} requirements, ${files.size} generated files up to date`)
  return 0
}

const { values } = parseScript(
  {
    name: 'npm run generate',
    purpose: 'writes what is generated of the sentences, the schemas and the registries',
    uses: [['--check', 'only says what would change']],
  },
  { options: { check: { type: 'boolean' } } },
)
const { requirements, problems } = readRequirements(loadChapters())
for (const problem of problems) console.error(problem)
// Of prose that breaks the rules of writing nothing is generated.
process.exitCode = problems.length > 0 ? 1 : await generate(requirements, values.check === true)
