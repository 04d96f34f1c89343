import { transports, type Transport } from '../../schemas/index.js'
import type { Knowledge, Proof } from '../report/explanation.js'
import { escapeMarkup, Markup, markup } from '../report/html/markup.js'
import { stateLabel } from '../report/html/signs.js'
import { several } from '../report/html/contents.js'
import type { Selectable } from '../runner/plan.js'
import { judgingOf, type JudgingCheck, type JudgingVector } from '../trace/judges.js'
import type { Requirement } from '../trace/read-requirements.js'
import type { Profile } from './compatibility.js'
import { linkFrom, requirementPath, type SitePage, type Target } from './page.js'

/** What is known of requirements, as far as their pages tell it. */
export interface Evidence {
  readonly knowledge: Knowledge
  /** With what each check or vector found each mutant, by the names of both. */
  readonly kills: ReadonlyMap<string, Readonly<Record<string, string>>>
  /** Where each check of responders is made. */
  readonly places: ReadonlyMap<string, Selectable>
  readonly profiles: readonly Profile[]
}

/** Around a requirement: where its sentence stands, and its neighbours. */
export interface Place {
  /** The heading above it. */
  readonly chapter: Target
  readonly before: Target | undefined
  readonly after: Target | undefined
  /** A sentence as HTML, its links made for this page. */
  readonly sentence: (text: string) => Markup
  /** Where a file of the project is shown. */
  readonly fileLink: (file: string) => string
}

const words = (level: string): Markup => markup`<b class="level">${level}</b>`

/** What the parts of one judge are listed in, open where there are few of them. */
const folded = (title: string, items: readonly Markup[], few = 4): Markup | undefined =>
  items.length === 0
    ? undefined
    : markup`<details class="fold"${items.length <= few ? new Markup(' open') : undefined}>
        <summary>${title}</summary>
        <ul>${items.map(item => markup`<li>${item}</li>`)}</ul>
      </details>`

/** The mutants that name a check or a vector, each with what it came to. */
const foundBy = (ids: readonly string[], mutants: readonly Proof[], { kills }: Evidence): Markup[] =>
  mutants
    .filter(({ kills: named }) => named.some(id => ids.includes(id)))
    .map(({ name }) => {
      const seen = ids.flatMap(id => kills.get(name)?.[id] ?? [])
      return markup`<code>${name}</code>${seen.length > 0 ? markup` <small>${[...new Set(seen)].join(', ')}</small>` : undefined}`
    })

const commandOf = { run: 'judges a responder', 'run-client': 'judges an initiator' } as const

const checkBlock = (check: JudgingCheck, requirement: Requirement, evidence: Evidence): Markup => {
  const { id, by, cases, notes } = check
  const over = by === 'run' ? (evidence.places.get(id)?.over ?? []).join(' and ') : ''
  const about = [
    commandOf[by],
    ...(over === '' ? [] : [`over ${over}`]),
    ...(check.requirement === requirement.id ? [] : [`made for ${check.requirement}`]),
    ...notes,
  ]
  const proofs = foundBy([id], evidence.knowledge.mutants, evidence)
  return markup`<article class="judge" id="${id}">
    <h3><code>${id}</code></h3>
    <p class="about">${about.join(' · ')}</p>
    ${folded(
      several(cases.length, 'case'),
      cases.map(each => markup`${each}`),
    )}
    ${folded(`finds out ${several(proofs.length, 'broken agent')}`, proofs)}
  </article>`
}

const vectorBlock = (file: string, tests: readonly JudgingVector[], evidence: Evidence, place: Place): Markup => {
  const ids = tests.filter(each => each.file === file).map(({ id }) => id)
  const proofs = foundBy(ids, evidence.knowledge.mutants, evidence)
  return markup`<article class="judge" id="vectors-${file}">
    <h3><a href="${place.fileLink(`vectors/${file}.json`)}"><code>vectors/${file}.json</code></a></h3>
    <p class="about">${several(ids.length, 'test')} · judges a cryptographic core</p>
    ${folded(
      several(ids.length, 'test'),
      ids.map(id => markup`<code>${id.slice(file.length + 1)}</code>`),
    )}
    ${folded(`finds out ${several(proofs.length, 'broken core')}`, proofs)}
  </article>`
}

const outcomeRows = (checks: readonly JudgingCheck[], evidence: Evidence, over: readonly Transport[]): Markup[] =>
  checks.flatMap(({ id }) =>
    evidence.profiles.map(({ name, outcomes }) => {
      const of = outcomes.get(id)
      const why = [...new Set(over.flatMap(transport => of?.[transport]?.why ?? []))].join('; ')
      return markup`<tr>
        <th scope="row"><code>${id}</code></th>
        <td>${name}</td>
        ${over.map(transport => markup`<td>${of?.[transport] ? stateLabel(of[transport].state) : '·'}</td>`)}
        <td class="why">${why}</td>
      </tr>`
    }),
  )

