import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { rootPath } from '../../schemas/index.js'

/** A page of Markdown of this project. */
export interface Source {
  /** From the root of the project. */
  readonly file: string
  readonly text: string
  /** Its first heading. */
  readonly title: string
  /** The page that is made of it. */
  readonly path: string
}

const rooms = ['spec', 'schemas', 'vectors', 'reference', 'conformance']

// What is generated for readers of the repository has pages of its own here.
const GENERATED = /^spec\/requirements(?:\.md$|\/)/
const PASSED_OVER = /^(?:\.|node_modules$|test$|examples$|target$|__pycache__$|venv$)/

const filesIn = (folder: string): string[] =>
  readdirSync(join(rootPath, folder), { withFileTypes: true }).flatMap(entry => {
    const path = posix.join(folder, entry.name)
    if (PASSED_OVER.test(entry.name)) return []
    return entry.isDirectory() ? filesIn(path) : [path]
  })

const pathOf = (file: string): string =>
  file === 'README.md' ? 'readme.html' : file.replace(/(?:^|(?<=\/))README\.md$/, 'index.md').replace(/md$/, 'html')

/** The title of a Markdown text: its first heading, without marks. */
export const titleOf = (text: string): string => (/^# (.*)$/m.exec(text)?.[1] ?? '').replace(/[`*]/g, '')

/** Every page of Markdown that the site shows, read from the folders of the project. */
export const loadSources = (): Source[] => {
  const top = readdirSync(rootPath).filter(name => name.endsWith('.md'))
  const below = rooms.flatMap(filesIn).filter(file => file.endsWith('.md') && !GENERATED.test(file))
  return [...top, ...below].sort().map(file => {
    const text = readFileSync(join(rootPath, file), 'utf8')
    return { file, text, title: titleOf(text), path: pathOf(file) }
  })
}

/** What a path of the project is, if anything. */
export const kindOf = (path: string): 'file' | 'folder' | undefined => {
  const stat = statSync(join(rootPath, path), { throwIfNoEntry: false })
  return stat?.isFile() ? 'file' : stat?.isDirectory() ? 'folder' : undefined
}
