import type { Report } from '../../../schemas/index.js'
import { isFailure, worstOf, type State } from '../../runner/result.js'
import { reproduction } from '../reproduction.js'
import { casesIn, lastExchanges } from '../told.js'
import { placeOf, sentence, several, type Contents, type Entry } from './contents.js'
import { markup, type Markup, type Part } from './markup.js'
import { stateLabel } from './signs.js'

/** Entries that are the same in what `keyOf` says, side by side, in the order of the first of each. */
const grouped = (entries: readonly Entry[], keyOf: (result: Entry['result']) => readonly unknown[]): Entry[][] => {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const key = JSON.stringify(keyOf(entry.result))
    groups.set(key, [...(groups.get(key) ?? []), entry])
  }
  return [...groups.values()]
}

const transportsOf = (entries: readonly Entry[]): string =>
  entries.map(({ result: { transport } }) => transport).join(' and ')

const row = (name: string, value: Part): Markup | undefined =>
  value === undefined
    ? undefined
    : markup`<dt>${name}</dt>
        <dd>${value}</dd>`

/** What the worst case exchanged last, so that a reader without JavaScript sees some of it. */
const exchangesOf = ({ cases }: Entry['result']): Markup | undefined => {
  const worst = worstOf(cases)
  const last = worst ? lastExchanges(worst) : []
  return last.length === 0 ? undefined : markup`${last.map(line => markup`<div>${line}</div>`)}`
}

/** What was expected and observed, over one transport or over those over which it was the same. */
const variant = (alike: readonly Entry[], heading: Markup | undefined, report: Report): Markup => {
  const { result } = alike[0]!
  const lines = [...new Set(alike.map(each => reproduction(report, each.result)))]
  return markup`<div class="variant">
    ${heading}
    <dl>
      ${row('expected', result.expected)} ${row('observed', result.observed ?? result.reasonCode)}
      ${row('cases', casesIn(result))} ${row('exchanges', exchangesOf(result))}
    </dl>
    ${lines.map(line => markup`<div class="block"><pre class="line-to-copy">${line}</pre></div>`)}
    <p class="links">
      ${alike.map(
        ({ index, result: { transport } }) =>
          markup`<a href="#check-${index}">what was exchanged over ${transport}</a> `,
      )}
    </p>
  </div>`
}

const finding = (entries: readonly Entry[], contents: Contents): Markup => {
  const { report, requirements } = contents
  const { check, state, requirement: id } = entries[0]!.result
  const requirement = requirements.get(id)
  const variants = grouped(entries, ({ reasonCode, expected, observed }) => [reasonCode, expected, observed])
  const headingOf = (alike: readonly Entry[]): Markup | undefined =>
    variants.length > 1 ? markup`<h4>over ${transportsOf(alike)}</h4>` : undefined
  return markup`<article class="finding ${state}">
    <h3>${stateLabel(state)} <code>${check}</code> <span class="over">over ${transportsOf(entries)}</span></h3>
    ${
      requirement &&
      markup`<blockquote>
        <p>${sentence(requirement.text)}</p>
        <footer>${placeOf(requirement, contents)}</footer>
      </blockquote>`
    }
    ${variants.map(alike => variant(alike, headingOf(alike), report))}
  </article>`
}

const findingsUnder = (
  title: string,
  id: string,
  found: readonly Entry[],
  contents: Contents,
  before?: Markup,
): Markup => {
  if (found.length === 0 && before === undefined) return markup``
  return markup`<section id="${id}">
    <h2>${title}</h2>
    ${before}
    ${grouped(found, ({ check, state }) => [check, state]).map(each => finding(each, contents))}
  </section>`
}

/** The known failures that do not hold: they fail a run as much as what is broken. */
const toMend = ({ baseline }: Report): Markup | undefined =>
  baseline && baseline.mend.length > 0
    ? markup`<p class="note">Of the list of known failures, these do not hold:</p>
        <ul class="mend">
          ${baseline.mend.map(
            ({ check, transport, reasonCode, what }) =>
              markup`<li><code>${check}</code> over ${transport} (${reasonCode}): ${what}</li>`,
          )}
        </ul>`
    : undefined

const NAMED = 12

const notJudged: readonly State[] = ['blocked', 'not-observed', 'skip']

/** What was not judged: few reasons, for many checks. */
const unjudged = ({ entries }: Contents): Markup => {
  const without = entries.filter(({ result: { state } }) => notJudged.includes(state))
  if (without.length === 0) return markup``
  const groups = grouped(without, ({ state, observed, reasonCode }) => [state, observed ?? reasonCode])
  const items = groups.map(group => {
    const { state, observed, reasonCode } = group[0]!.result
    const links = group
      .slice(0, NAMED)
      .map(({ index, result }) => markup`<a href="#check-${index}">${result.check}, ${result.transport}</a> `)
    const more = group.length > NAMED ? `and ${group.length - NAMED} more` : undefined
    return markup`<li>
      ${stateLabel(state)}
      <div>
        <p>${observed ?? reasonCode} <small>${several(group.length, 'check')}</small></p>
        <p class="links">${links}${more}</p>
      </div>
    </li>`
  })
  return markup`<section id="unjudged">
    <details>
      <summary>
        <h2>Not judged</h2>
        <small>${several(groups.length, 'reason')}</small>
      </summary>
      <ul class="reasons">
        ${items}
      </ul>
    </details>
  </section>`
}

/** What did not pass, each with the sentence that it is about, the worst first; then what was not judged, by its reasons. */
export const findingsSection = (contents: Contents): Markup => {
  const { report } = contents
  const { strict } = report.run
  const inState = (...states: State[]): Entry[] =>
    states.flatMap(state => contents.entries.filter(({ result }) => result.state === state))
  const wrong = inState('error', 'fail', 'warn').filter(({ result }) => !result.known)
  const counts = wrong.filter(({ result }) => result.state === 'error' || isFailure(result, strict))
  const others = [...wrong.filter(entry => !counts.includes(entry)), ...inState('inconclusive')]
  const known = contents.entries.filter(({ result }) => result.known)
  return markup`${findingsUnder('What went wrong', 'failures', counts, contents, toMend(report))}
  ${findingsUnder('What to look at', 'warnings', others, contents)}
  ${findingsUnder('Known failures', 'known', known, contents)} ${unjudged(contents)}`
}
