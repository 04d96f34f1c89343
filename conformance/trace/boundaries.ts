import { posix } from 'node:path'
import ts from 'typescript'
import type { Finding } from './trace.js'

// The boundaries of the house: schemas/ imports nothing of it, reference/ and conformance/ import schemas/, and the two
// stacks never meet, save in the mutants (the reference with one seam replaced) and in two commands. In reference/ each
// layer imports only those below it. No import cycles.

const layers = [
  ['bytes'],
  ['crypto'],
  ['identity', 'session'],
  ['handshake'],
  ['message'],
  ['transport'],
  ['http', 'websocket'],
  ['agent'],
  ['redis'],
]
const meetingPlaces = [
  'conformance/mutants/',
  'conformance/commands/serve.ts',
  'conformance/commands/call.ts',
  'conformance/commands/shared-state.ts', // what processes of the reference share, for the first
  'conformance/commands/test/', // they put the reference where a target is due
  'conformance/siege/target/', // it is what is besieged
  'conformance/siege/good/', // its clients are those of the reference
  'conformance/commands/agent-files.ts', // identity and directory of an agent of the reference, for the two above
]

const levelOf = (path: string): number => {
  const [room, layer = ''] = path.split('/')
  return room === 'reference' ? layers.findIndex(names => names.includes(layer)) : -1
}

const roomOf = (path: string): string => path.split('/')[0]!

function refusal(from: string, to: string): string | undefined {
  const [importer, imported] = [roomOf(from), roomOf(to)]
  if (importer === 'schemas' && imported !== 'schemas') return 'schemas/ imports nothing of the house'
  if (importer === 'reference' && imported === 'conformance') return 'reference/ never imports the suite'
  if (importer === 'conformance' && imported === 'reference' && !meetingPlaces.some(place => from.startsWith(place)))
    return 'the two stacks share no protocol code'
  const [level, other] = [levelOf(from), levelOf(to)]
  const sameLayer = from.split('/')[1] === to.split('/')[1]
  if (level >= 0 && other >= level && !sameLayer) return 'a layer of reference/ imports only those below it'
  return undefined
}

const typeOnly = /^(?:import|export) type [^'"]*?from ['"][^'"]+['"]/gm

const importsOf = (path: string, text: string): string[] =>
  ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter(name => name.startsWith('.'))
    .map(name => posix.join(posix.dirname(path), name.replace(/\.js$/, '.ts')))

/** One cycle for every group of files that import each other; imports of types alone do not count. */
function* cycles(files: ReadonlyMap<string, string>): Generator<Finding> {
  const done = new Set<string>()
  const path: string[] = []
  function* visit(file: string): Generator<Finding> {
    if (path.includes(file)) {
      yield { id: file, text: `imports itself by way of ${[...path.slice(path.indexOf(file) + 1), file].join(' -> ')}` }
      return
    }
    const text = files.get(file)
    if (text === undefined || done.has(file)) return
    path.push(file)
    for (const next of importsOf(file, text.replace(typeOnly, ''))) yield* visit(next)
    path.pop()
    done.add(file)
  }
  for (const file of files.keys()) yield* visit(file)
}

/**
 * Every import that crosses a boundary, and every cycle.
 * @param files text of each TypeScript source by its path from the project's root
 */
export function boundaryFindings(files: ReadonlyMap<string, string>): Finding[] {
  const crossings = [...files].flatMap(([path, text]) =>
    importsOf(path, text).flatMap(imported => {
      const why = refusal(path, imported)
      return why ? [{ id: path, text: `imports ${imported}: ${why}` }] : []
    }),
  )
  return [...crossings, ...cycles(files)]
}
