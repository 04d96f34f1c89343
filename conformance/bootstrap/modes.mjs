import { chmodSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './place.mjs'

// npm takes the mode of a file into the tarball as it finds it, and that follows from the umask under which somebody cloned
// and built. Here each file that may be packed gets the mode that it has in a tarball anywhere.

const { files, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const programs = new Set(Object.values(bin))

/** What npm packs whether or not it is listed. */
const always = ['package.json', 'README.md', 'LICENSE']

/** The folder or file that everything which a pattern matches is in. */
const rootOf = pattern =>
  pattern.includes('*') ? pattern.slice(0, pattern.indexOf('*')).replace(/[^/]*$/, '') : pattern

const filesBelow = path => {
  const entry = lstatSync(join(root, path), { throwIfNoEntry: false })
  if (entry?.isFile()) return [path]
  if (!entry?.isDirectory()) return []
  return readdirSync(join(root, path)).flatMap(name => filesBelow(join(path, name)))
}

const roots = files.filter(pattern => !pattern.startsWith('!')).map(rootOf)

if (process.platform !== 'win32')
  for (const path of new Set([...always, ...roots].flatMap(filesBelow))) {
    const due = programs.has(path) ? 0o755 : 0o644
    if ((lstatSync(join(root, path)).mode & 0o777) !== due) chmodSync(join(root, path), due)
  }
