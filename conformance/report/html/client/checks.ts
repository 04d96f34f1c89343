import { parseIsland } from '../island.js'
import type { PageCase } from '../shapes.js'
import { byId, element } from './elements.js'
import { caseView } from './transcript.js'

let shared: readonly string[] | undefined

const readShared = (): readonly string[] =>
  (shared ??= JSON.parse(byId('data-shared').textContent) as readonly string[])

const casesOf = (name: string): readonly PageCase[] =>
  parseIsland(byId(`data-${name}`).textContent, readShared()) as readonly PageCase[]

/** The label of a state, as the page has it already. */
const labelFor = (state: string): HTMLElement => {
  const label = document.querySelector(`.check .state.${CSS.escape(state)}`)
  return label ? (label.cloneNode(true) as HTMLElement) : element('span', 'state', state)
}

/** Every check of the page, in its order. */
export const allChecks = (): HTMLDetailsElement[] => [...document.querySelectorAll<HTMLDetailsElement>('details.check')]

/** Puts what was exchanged into a check that is opened for the first time. */
export const fillWhenOpened = (check: HTMLDetailsElement): void => {
  check.addEventListener(
    'toggle',
    () => {
      const isPrelude = check.id === 'prelude'
      const inside = check.querySelector('.inside')
      inside?.querySelector('.cases')?.remove()
      inside?.append(
        ...casesOf(check.id.replace('check-', '')).map(one =>
          caseView(one, isPrelude ? undefined : labelFor(one.state)),
        ),
      )
    },
    { once: true },
  )
}