const referenceSection = (checks: readonly JudgingCheck[], evidence: Evidence, page: string): Markup | undefined => {
  const responders = checks.filter(({ by }) => by === 'run')
  if (responders.length === 0) return undefined
  const over = transports.filter(transport =>
    responders.some(({ id }) => evidence.places.get(id)?.over.includes(transport)),
  )
  return markup`<h2 id="reference">The reference</h2>
    <p>What it came to in both profiles of the reference: <a href="${linkFrom(page, 'conformance/compatibility.html')}">compatibility</a>.</p>
    <div class="scroll" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">check</th>
            <th scope="col">profile</th>
            ${over.map(name => markup`<th scope="col">${name}</th>`)}
            <th scope="col"><span class="unseen">why</span></th>
          </tr>
        </thead>
        <tbody>
          ${outcomeRows(responders, evidence, over)}
        </tbody>
      </table>
    </div>`
}

const commandsOf = (
  { id }: Requirement,
  checks: readonly JudgingCheck[],
  vectors: readonly JudgingVector[],
): string => {
  const own = (by: JudgingCheck['by']) => {
    const ids = checks.filter(check => check.by === by)
    return ids.some(check => check.requirement === id) ? [id] : ids.map(check => check.id)
  }
  const only = (ids: readonly string[]): string => ids.map(each => ` --only ${each}`).join('')
  const [responder, initiator] = [own('run'), own('run-client')]
  const files = [...new Set(vectors.map(({ file }) => file))]
  return [
    ...(responder.length > 0 ? [`sage-conformance run URL${only(responder)}`] : []),
    ...(initiator.length > 0 ? [`sage-conformance run-client${only(initiator)} -- CMD`] : []),
    ...(files.length > 0 ? [`sage-conformance vectors run${only(files)} -- CMD`] : []),
    `sage-conformance explain ${id}`,
  ].join('\n')
}

/** The page of a requirement: its sentence, what judges it, what proves that, and what the reference came to. */
export const requirementPage = (requirement: Requirement, evidence: Evidence, place: Place): SitePage => {
  const { id, level, role, chapter, line, text } = requirement
  const path = requirementPath(id)
  const { checks, vectors, reason, issue } = judgingOf(id, evidence.knowledge.judges)
  const files = [...new Set(vectors.map(({ file }) => file))]
  const neighbour = (target: Target | undefined, rel: 'prev' | 'next'): Markup | undefined =>
    target &&
    markup`<a rel="${rel}" class="${rel}" href="${linkFrom(path, target.path)}"><code>${target.title}</code></a>`
  const body = markup`<h1 id="top"><code>${id}</code></h1>
    <p class="about">${words(level)} · ${role} · <a href="${linkFrom(path, `spec/${chapter}.html#${id}`)}">spec/${chapter}.md:${line}</a>, ${place.chapter.title}</p>
    <blockquote class="sentence">${place.sentence(text)}</blockquote>
    <h2 id="judged">How it is judged</h2>
    ${checks.map(check => checkBlock(check, requirement, evidence))}
    ${files.map(file => vectorBlock(file, vectors, evidence, place))}
    ${reason === undefined ? undefined : markup`<p>Nobody outside can observe it: ${reason}</p>`}
    ${issue === undefined ? undefined : markup`<p>Nobody judges it yet; issue ${issue} will.</p>`}
    ${referenceSection(checks, evidence, path)}
    <h2 id="try">Try it</h2>
    <pre tabindex="0"><code>${new Markup(escapeMarkup(commandsOf(requirement, checks, vectors)))}</code></pre>
    <nav class="neighbours" aria-label="requirements">${neighbour(place.before, 'prev')}${neighbour(place.after, 'next')}</nav>`
  const headings = [
    { id: 'top', text: id, level: 1, said: text },
    { id: 'judged', text: 'How it is judged', level: 2, said: '' },
    ...(checks.some(({ by }) => by === 'run') ? [{ id: 'reference', text: 'The reference', level: 2, said: '' }] : []),
    { id: 'try', text: 'Try it', level: 2, said: '' },
  ]
  const trail = [
    { title: 'Specification', path: 'spec/index.html' },
    { title: chapter, path: `spec/${chapter}.html` },
  ]
  return { path, title: id, body, headings, trail, source: `spec/${chapter}.md` }
}
