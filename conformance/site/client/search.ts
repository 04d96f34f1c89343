import { rank, type Entry } from '../rank.js'

const MOST = 12

const box = document.querySelector<HTMLElement>('.search')!
const input = document.querySelector<HTMLInputElement>('#search')!
const list = document.querySelector<HTMLElement>('#results')!
const rootOf = (): string => document.documentElement.dataset['root'] ?? ''

let entries: readonly Entry[] | undefined
let chosen = 0

// A script and no JSON: a page that was opened as a file may run the one and not read the other.
const load = (): void => {
  if (entries || document.getElementById('search-index')) return
  const script = document.createElement('script')
  script.id = 'search-index'
  script.src = `${rootOf()}search-index.js`
  script.addEventListener('load', () => {
    entries = (globalThis as unknown as { readonly searchIndex: readonly Entry[] }).searchIndex
    show()
  })
  document.head.append(script)
}

const element = (tag: string, className: string, text: string): HTMLElement => {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}

const itemOf = ({ title, kind, path, about }: Entry, index: number): HTMLElement => {
  const item = document.createElement('li')
  item.id = `result-${index}`
  item.setAttribute('role', 'option')
  const link = document.createElement('a')
  link.href = `${rootOf()}${path}`
  link.tabIndex = -1
  link.append(element('b', 'title', title), element('small', 'kind', kind), element('span', 'about', about))
  item.append(link)
  return item
}

const choose = (index: number): void => {
  const items = [...list.children]
  chosen = Math.min(Math.max(index, 0), Math.max(items.length - 1, 0))
  for (const [at, item] of items.entries()) item.setAttribute('aria-selected', String(at === chosen))
  items[chosen]?.scrollIntoView({ block: 'nearest' })
  if (items.length > 0) input.setAttribute('aria-activedescendant', `result-${chosen}`)
  else input.removeAttribute('aria-activedescendant')
}

const hide = (): void => {
  list.hidden = true
  input.setAttribute('aria-expanded', 'false')
}

const show = (): void => {
  if (!entries || input.value.trim() === '') return hide()
  const found = rank(input.value, entries, MOST)
  list.replaceChildren(...found.map(itemOf))
  if (found.length === 0) list.append(element('li', 'nothing', 'Nothing is called so.'))
  list.hidden = false
  input.setAttribute('aria-expanded', 'true')
  choose(0)
}

const keys: Readonly<Record<string, () => void>> = {
  ArrowDown: () => choose(chosen + 1),
  ArrowUp: () => choose(chosen - 1),
  Enter: () => {
    show()
    list.children[chosen]?.querySelector('a')?.click()
  },
  Escape: () => {
    hide()
    input.blur()
  },
}

/** Makes the search work. */
export const startSearch = (): void => {
  box.hidden = false
  input.addEventListener('focus', load)
  input.addEventListener('input', show)
  input.addEventListener('keydown', event => {
    const act = keys[event.key]
    if (!act || event.isComposing) return
    event.preventDefault()
    act()
  })
  box.addEventListener('focusout', event => {
    if (!box.contains(event.relatedTarget as Node | null)) hide()
  })
  input.addEventListener('focus', show)
  document.addEventListener('keydown', event => {
    const { target } = event
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return
    event.preventDefault()
    input.focus()
    input.select()
  })
}
