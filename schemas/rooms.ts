import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The rooms of the project that hold data. */
export type Room = 'spec' | 'schemas' | 'vectors' | 'reference' | 'conformance'

/** Nearest folder at or above `from` that holds this project's `package.json` and its vectors. */
const findRoot = (from: string): string => {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'vectors', 'README.md'))) return folder
    if (dirname(folder) === folder) throw new Error('the package is incomplete: no vectors/ above the compiled code')
  }
}

/** Absolute path of the project (or of the installed package). */
export const rootPath: string = findRoot(dirname(fileURLToPath(import.meta.url)))

/** Absolute path of a data file in one of the rooms, wherever the compiled code was put. */
export const roomPath = (room: Room, ...parts: string[]): string => join(rootPath, room, ...parts)
