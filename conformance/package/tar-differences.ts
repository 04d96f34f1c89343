import { createHash } from 'node:crypto'

/** Bytes of a block of a tarball (POSIX ustar). */
const BLOCK = 512

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1').replace(/\0.*$/s, '')

interface Entry {
  readonly path: string
  readonly header: Uint8Array
  readonly mode: string
  readonly hash: string
}

/** The entries of a tarball that was inflated, in their order. */
const entriesOf = (tar: Uint8Array): Entry[] => {
  const entries: Entry[] = []
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    const header = tar.subarray(at, at + BLOCK)
    const size = parseInt(textOf(header.subarray(124, 136)), 8)
    const body = tar.subarray(at + BLOCK, at + BLOCK + size)
    const prefix = textOf(header.subarray(345, 500))
    const name = textOf(header.subarray(0, 100))
    entries.push({
      path: prefix === '' ? name : `${prefix}/${name}`,
      header,
      mode: textOf(header.subarray(100, 108)).trim(),
      hash: createHash('sha256').update(body).digest('hex'),
    })
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return entries
}

/** In what two tarballs differ, one line for each file; nothing where they are alike. */
export const tarDifferences = (one: Uint8Array, other: Uint8Array): string[] => {
  const [left, right] = [entriesOf(one), entriesOf(other)]
  const ofRight = new Map(right.map(entry => [entry.path, entry]))
  const ofLeft = new Set(left.map(({ path }) => path))
  const found = left.flatMap(entry => {
    const twin = ofRight.get(entry.path)
    if (!twin) return [`${entry.path} is in the first alone`]
    if (twin.hash !== entry.hash) return [`${entry.path} differs in its content`]
    if (twin.mode !== entry.mode) return [`${entry.path} has mode ${entry.mode}, and ${twin.mode}`]
    return Buffer.compare(twin.header, entry.header) === 0 ? [] : [`${entry.path} differs in its header`]
  })
  found.push(...right.filter(({ path }) => !ofLeft.has(path)).map(({ path }) => `${path} is in the second alone`))
  const isInOrder = left.every(({ path }, at) => right[at]?.path === path)
  return found.length > 0 || isInOrder ? found : ['the same files stand in another order']
}
