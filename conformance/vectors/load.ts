import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { roomPath } from '../../schemas/index.js'
import { fileError } from '../report/file-error.js'

/** A vector file as it was read: JSON, of whatever shape. */
export interface LoadedFile {
  /** Name without folder and `.json`, as in the ids of requests. */
  readonly name: string
  readonly path: string
  readonly content: unknown
}

/** A path that is not there, or a file that is not JSON. The message is one line: what, and where. */
export class LoadError extends Error {
  override readonly name = 'LoadError'
}

const oneLine = (error: unknown): string => {
  // What the parser says repeats a piece of the file, which may be any file at all.
  if (error instanceof SyntaxError) return 'it is not JSON'
  return fileError(error).split('\n')[0]!
}

const attempt = <T>(path: string, read: () => T): T => {
  try {
    return read()
  } catch (cause) {
    throw new LoadError(`${path}: ${oneLine(cause)}`, { cause })
  }
}

const pathsIn = (path: string): string[] => {
  if (!attempt(path, () => statSync(path)).isDirectory()) return [path]
  const names = attempt(path, () => readdirSync(path)).filter(name => name.endsWith('.json'))
  if (names.length === 0) throw new LoadError(`${path}: no vector file in this folder`)
  return names.sort().map(name => join(path, name))
}

/** Folder of the vectors that this package carries. */
export const ownVectors = (): string => roomPath('vectors')

/**
 * The vector file at `path`, or those of the folder `path` (not of the folders in it), by name.
 * @throws LoadError
 */
export const loadVectorFiles = (path: string): LoadedFile[] =>
  pathsIn(path).map(file => ({
    name: basename(file, '.json'),
    path: file,
    content: attempt(file, () => JSON.parse(readFileSync(file, 'utf8')) as unknown),
  }))
