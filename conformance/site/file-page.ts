import { escapeMarkup, Markup, markup } from '../report/html/markup.js'
import type { SitePage } from './page.js'

/** Where a file of the project is shown: as it is where a browser shows it so, else as a page. */
export const shownAt = (file: string): string =>
  /\.(?:json|webp)$/.test(file) ? `files/${file}` : `files/${file}.html`

/** A file of the project as a page; each line is an anchor, `L1` and so on. */
export const filePage = (file: string, text: string): SitePage => {
  const lines = text.replace(/\n$/, '').split('\n')
  const body = lines.map((line, index) => `<span id="L${index + 1}">${escapeMarkup(line)}\n</span>`).join('')
  return {
    path: shownAt(file),
    title: file,
    headings: [{ id: 'file', text: file, level: 1, said: '' }],
    source: file,
    body: markup`<h1 id="file"><code>${file}</code></h1><pre class="file" tabindex="0"><code>${new Markup(body)}</code></pre>`,
  }
}

/** What is in a folder of the project, as a page. */
export const folderPage = (folder: string, links: readonly (readonly [name: string, href: string])[]): SitePage => ({
  path: `files/${folder}/index.html`,
  title: `${folder}/`,
  headings: [{ id: 'folder', text: `${folder}/`, level: 1, said: '' }],
  source: `${folder}/`,
  body: markup`<h1 id="folder"><code>${folder}/</code></h1>
    <ul>${links.map(([name, href]) => markup`<li><a href="${href}"><code>${name}</code></a></li>`)}</ul>`,
})
