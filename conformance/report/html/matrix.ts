import { transports as allTransports, type Transport } from '../../../schemas/index.js'
import { countStates, type State } from '../../runner/result.js'
import { linked, sentence, type Chapter, type Contents, type Entry } from './contents.js'
import { markup, type Markup } from './markup.js'
import { shownStates, stateSign, stateWord } from './signs.js'

const BAR = 100

const worstOf = (entries: readonly Entry[]): Entry | undefined =>
  shownStates.map(state => entries.find(({ result }) => result.state === state)).find(one => one !== undefined)

/** The share of each state, drawn; the numbers stand beside it. */
const bar = (entries: readonly Entry[]): Markup => {
  const counts = countStates(entries.map(({ result }) => result))
  let at = 0
  const parts = shownStates.toReversed().flatMap(state => {
    if (counts[state] === 0) return []
    const width = (counts[state] / entries.length) * BAR
    const part = markup`<rect class="${state}" x="${at.toFixed(2)}" width="${width.toFixed(2)}" height="8" />`
    at += width
    return [part]
  })
  return markup`<svg class="bar" viewBox="0 0 ${BAR} 8" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`
}

const totals = (entries: readonly Entry[]): Markup => {
  const counts = countStates(entries.map(({ result }) => result))
  const shown = shownStates.filter(state => counts[state] > 0)
  return markup`${shown.map(state => markup`<span class="count ${state}">${stateSign(state)} ${counts[state]} ${state}</span> `)}`
}

/** The checks of a requirement; those that judge it beside another one only where it has none of its own. */
const checksOf = (id: string, entries: readonly Entry[]): readonly Entry[] => {
  const own = entries.filter(({ result }) => result.requirement === id)
  return own.length > 0 ? own : entries.filter(({ result }) => result.also.includes(id))
}

const cell = (checks: readonly Entry[], transport: Transport): Markup => {
  const over = checks.filter(({ result }) => result.transport === transport)
  const worst = worstOf(over)
  if (!worst) return markup`<td><span class="none" aria-label="no check">·</span></td>`
  const { state } = worst.result
  const same = over.filter(({ result }) => result.state === state).length
  const count = over.length > 1 ? markup` <small>${same}/${over.length}</small>` : undefined
  return markup`<td>
    <a class="cell ${stateWord(state)}" href="#check-${worst.index}">${stateSign(state)} ${state}${count}</a>
  </td>`
}

const chapterTable = (chapter: Chapter, contents: Contents, transports: readonly Transport[]): Markup => {
  const { entries: all, site } = contents
  const rows = chapter.requirements.map(({ id, text, level }) => {
    const checks = checksOf(id, all)
    const cells = transports.map(transport => cell(checks, transport))
    return markup`<tr class="${checks.length > 0 ? 'judged' : 'unjudged'}">
      <th scope="row">
        <details>
          <summary><code>${id}</code> <small>${level}</small></summary>
          <p>${sentence(text)} ${site === undefined ? undefined : linked('what judges it', { id }, contents)}</p>
        </details>
      </th>
      ${cells}
    </tr>`
  })
  return markup`<table>
    <thead>
      <tr>
        <th scope="col">requirement</th>
        ${transports.map(name => markup`<th scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row">checks</th>
        ${transports.map(
          transport =>
            markup`<td>${totals(chapter.entries.filter(({ result }) => result.transport === transport))}</td>`,
        )}
      </tr>
    </tfoot>
  </table>`
}

const bad: readonly State[] = ['error', 'fail']

/** Every requirement over every transport, a chapter at a time; those in which something failed are open. */
export const matrixSection = (contents: Contents): Markup => {
  const { entries, chapters } = contents
  const transports = allTransports.filter(name => entries.some(({ result }) => result.transport === name))
  const judged = chapters.filter(chapter => chapter.requirements.some(({ id }) => checksOf(id, entries).length > 0))
  if (judged.length === 0) return markup``
  const parts = judged.map(chapter => {
    const count = chapter.requirements.filter(({ id }) => checksOf(id, entries).length > 0).length
    const open = chapter.entries.some(({ result }) => bad.includes(result.state)) ? markup` open` : undefined
    return markup`<details class="chapter" ${open}>
      <summary>
        <h3>${chapter.name}</h3>
        ${bar(chapter.entries)} <span class="counts">${totals(chapter.entries)}</span>
        <small>${count} of ${chapter.requirements.length} requirements</small>
      </summary>
      <div class="scroll" tabindex="0" role="region" aria-label="requirements of ${chapter.name}">
        ${chapterTable(chapter, contents, transports)}
      </div>
    </details>`
  })
  return markup`<section id="requirements">
    <h2>Requirements</h2>
    <p class="note">
      What each requirement came to over each transport: the worst of its checks. A dot is a requirement that this run
      has no check for.
    </p>
    ${parts}
  </section>`
}
