import { placeOf, sentence, several, type Chapter, type Contents, type Entry } from './contents.js'
import { hasPrelude } from './encode-islands.js'
import { markup, type Markup } from './markup.js'
import { shownStates, stateLabel, stateSign, stateWord } from './signs.js'

const check = ({ index, chapter, result }: Entry, contents: Contents): Markup => {
  const { state, transport, cases } = result
  const requirement = contents.requirements.get(result.requirement)
  const also =
    result.also.length > 0
      ? markup`<p class="also">also judges ${result.also.map(id => markup`<code>${id}</code> `)}</p>`
      : undefined
  const named = cases.filter(({ name }) => name !== '')
  const size = cases.length > 1 ? several(cases.length, 'case') : ''
  return markup`<details
    class="check"
    id="check-${index}"
    data-state="${stateWord(state)}"
    data-over="${transport}"
    data-chapter="${chapter}"
  >
    <summary>
      ${stateLabel(state)} <code class="name">${result.check}</code> <span class="over">${transport}</span>
      <span class="size">${size}</span>
      <span class="said">${state === 'pass' ? undefined : (result.observed ?? result.reasonCode)}</span>
    </summary>
    <div class="inside">
      ${requirement && markup`<p class="sentence">${sentence(requirement.text)} <small>${placeOf(requirement, contents)}</small></p>`}
      ${also}
      <ul class="cases">
        ${named.map(each => markup`<li>${stateLabel(each.state)} ${each.name}</li>`)}
      </ul>
    </div>
  </details> `
}

const group = (chapter: Chapter, contents: Contents): Markup | undefined =>
  chapter.entries.length === 0
    ? undefined
    : markup`<section class="group">
        <h3>${chapter.name}</h3>
        ${chapter.entries.map(entry => check(entry, contents))}
      </section>`

// Hidden until the script makes it work.
const filterBar = ({ entries, chapters }: Contents): Markup => {
  const states = shownStates.filter(state => entries.some(({ result }) => result.state === state))
  const transports = [...new Set(entries.map(({ result }) => result.transport))]
  const named = chapters.filter(chapter => chapter.entries.length > 0)
  return markup`<form id="filter" class="filter" role="search" aria-label="checks" hidden>
    <input
      type="search"
      id="text"
      placeholder="Search the checks"
      aria-label="search the checks"
      aria-keyshortcuts="/"
      autocomplete="off"
      spellcheck="false"
    />
    <select id="chapter" aria-label="chapter">
      <option value="">every chapter</option>
      ${named.map(({ name }) => markup`<option value="${name}">${name}</option>`)}
    </select>
    <fieldset>
      <legend>state</legend>
      ${states.map(
        state =>
          markup`<button type="button" class="chip ${state}" data-state="${state}" aria-pressed="false">
            ${stateSign(state)} ${state} <b>${entries.filter(({ result }) => result.state === state).length}</b>
          </button>`,
      )}
    </fieldset>
    <fieldset>
      <legend>transport</legend>
      ${transports.map(
        transport =>
          markup`<button type="button" class="chip" data-over="${transport}" aria-pressed="false">
            ${transport} <b>${entries.filter(({ result }) => result.transport === transport).length}</b>
          </button>`,
      )}
    </fieldset>
    <p class="shown">
      <output id="shown">${several(entries.length, 'check')}</output>
      <button type="button" id="clear" hidden>show all</button>
    </p>
  </form>`
}

const prelude = markup`<details class="check" id="prelude">
  <summary><span class="said">Before the checks: the agent card, and the clock of the target</span></summary>
  <div class="inside"></div>
</details>`

/** Every check over every transport; what was exchanged is put in by the script when one is opened. */
export const checksSection = (contents: Contents): Markup =>
  markup`<section id="checks">
    <h2>Checks</h2>
    <p class="note">
      Each over one transport. In what was exchanged, <b>session</b> sets up; a <b>twin</b> is an honest message, the
      <b>fault</b> is one with something wrong, and what comes <b>after</b> shows what that left behind.
    </p>
    <noscript>
      <p class="note">What was exchanged is in this file; showing it, and the filters, need JavaScript.</p>
    </noscript>
    ${contents.entries.length > 0 ? filterBar(contents) : undefined} ${hasPrelude(contents.report) ? prelude : undefined}
    ${contents.chapters.map(chapter => group(chapter, contents))}
  </section>`
