import { markup, Markup } from '../report/html/markup.js'
import { linkFrom, type Heading, type SitePage, type Target } from './page.js'

/** A group of the navigation. */
export interface Group {
  readonly title: string
  readonly pages: readonly Target[]
}

/** What all pages have around them. */
export interface Frame {
  readonly groups: readonly Group[]
  /** Version of the package that the site was made of. */
  readonly version: string
}

// The page may use what stands beside it. It sends and fetches nothing.
const POLICY =
  "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file:; base-uri 'none'; form-action 'none'"

const navigation = ({ groups }: Frame, page: SitePage): Markup =>
  markup`${groups.map(
    ({ title, pages }) =>
      markup`<section>
        <h2>${title}</h2>
        <ul>
          ${pages.map(
            each =>
              markup`<li><a href="${linkFrom(page.path, each.path)}"${each.path === page.path ? new Markup(' aria-current="page"') : undefined}>${each.title}</a></li>`,
          )}
        </ul>
      </section>`,
  )}`

const contents = (headings: readonly Heading[]): Markup | undefined => {
  const shown = headings.filter(({ level }) => level === 2 || level === 3)
  if (shown.filter(({ level }) => level === 2).length < 2) return undefined
  const listed = shown.length > 40 ? shown.filter(({ level }) => level === 2) : shown
  return markup`<nav class="contents" aria-labelledby="contents-title">
    <h2 id="contents-title">On this page</h2>
    <ul>
      ${listed.map(({ id, text, level }) => markup`<li class="level-${level}"><a href="#${id}">${text}</a></li>`)}
    </ul>
  </nav>`
}

const trail = (page: SitePage): Markup | undefined =>
  page.trail && page.trail.length > 0
    ? markup`<nav class="trail" aria-label="where this is">
        ${page.trail.map(({ title, path }, index) => markup`${index > 0 ? ' / ' : ''}<a href="${linkFrom(page.path, path)}">${title}</a>`)}
      </nav>`
    : undefined

/** A page as HTML, with everything around it. Each link in it is relative. */
export const framed = (page: SitePage, frame: Frame): string => {
  const to = (path: string): string => linkFrom(page.path, path)
  const root = '../'.repeat(page.path.split('/').length - 1)
  const title = page.path === 'index.html' ? 'SAGE 1.0' : `${page.title} · SAGE 1.0`
  return markup`<!doctype html>
<html lang="en" data-root="${root}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title}</title>
  <link rel="icon" href="${to('icon.svg')}" type="image/svg+xml">
  <link rel="stylesheet" href="${to('site.css')}">
  <script src="${to('theme.js')}"></script>
  <script src="${to('site.js')}" defer></script>
</head>
<body>
  <a class="skip-link" href="#main">to the text</a>
  <header class="bar">
    <a class="mark" href="${to('index.html')}">SAGE <b>1.0</b></a>
    <div class="search" role="search" hidden>
      <input id="search" type="search" placeholder="Search" aria-label="search" aria-keyshortcuts="/" autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false" aria-controls="results" aria-autocomplete="list">
      <kbd aria-hidden="true">/</kbd>
      <ul id="results" role="listbox" aria-label="what was found" hidden></ul>
    </div>
    <button type="button" id="theme" hidden>dark</button>
  </header>
  <div class="page">
    <details class="menu" open>
      <summary>Contents</summary>
      <nav aria-label="site">${navigation(frame, page)}</nav>
    </details>
    <main id="main" tabindex="-1">
      ${trail(page)}
      ${page.body}
      <footer>
        SAGE 1.0 conformance ${frame.version}${page.source === undefined ? undefined : markup` · made of <code>${page.source}</code>`}
      </footer>
    </main>
    <aside>${contents(page.headings)}</aside>
  </div>
</body>
</html>
`.text
}
