import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootPath } from '../../schemas/index.js'
import { driftedFiles, generatedFiles } from './generated-files.js'
import { readRequirements } from './read-requirements.js'
import { loadChapters } from './spec-chapters.js'

// `generate` writes what is generated; `generate --check` only says what would change.

const { requirements, problems } = readRequirements(loadChapters())
const files = generatedFiles(requirements)
const drifted = driftedFiles(files)
const checkOnly = process.argv.includes('--check')

for (const problem of problems) console.error(problem)
if (problems.length === 0 && !checkOnly)
  for (const path of drifted) {
    const text = files.get(path)
    if (text === undefined) rmSync(join(rootPath, path))
    else writeFileSync(join(rootPath, path), text)
    console.log(`${text === undefined ? 'removed' : 'written'} ${path}`)
  }
if (checkOnly) for (const path of drifted) console.error(`${path} is not up to date: npm run generate`)

const ok = problems.length === 0 && (!checkOnly || drifted.length === 0)
if (ok) console.log(`${requirements.length} requirements, ${files.size} generated files up to date`)
process.exitCode = ok ? 0 : 1
