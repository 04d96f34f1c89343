import { execFileSync } from 'node:child_process'
import { rootPath } from '../../schemas/index.js'
import type { TraceInput, Unjudged } from './trace.js'

const path = 'conformance/trace/unjudged.json'

const git = (root: string, ...args: string[]): string =>
  execFileSync('git', ['-C', root, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 26,
  })

/** Earlier versions of unjudged.json, and in `unknown` why some or all of them could not be read. */
export interface ListHistory {
  readonly history: TraceInput['history']
  readonly unknown?: string
}

// A version in which the file was deleted judged everybody; one that nobody can parse says nothing.
const idsAt = (root: string, commit: string): string[] | undefined => {
  let text: string
  try {
    text = git(root, 'show', `${commit}:${path}`)
  } catch {
    return []
  }
  try {
    return (JSON.parse(text) as Unjudged[]).map(({ id }) => id)
  } catch {
    return undefined
  }
}

/** Reads every committed version of unjudged.json that the history of HEAD in the repository `root` still has. */
export function loadListHistory(root: string = rootPath): ListHistory {
  try {
    if (git(root, 'rev-parse', '--show-prefix').trim() !== '')
      return { history: [], unknown: 'this is not a repository of its own' }
    const commits = git(root, 'log', '--full-history', '--format=%H', '--', path).split('\n').filter(Boolean)
    const history = commits.flatMap(commit => {
      const ids = idsAt(root, commit)
      return ids ? [{ version: `commit ${commit.slice(0, 12)}`, ids }] : []
    })
    const shallow = git(root, 'rev-parse', '--is-shallow-repository').trim() === 'true'
    return { history, ...(shallow ? { unknown: 'the clone is shallow: only its own commits were compared' } : {}) }
  } catch {
    return { history: [], unknown: 'there is no git history here' }
  }
}
