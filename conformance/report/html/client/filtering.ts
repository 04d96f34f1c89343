import { encodeFragment, everything, parseFragment, type Filter } from '../fragment.js'
import { allChecks } from './checks.js'
import { byId } from './elements.js'

interface Indexed {
  readonly check: HTMLDetailsElement
  readonly text: string
}

let filter: Filter = everything
let checks: readonly Indexed[] = []

const admits = ({ states, transport, chapter, text }: Filter, { check, text: words }: Indexed): boolean =>
  (states.length === 0 || states.includes(check.dataset['state'] ?? '')) &&
  (transport === '' || check.dataset['over'] === transport) &&
  (chapter === '' || check.dataset['chapter'] === chapter) &&
  text
    .toLowerCase()
    .split(/\s+/)
    .every(word => words.includes(word))

const countIf = (changed: Partial<Filter>, name: string, value: string): number =>
  checks.filter(each => (value === '' || each.check.dataset[name] === value) && admits({ ...filter, ...changed }, each))
    .length

const chips = (): HTMLButtonElement[] => [...document.querySelectorAll<HTMLButtonElement>('#filter .chip')]
const textInput = (): HTMLInputElement => byId('text') as HTMLInputElement
const chapterSelect = (): HTMLSelectElement => byId('chapter') as HTMLSelectElement

const showChips = (): void => {
  for (const chip of chips()) {
    const { state, over = '' } = chip.dataset
    const pressed = state === undefined ? filter.transport === over : filter.states.includes(state)
    const count =
      state === undefined ? countIf({ transport: '' }, 'over', over) : countIf({ states: [] }, 'state', state)
    chip.setAttribute('aria-pressed', String(pressed))
    chip.querySelector('b')?.replaceChildren(String(count))
  }
}

/** The checks that are shown, in their order. */
export const shownChecks = (): HTMLDetailsElement[] => checks.map(({ check }) => check).filter(check => !check.hidden)

const show = (): void => {
  for (const each of checks) each.check.hidden = !admits(filter, each)
  const count = checks.filter(({ check }) => !check.hidden).length
  for (const group of document.querySelectorAll<HTMLElement>('.group'))
    group.hidden = group.querySelector('.check:not([hidden])') === null
  byId('shown').textContent = count === checks.length ? `${count} checks` : `${count} of ${checks.length} checks`
  byId('clear').hidden = count === checks.length && encodeFragment({ filter }) === ''
  if (textInput().value !== filter.text) textInput().value = filter.text
  chapterSelect().value = filter.chapter
  showChips()
}

const address = (fragment: string): string => `${location.pathname}${location.search}#${fragment}`

/** Shows what `changed` says; the page's address then says so too. */
export const changeFilter = (changed: Partial<Filter>): void => {
  filter = { ...filter, ...changed }
  history.replaceState(null, '', address(encodeFragment({ filter })))
  show()
}

const open = (index: number): void => {
  const check = document.getElementById(`check-${index}`)
  if (!(check instanceof HTMLDetailsElement)) return
  if (check.hidden) changeFilter(everything)
  check.open = true
  const summary = check.querySelector('summary')
  summary?.focus({ preventScroll: true })
  check.scrollIntoView({ block: 'start' })
}

/** Shows what the page's address asks for. */
const follow = (): void => {
  if (/^#[a-z]+$/.test(location.hash)) return
  const view = parseFragment(location.hash)
  filter = view.filter
  show()
  if (view.check !== undefined) open(view.check)
}

/** A link to a check keeps the filter, and one to a filter shows the checks. */
const followLink = (event: MouseEvent): void => {
  const link = (event.target as Element).closest('a')
  const href = link?.getAttribute('href') ?? ''
  const { check } = parseFragment(href)
  if (check !== undefined) {
    event.preventDefault()
    history.pushState(null, '', address(encodeFragment({ filter, check })))
    open(check)
  } else if (href.includes('=')) {
    event.preventDefault()
    history.pushState(null, '', address(href.slice(1)))
    follow()
    byId('checks').scrollIntoView()
  }
}

const toggled = (list: readonly string[], item: string): string[] =>
  list.includes(item) ? list.filter(each => each !== item) : [...list, item]

/** Makes the filters work, and shows what the page's address asks for. */
export const startFiltering = (): void => {
  checks = allChecks()
    .filter(check => check.id !== 'prelude')
    .map(check => ({ check, text: check.textContent.toLowerCase() }))
  const form = byId('filter')
  form.hidden = false
  form.addEventListener('submit', event => event.preventDefault())
  textInput().addEventListener('input', () => changeFilter({ text: textInput().value }))
  chapterSelect().addEventListener('change', () => changeFilter({ chapter: chapterSelect().value }))
  byId('clear').addEventListener('click', () => changeFilter(everything))
  for (const chip of chips())
    chip.addEventListener('click', () => {
      const { state, over = '' } = chip.dataset
      changeFilter(
        state === undefined
          ? { transport: filter.transport === over ? '' : over }
          : { states: toggled(filter.states, state) },
      )
    })
  document.addEventListener('click', followLink)
  window.addEventListener('hashchange', follow)
  window.addEventListener('popstate', follow)
  follow()
}
