import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { rootPath, roomPath } from '../../schemas/index.js'
import { checks } from '../checks/index.js'
import type { Knowledge } from '../report/explanation.js'
import { joinModules, styleTokens } from '../report/html/assets.js'
import { Markup, markup } from '../report/html/markup.js'
import { placesOf } from '../runner/plan.js'
import { loadKnowledge } from '../trace/knowledge.js'
import { placeOf } from '../trace/heading-anchor.js'
import { loadChapters } from '../trace/spec-chapters.js'
import { apiPage, apiPath } from './api/api-page.js'
import { readApi, undocumented } from './api/read-api.js'
import { readCompatibility } from './compatibility.js'
import { filePage, folderPage, shownAt } from './file-page.js'
import { framed, type Group } from './frame.js'
import { homePage } from './home-page.js'
import { linkFrom, requirementPath, type SitePage, type Target } from './page.js'
import { renderMarkdown } from './render-markdown.js'
import { requirementPage, type Evidence } from './requirement-page.js'
import { requirementsIndex } from './requirements-index.js'
import { searchEntries, searchScript } from './search-index.js'
import { kindOf, loadSources, type Source } from './sources.js'

/** The site, and what is wrong with what it was made of. */
export interface Site {
  /** Content by path. */
  readonly files: ReadonlyMap<string, string | Uint8Array>
  readonly findings: readonly string[]
}

const readText = (file: string): string => readFileSync(join(rootPath, file), 'utf8')

const version = (): string => (JSON.parse(readText('package.json')) as { readonly version: string }).version

/** Where links of texts lead. Files of the project that they name become part of the site. */
class Links {
  readonly #pages: ReadonlyMap<string, string>
  readonly wanted = new Set<string>()
  readonly findings: string[] = []

  constructor(sources: readonly Source[]) {
    this.#pages = new Map(sources.map(({ file, path }) => [file, path]))
  }

  /** The page, from the root of the site, of a path of the project. */
  pathOf(file: string, anchor: string | undefined): string | undefined {
    const [, chapter] = /^spec\/requirements\/([a-z]+)\.md$/.exec(file) ?? []
    if (chapter !== undefined)
      return anchor === undefined ? `spec/requirements.html#${chapter}` : requirementPath(anchor)
    const suffix = anchor === undefined ? '' : `#${anchor}`
    if (file === 'spec/requirements.md') return `spec/requirements.html${suffix}`
    const page = this.#pages.get(file) ?? this.#pages.get(posix.join(file, 'README.md'))
    if (page !== undefined) return `${page}${suffix}`
    const kind = kindOf(file)
    if (kind === undefined) return undefined
    this.wanted.add(file)
    return kind === 'file' ? `${shownAt(file)}${suffix}` : `files/${file}/index.html`
  }

