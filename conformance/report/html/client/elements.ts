import { visible } from '../visible.js'

/** What an element holds: text is put in as text, never as markup. */
export type Child = Node | string | undefined

/** An element of the page with a class and children; texts have what cannot be seen as `\u{…}`. */
export const element = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] => {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  for (const child of children) if (child !== undefined) made.append(typeof child === 'string' ? visible(child) : child)
  return made
}

/** The element with an id. Throws where the page has none. */
export const byId = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no #${id}`)
  return found
}

/** A `details` whose inside is made when it is opened for the first time. */
export const lazyDetails = (
  className: string,
  summary: HTMLElement,
  fill: () => readonly Child[],
): HTMLDetailsElement => {
  const details = element('details', className, summary)
  details.addEventListener('toggle', () => details.append(element('div', 'inside', ...fill())), { once: true })
  return details
}

const copy = async (text: string, button: HTMLButtonElement): Promise<void> => {
  const before = button.textContent
  try {
    await navigator.clipboard.writeText(text)
    button.textContent = 'copied'
  } catch {
    button.textContent = 'not copied'
  }
  setTimeout(() => (button.textContent = before), 1500)
}

/** A button that copies what `text` gives. */
export const copyButton = (text: () => string): HTMLButtonElement => {
  const button = element('button', 'copier', 'copy')
  button.type = 'button'
  button.setAttribute('aria-live', 'polite')
  button.addEventListener('click', () => void copy(text(), button))
  return button
}

/** Characters of a text that are shown before one asks for all of them. */
const SHOWN = 20_000

/** A block of text as it is, with a button that copies `raw`; a very long one is cut until one asks for the rest. */
export const textBlock = (text: string, raw = text): HTMLElement => {
  const pre = element('pre', '', text.slice(0, SHOWN))
  pre.tabIndex = 0
  const block = element(
    'div',
    'block',
    pre,
    copyButton(() => raw),
  )
  if (text.length > SHOWN) {
    const all = element('button', 'all', `show all ${text.length} characters`)
    all.type = 'button'
    all.addEventListener('click', () => {
      pre.textContent = visible(text)
      all.remove()
    })
    block.append(all)
  }
  return block
}
