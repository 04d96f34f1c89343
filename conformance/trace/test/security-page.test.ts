import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { rootPath } from '../../../schemas/index.js'
import { checks } from '../../checks/index.js'
import { clientChecks } from '../../client/all.js'
import { loadRequirementSet } from '../requirement-set.js'

// SECURITY.md names a defence and a proof for each threat. Here each of them is looked for.

interface Threat {
  readonly threat: string
  readonly actors: readonly string[]
  readonly defences: string
  readonly proofs: string
}

const cellsOf = (row: string): string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim())

const rowsBelow = (text: string, header: string): string[][] =>
  text
    .split(`\n${header}\n`)
    .slice(1)
    .flatMap(part => {
      const lines = part.split('\n').slice(1)
      return lines
        .slice(
          0,
          lines.findIndex(line => !line.startsWith('|')),
        )
        .map(cellsOf)
    })

const threatsIn = (text: string): Threat[] =>
  rowsBelow(text, '| threat | actor | defended by | proved by |').map(
    ([threat = '', actors = '', defences = '', proofs = '']) => ({
      threat,
      actors: actors.split(', '),
      defences,
      proofs,
    }),
  )

const idsIn = (text: string): string[] => [...text.matchAll(/`([a-z]+\.[a-z0-9/-]+)`/g)].map(([, id = '']) => id)
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path).filter(path => !/^https?:/.test(path))

const text = readFileSync(join(rootPath, 'SECURITY.md'), 'utf8')
const threats = threatsIn(text)
const requirements = new Set<string>(loadRequirementSet().requirements.map(({ id }) => id))
const judged = new Set([...checks, ...clientChecks].map(({ id }) => id))

t.test('every threat has an actor of the list, a defence and a proof', async t => {
  t.ok(threats.length > 35, `${threats.length} threats`)
  const actors = new Set(rowsBelow(text, '| actor | can |').map(([name = '']) => name))
  for (const { threat, actors: named, defences, proofs } of threats) {
    t.ok(
      named.every(name => actors.has(name)),
      `${threat}: ${named.join(', ')}`,
    )
    t.ok(defences.length > 3, threat)
    t.ok(idsIn(proofs).length + pathsIn(proofs).length > 0, `${threat}: a proof`)
  }
  const feared = new Set(threats.flatMap(({ actors: named }) => named))
  for (const actor of actors) t.ok(feared.has(actor), `${actor} threatens something`)
})

t.test('what defends is a requirement, and what proves is a check that is made or a file that is there', async t => {
  for (const { threat, defences, proofs } of threats) {
    for (const id of idsIn(defences)) t.ok(requirements.has(id), `${threat}: requirement ${id}`)
    for (const id of idsIn(proofs)) t.ok(judged.has(id), `${threat}: check ${id}`)
  }
})

t.test('every file and every id that the page names is there', async t => {
  for (const path of [...pathsIn(text), ...[...text.matchAll(/`([a-z-]+\/[\w./-]+)`/g)].map(([, path = '']) => path)])
    if (!judged.has(path)) t.ok(existsSync(join(rootPath, path)), path)
  for (const id of idsIn(text)) if (!id.includes('/')) t.ok(requirements.has(id) || judged.has(id), id)
})

t.test('a proof that is not there would be noticed', async t => {
  const row =
    '\n| threat | actor | defended by | proved by |\n|---|---|---|---|\n| a | b | `c.d` | `no.such`, [x](no/such.ts) |\n\n'
  const [threat] = threatsIn(row)
  t.strictSame(idsIn(threat!.proofs), ['no.such'])
  t.strictSame(pathsIn(threat!.proofs), ['no/such.ts'])
  t.notOk(judged.has('no.such'))
})