  /** Resolves the links of a text in `file` for its page at `path`. */
  from(file: string, path: string): (href: string) => string {
    return href => {
      if (/^https?:\/\//.test(href)) return href
      const [target = '', anchor] = href.split('#')
      const named = target === '' ? file : posix.normalize(posix.join(posix.dirname(file), target)).replace(/\/$/, '')
      const to = /^[a-z]+:|^\/|^\.\.(?:\/|$)/.test(target === '' ? '' : named) ? undefined : this.pathOf(named, anchor)
      if (to === undefined) this.findings.push(`${file}: ${href} leads nowhere`)
      return to === undefined ? '#' : linkFrom(path, to)
    }
  }
}

const within: readonly (readonly [folder: string, title: string, path: string])[] = [
  ['spec/decisions/', 'Decisions', 'spec/decisions/index.html'],
  ['spec/', 'Specification', 'spec/index.html'],
  ['conformance/guides/', 'Guides', 'conformance/guides/index.html'],
  ['conformance/peers/', 'What the suite found', 'conformance/peers/what-the-suite-found.html'],
]

const trailOf = (path: string): Target[] =>
  within
    .filter(([folder, , index]) => path.startsWith(folder) && path !== index)
    .slice(0, 1)
    .map(([, title, path]) => ({ title, path }))

/** The page, from the root of the site, that says more of a requirement or of a check. */
const explainedIn = ({ requirements, judges }: Knowledge): ReadonlyMap<string, string> =>
  new Map([
    ...judges.checks.map(({ id, requirement }) => [id, `${requirementPath(requirement)}#${id}`] as const),
    ...requirements.map(({ id }) => [id, requirementPath(id)] as const),
  ])

const sourcePage = (
  { file, path, text, title }: Source,
  links: Links,
  explained: ReadonlyMap<string, string>,
): SitePage => {
  const { body, headings } = renderMarkdown(text, {
    resolve: links.from(file, path),
    explained: id => {
      const to = explained.get(id)
      return to && linkFrom(path, to)
    },
  })
  return { path, title, body, headings, source: file, trail: trailOf(path) }
}

/** The pages that the navigation names. */
const groupsOf = (sources: readonly Source[], chapters: readonly string[]): Group[] => {
  const page = (file: string, title?: string): Target[] =>
    sources.filter(each => each.file === file).map(each => ({ title: title ?? each.title, path: each.path }))
  // In the order in which their README names them.
  const guides = [...readText('conformance/guides/README.md').matchAll(/\]\(([a-z-]+\.md)\)/g)].flatMap(([, name]) =>
    page(`conformance/guides/${name}`),
  )
  const api = [
    { title: 'API of the reference', path: apiPath('sage-conformance') },
    { title: 'API of the suite', path: apiPath('sage-conformance/conformance') },
    { title: 'API of the schemas', path: apiPath('sage-conformance/schemas') },
  ]
  return [
    {
      title: 'Start',
      pages: [{ title: 'Home', path: 'index.html' }, ...page('README.md', 'Overview'), ...guides],
    },
    {
      title: 'Specification',
      pages: [
        ...page('spec/README.md', 'Introduction'),
        ...chapters.flatMap(name => page(`spec/${name}.md`)),
        { title: 'All requirements', path: 'spec/requirements.html' },
        ...page('spec/decisions/README.md', 'Decisions'),
      ],
    },
    {
      title: 'Suite',
      pages: [
        ...page('conformance/README.md'),
        ...page('conformance/client/README.md'),
        ...page('vectors/README.md'),
        ...page('conformance/compatibility.md'),
        ...page('conformance/peers/what-the-suite-found.md'),
      ],
    },
    {
      title: 'Reference',
      pages: [...page('reference/README.md'), ...api, ...page('reference/bench/README.md')],
    },
    {
      title: 'Project',
      pages: ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].flatMap(file => page(file)),
    },
  ]
}

const loadEvidence = async (): Promise<Evidence> => {
  const matrix = JSON.parse(readFileSync(roomPath('conformance', 'mutants', 'kill-matrix.json'), 'utf8')) as Record<
    string,
    Record<string, Record<string, string>>
  >
  const places = checks.map(placesOf)
  return {
    knowledge: await loadKnowledge(),
    kills: new Map(Object.values(matrix).flatMap(kind => Object.entries(kind))),
    places: new Map(places.map(place => [place.id, place])),
    profiles: readCompatibility(readText('conformance/compatibility.md'), places),
  }
}

