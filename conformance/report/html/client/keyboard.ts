import { shownChecks } from './filtering.js'
import { byId } from './elements.js'

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement

/** Focuses the check that is so many before or behind the one that has the focus. */
const step = (by: 1 | -1): void => {
  const checks = shownChecks()
  const current = document.activeElement?.closest('details.check')
  const at = checks.findIndex(check => check === current)
  const next = checks[at < 0 ? 0 : Math.min(Math.max(at + by, 0), checks.length - 1)]
  next?.querySelector('summary')?.focus()
}

/** Closes what is open around the focus, the innermost first. */
const close = (): void => {
  const open = document.activeElement?.closest<HTMLDetailsElement>('details[open]')
  if (!open) return
  open.open = false
  open.querySelector('summary')?.focus()
}

const onSummary = (): boolean => document.activeElement?.matches('.check > summary') ?? false

const search = (): void => {
  const text = document.getElementById('text')
  if (!(text instanceof HTMLInputElement)) return
  text.focus()
  text.select()
}

const keys: Record<string, () => boolean | void> = {
  '/': search,
  j: () => step(1),
  k: () => step(-1),
  // Elsewhere the arrows scroll, as everywhere.
  ArrowDown: () => (onSummary() ? step(1) : false),
  ArrowUp: () => (onSummary() ? step(-1) : false),
  Escape: close,
  '?': () => (byId('keys') as HTMLDialogElement).showModal(),
}

/** Makes the keys work. */
export const startKeyboard = (): void => {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (document.querySelector('dialog[open]')) return
    if (isTyping(event.target)) {
      if (event.key === 'Escape') (event.target as HTMLElement).blur()
      return
    }
    const act = keys[event.key]
    if (act && act() !== false) event.preventDefault()
  })
}
