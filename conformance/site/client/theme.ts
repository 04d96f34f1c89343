// Before anything is painted: the theme that was chosen, if one was.

const KEY = 'sage-theme'

const chosen = (): string | undefined => {
  try {
    return localStorage.getItem(KEY) ?? undefined
  } catch {
    return undefined // a page of a file may keep nothing
  }
}

const keep = (theme: string): void => {
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // then it holds for this page
  }
}

const root = document.documentElement
const isDark = (): boolean =>
  root.dataset['theme'] === 'dark' ||
  (root.dataset['theme'] === undefined && matchMedia('(prefers-color-scheme: dark)').matches)

const theme = chosen()
if (theme === 'dark' || theme === 'light') root.dataset['theme'] = theme

document.addEventListener('DOMContentLoaded', () => {
  const button = document.getElementById('theme')
  if (!button) return
  const name = (): void => void (button.textContent = isDark() ? 'light' : 'dark')
  button.hidden = false
  name()
  button.addEventListener('click', () => {
    root.dataset['theme'] = isDark() ? 'light' : 'dark'
    keep(root.dataset['theme'])
    name()
  })
})

export {}