const requirementPages = (evidence: Evidence, links: Links): SitePage[] => {
  const { requirements } = evidence.knowledge
  const chapters = new Map(loadChapters().map(chapter => [chapter.name, chapter]))
  const target = (index: number): Target | undefined => {
    const of = requirements[index]
    return of && { title: of.id, path: requirementPath(of.id) }
  }
  return requirements.map((requirement, index) => {
    const { id, chapter: name, line } = requirement
    const chapter = chapters.get(name)
    if (!chapter) throw new Error(`${id} stands in no chapter: npm run generate`)
    const path = requirementPath(id)
    const place = placeOf(chapter, line)
    const heading =
      chapter.text
        .split('\n')
        .slice(0, line)
        .findLast(each => /^#+ /.test(each)) ?? name
    return requirementPage(requirement, evidence, {
      chapter: { title: heading.replace(/^#+ /, ''), path: `spec/${place.replace('.md', '.html')}` },
      before: target(index - 1),
      after: target(index + 1),
      sentence: (text): Markup => sentence(text, links.from(chapter.file, path)),
      fileLink: file => linkFrom(path, links.pathOf(file, undefined) ?? ''),
    })
  })
}

/** One sentence as HTML, its key word set apart. */
const sentence = (text: string, resolve: (href: string) => string): Markup => {
  const { body } = renderMarkdown(`- **a.sentence** ${text}`, {
    resolve,
    explained: id => (id === 'a.sentence' ? '#' : undefined),
  })
  const [, inner = ''] = /<span>([^]*)<\/span><\/li>/.exec(body.text) ?? []
  return markup`<p>${new Markup(inner)}</p>`
}

/** The pages of the files and folders that other pages name. */
const filePages = (links: Links): { readonly pages: SitePage[]; readonly raw: [string, Uint8Array][] } => {
  const pages: SitePage[] = []
  const raw: [string, Uint8Array][] = []
  const done = new Set<string>()
  for (const file of links.wanted) {
    if (done.has(file)) continue
    done.add(file)
    const path = shownAt(file)
    if (kindOf(file) === 'folder') {
      const names = readdirSync(join(rootPath, file)).filter(name => kindOf(posix.join(file, name)) === 'file')
      const index = `files/${file}/index.html`
      pages.push(
        folderPage(
          file,
          names.map(name => [name, linkFrom(index, links.pathOf(posix.join(file, name), undefined)!)]),
        ),
      )
    } else if (path.endsWith('.html')) pages.push(filePage(file, readText(file)))
    else raw.push([path, readFileSync(join(rootPath, file))])
  }
  return { pages, raw }
}

/** Makes the whole site out of what this checkout holds. Nothing is fetched, and the same checkout makes the same bytes. */
export const buildSite = async (): Promise<Site> => {
  const evidence = await loadEvidence()
  const { knowledge } = evidence
  const sources = loadSources()
  const links = new Links(sources)
  const api = readApi()
  const chapters = loadChapters().map(({ name }) => name)
  const told = [
    homePage({
      requirements: knowledge.requirements.length,
      checks: knowledge.judges.checks.length,
      vectors: knowledge.judges.vectors.length,
      mutants: knowledge.mutants.length,
    }),
    ...sources.map(source => sourcePage(source, links, explainedIn(knowledge))),
    requirementsIndex(knowledge.requirements, knowledge),
    ...requirementPages(evidence, links),
    ...api.map(each => apiPage(each, new Set(knowledge.requirements.map(({ id }) => id)))),
  ]
  const { pages: shown, raw } = filePages(links)
  const frame = { groups: groupsOf(sources, chapters), version: version() }
  const here = new URL('./', import.meta.url)
  const style = readText('conformance/site/style.css')
  return {
    files: new Map<string, string | Uint8Array>([
      ...[...told, ...shown].map(page => [page.path, framed(page, frame)] as const),
      ...raw,
      ['icon.svg', readText('conformance/site/icon.svg')],
      ['site.css', `${styleTokens()}\n${style}`],
      ['theme.js', joinModules(['client/theme'], here)],
      ['site.js', joinModules(['rank', 'client/search', 'client/main'], here)],
      ['search-index.js', searchScript(searchEntries(knowledge, told))],
    ]),
    findings: [
      ...links.findings,
      ...undocumented(api).map(name => `${name} has no docstring`),
      ...evidence.profiles
        .filter(({ addsUp }) => !addsUp)
        .map(({ name }) => `conformance/compatibility.md does not add up for ${name}: npm run compatibility`),
    ],
  }
}
