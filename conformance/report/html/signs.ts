import { states, type State } from '../../runner/result.js'
import { markup, type Markup } from './markup.js'

/** The sign of each state: nothing is told by colour alone. */
const signs: Record<State, string> = {
  pass: '✓',
  fail: '✗',
  warn: '!',
  skip: '–',
  blocked: '⊘',
  'not-observed': '○',
  inconclusive: '?',
  error: '‼',
}

/** The worst first, as a page shows them. */
export const shownStates: readonly State[] = [
  'error',
  'fail',
  'warn',
  'inconclusive',
  'blocked',
  'not-observed',
  'skip',
  'pass',
]

/** The name of a class, and of a word, for a state: one of those that there are. */
export const stateWord = (state: string): State => states.find(each => each === state) ?? 'error'

/** The sign and the word of a state. */
export const stateLabel = (state: string): Markup => {
  const word = stateWord(state)
  return markup`<span class="state ${word}"><span class="sign" aria-hidden="true">${signs[word]}</span> ${word}</span>`
}

/** The sign of a state alone, for where its word stands beside it. */
export const stateSign = (state: string): Markup =>
  markup`<span class="sign" aria-hidden="true">${signs[stateWord(state)]}</span>`
