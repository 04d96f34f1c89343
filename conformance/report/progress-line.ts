import { printable } from './text.js'

/** Where a person may watch. */
export interface Watched {
  readonly write: (text: string) => void
  /** A terminal: lines can be written over, and may be as wide as `columns`. */
  readonly isTerminal: boolean
  readonly columns: number
}

/** Back to the beginning of the line, which is cleared (ECMA-48). */
const CLEAR = '\r\u001b[2K'

/** One line that says how far a run is, written over and over; nothing where nobody watches. */
export class ProgressLine {
  constructor(private readonly screen: Watched) {}

  /** So many of so many are done; `current` is the last of them. */
  show(done: number, total: number, current: string): void {
    if (!this.screen.isTerminal) return
    const text = `  ${done}/${total}  ${printable(current)}`
    this.screen.write(`${CLEAR}${text.slice(0, Math.max(10, this.screen.columns - 1))}`)
  }

  /** Takes the line away, before something else is written. */
  clear(): void {
    if (this.screen.isTerminal) this.screen.write(CLEAR)
  }
}
