import { several } from '../../report/html/contents.js'
import { escapeMarkup, Markup, markup, type Part } from '../../report/html/markup.js'
import { linkFrom, requirementPath, type SitePage } from '../page.js'
import type { ApiItem, EntryPoint, Member, Tag } from './read-api.js'

/** The page of an entry point. */
export const apiPath = (specifier: string): string => `api/${specifier.split('/')[1] ?? 'reference'}.html`

const kinds: Readonly<Record<ApiItem['kind'], string>> = {
  function: 'Functions',
  class: 'Classes',
  interface: 'Interfaces',
  type: 'Types',
  value: 'Values',
}

/** What a docstring may name: exports of its page, and requirements. */
export interface Names {
  readonly exports: ReadonlySet<string>
  readonly requirements: ReadonlySet<string>
}

/** A text with each requirement that it names as a link to its page. */
const linked = (text: string, path: string, { requirements }: Names): Part[] =>
  text
    .split(/(?<![\w.])([a-z][a-z0-9]*\.[a-z0-9-]*[a-z0-9])/)
    .map((part, index) =>
      index % 2 === 1 && requirements.has(part)
        ? markup`<a href="${linkFrom(path, requirementPath(part))}">${part}</a>`
        : part,
    )

/** A docstring: paragraphs, with what stands between backquotes as code. */
const said = (text: string, path: string, names: Names): Markup => {
  const inline = (paragraph: string): Part[] =>
    paragraph.split('`').flatMap((part, index) => {
      if (index % 2 === 0) return linked(part, path, names)
      const code = markup`<code>${part}</code>`
      return [names.exports.has(part) ? markup`<a href="#${part}">${code}</a>` : code]
    })
  return markup`${text
    .split(/\n{2,}/)
    .filter(each => each !== '')
    .map(paragraph => markup`<p>${inline(paragraph)}</p>`)}`
}

/** What is said of a parameter begins with its name. */
const tagBlock = ({ name, text }: Tag, path: string, names: Names): Markup => {
  const [, parameter, rest = text] = (name === 'param' && /^([\w$]+)\s+([^]*)$/.exec(text)) || []
  return markup`<div class="tag"><b>${parameter === undefined ? name : markup`<code>${parameter}</code>`}</b> <div>${said(rest, path, names)}</div></div>`
}

const memberRow = ({ name, type, doc }: Member, path: string, names: Names): Markup =>
  markup`<tr><th scope="row"><code>${name}</code><br><code class="type">${type}</code></th><td>${said(doc, path, names)}</td></tr>`

const block = (item: ApiItem, path: string, names: Names): Markup => {
  const { name, declaration, doc, tags, members, file } = item
  return markup`<section class="export">
    <h3 id="${name}">${name} <a class="anchor" href="#${name}" aria-label="link to this section">#</a></h3>
    ${said(doc, path, names)}
    <pre tabindex="0" data-lang="ts"><code>${new Markup(escapeMarkup(declaration))}</code></pre>
    ${tags.map(tag => tagBlock(tag, path, names))}
    ${
      members.length === 0
        ? undefined
        : markup`<div class="scroll" tabindex="0"><table class="members"><tbody>${members.map(each => memberRow(each, path, names))}</tbody></table></div>`
    }
    <p class="about">declared in <code>${file}</code></p>
  </section>`
}

/** What an entry point exports, by kinds; the requirements that its docstrings name lead to their pages. */
export const apiPage = ({ specifier, items }: EntryPoint, requirements: ReadonlySet<string>): SitePage => {
  const path = apiPath(specifier)
  const names = { exports: new Set(items.map(({ name }) => name)), requirements }
  const present = (Object.keys(kinds) as ApiItem['kind'][]).filter(kind => items.some(item => item.kind === kind))
  const groups = present.map(kind => ({ kind, items: items.filter(item => item.kind === kind) }))
  return {
    path,
    title: specifier,
    source: 'the docstrings of what the package exports',
    headings: [
      { id: 'top', text: specifier, level: 1, said: `API reference: ${[...names.exports].join(' ')}` },
      ...groups.flatMap(({ kind, items }) => [
        { id: `kind-${kind}`, text: kinds[kind], level: 2, said: '' },
        ...items.map(({ name, doc }) => ({ id: name, text: name, level: 3, said: doc.replace(/[`\n]/g, ' ') })),
      ]),
    ],
    body: markup`<h1 id="top"><code>${specifier}</code></h1>
      <p class="lead">${several(items.length, 'export')}, as their docstrings have them.</p>
      ${groups.map(
        ({ kind, items }) =>
          markup`<h2 id="kind-${kind}">${kinds[kind]}</h2>${items.map(item => block(item, path, names))}`,
      )}`,
  }
}
