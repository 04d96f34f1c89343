import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootPath, type Room } from '../../schemas/index.js'
import { boundaryFindings } from './boundaries.js'

// Holds every source against the boundaries of the house.

const rooms: readonly Room[] = ['schemas', 'reference', 'conformance']

const sources = rooms.flatMap(room =>
  readdirSync(join(rootPath, room), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => `${room}/${name.replaceAll('\\', '/')}`),
)
const findings = boundaryFindings(new Map(sources.map(path => [path, readFileSync(join(rootPath, path), 'utf8')])))

for (const { id, text } of findings) console.error(`${id} ${text}`)
console.log(`${sources.length} sources, ${findings.length} imports across a boundary or in a cycle`)
process.exitCode = findings.length === 0 ? 0 : 1
