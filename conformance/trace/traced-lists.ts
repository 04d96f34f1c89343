import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { roomPath } from '../../schemas/index.js'
import type { TracedVector, Unjudged, Unobservable } from './trace.js'

/** The lists of this folder, by their files. */
export interface TracedLists {
  readonly unobservable: readonly Unobservable[]
  readonly unjudged: readonly Unjudged[]
  readonly reviewed: Readonly<Record<string, string>>
}

type ListName = keyof TracedLists

const listPath = (name: ListName): string => roomPath('conformance', 'trace', `${name}.json`)

const parseFile = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause })
  }
}

/** Is the list there? */
export const hasList = (name: ListName): boolean => existsSync(listPath(name))

/** Reads one list; one that is not there is empty. */
export const loadList = <Name extends ListName>(name: Name, empty: TracedLists[Name]): TracedLists[Name] =>
  hasList(name) ? (parseFile(listPath(name)) as TracedLists[Name]) : empty

/** Writes one list. */
export const writeList = <Name extends ListName>(name: Name, list: TracedLists[Name]): void =>
  writeFileSync(listPath(name), JSON.stringify(list, null, 2) + '\n')

/** Every test of every vector file, with the requirements that it pins. */
export const loadTracedVectors = (): TracedVector[] =>
  readdirSync(roomPath('vectors'))
    .filter(name => name.endsWith('.json'))
    .flatMap(name => {
      const { groups } = parseFile(roomPath('vectors', name)) as {
        groups: readonly { tests: readonly TracedVector[] }[]
      }
      return groups.flatMap(group => group.tests)
    })
