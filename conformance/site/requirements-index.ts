import { markup, type Markup } from '../report/html/markup.js'
import { several } from '../report/html/contents.js'
import type { Knowledge } from '../report/explanation.js'
import { judgingOf } from '../trace/judges.js'
import type { Requirement } from '../trace/read-requirements.js'
import { linkFrom, requirementPath, type SitePage } from './page.js'

const PATH = 'spec/requirements.html'

const judgedBy = (id: string, { judges }: Knowledge): string => {
  const { checks, vectors, reason } = judgingOf(id, judges)
  const parts = [
    ...(checks.length > 0 ? [several(checks.length, 'check')] : []),
    ...(vectors.length > 0 ? [several(vectors.length, 'vector')] : []),
  ]
  if (parts.length > 0) return parts.join(', ')
  return reason === undefined ? 'nobody yet' : 'nobody outside can'
}

const chapterTable = (name: string, requirements: readonly Requirement[], knowledge: Knowledge): Markup =>
  markup`<h2 id="${name}"><a href="${linkFrom(PATH, `spec/${name}.html`)}">${name}</a> <small>${requirements.length}</small></h2>
    <div class="scroll" tabindex="0">
      <table class="index">
        <thead>
          <tr><th scope="col">requirement</th><th scope="col">level</th><th scope="col">who</th><th scope="col">judged by</th></tr>
        </thead>
        <tbody>
          ${requirements.map(
            ({ id, level, role }) =>
              markup`<tr>
                <th scope="row"><a href="${linkFrom(PATH, requirementPath(id))}"><code>${id}</code></a></th>
                <td><b class="level">${level}</b></td>
                <td>${role}</td>
                <td>${judgedBy(id, knowledge)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`

/** Every requirement by chapters. */
export const requirementsIndex = (requirements: readonly Requirement[], knowledge: Knowledge): SitePage => {
  const chapters = [...new Set(requirements.map(({ chapter }) => chapter))]
  const body = markup`<h1 id="requirements">Requirements</h1>
    <p class="lead">Every normative sentence of SAGE 1.0: ${requirements.length} of them, each with a page that says what judges it and what proves that.</p>
    ${chapters.map(name =>
      chapterTable(
        name,
        requirements.filter(({ chapter }) => chapter === name),
        knowledge,
      ),
    )}`
  const headings = [
    { id: 'requirements', text: 'Requirements', level: 1, said: 'every normative sentence' },
    ...chapters.map(name => ({ id: name, text: name, level: 2, said: '' })),
  ]
  return {
    path: PATH,
    title: 'Requirements',
    body,
    headings,
    trail: [{ title: 'Specification', path: 'spec/index.html' }],
  }
}
