import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

const rooms = ['schemas', 'reference', 'conformance']

/** What is compiled: Node's code, then the scripts of the HTML report and of the site, which have a browser's types. */
export const projects = [
  'tsconfig.json',
  'conformance/report/html/client/tsconfig.json',
  'conformance/site/client/tsconfig.json',
]

const filesBelow = folder =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
        const path = join(folder, entry.name)
        return entry.isDirectory() ? filesBelow(path) : [path]
      })
    : []

/** SHA-256 in hex of a file's bytes. */
export const fileHash = path => createHash('sha256').update(readFileSync(path)).digest('hex')

/** SHA-256 in hex over everything that decides what the compiler writes. */
export const sourceHash = root => {
  const sources = rooms
    .flatMap(room => filesBelow(join(root, room)))
    .filter(path => /\.ts$|\btsconfig\.json$/.test(path))
  const all = [...sources, join(root, 'tsconfig.json'), join(root, 'package.json'), join(root, 'package-lock.json')]
  const lines = all.sort().map(path => `${fileHash(path)} ${relative(root, path)}\n`)
  return createHash('sha256').update(lines.join('')).digest('hex')
}

/** Removes what was compiled from sources that are gone: a deleted test must not run. */
export const removeOrphans = root => {
  const dist = join(root, 'dist')
  for (const path of filesBelow(dist)) {
    const [, stem] = /^(.*?)(?:\.d\.ts|\.js|\.js\.map)$/.exec(relative(dist, path)) || []
    if (stem && rooms.includes(stem.split(sep)[0]) && !existsSync(join(root, `${stem}.ts`))) rmSync(path)
  }
}
