import { allChecks, fillWhenOpened } from './checks.js'
import { byId, copyButton } from './elements.js'
import { startFiltering } from './filtering.js'
import { startKeyboard } from './keyboard.js'

/** Light or dark: what the system says until one says otherwise. */
const startTheme = (): void => {
  const root = document.documentElement
  const button = byId('theme')
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const theme = (): string => root.dataset['theme'] ?? (dark.matches ? 'dark' : 'light')
  const show = (): void => {
    button.textContent = theme() === 'dark' ? 'light' : 'dark'
    button.setAttribute('aria-label', `show the page ${button.textContent}`)
  }
  button.addEventListener('click', () => {
    root.dataset['theme'] = theme() === 'dark' ? 'light' : 'dark'
    show()
  })
  dark.addEventListener('change', show)
  show()
}

/** Printed, the requirements are all there, and what is said of the run. */
const openForPrint = (): void => {
  let opened: HTMLDetailsElement[] = []
  window.addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>('details:is(.chapter, .more):not([open])')]
    for (const details of opened) details.open = true
  })
  window.addEventListener('afterprint', () => {
    for (const details of opened) details.open = false
  })
}

byId('tools').hidden = false
for (const block of document.querySelectorAll('.line-to-copy')) block.after(copyButton(() => block.textContent))
for (const check of allChecks()) fillWhenOpened(check)
byId('show-keys').addEventListener('click', () => (byId('keys') as HTMLDialogElement).showModal())
startTheme()
openForPrint()
if (document.getElementById('filter')) startFiltering()
startKeyboard()
