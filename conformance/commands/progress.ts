/** Milliseconds before anything is shown, and from one look to the next. */
const INTERVAL_MS = 500

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** A number of bytes, for people. */
export const inBytes = (bytes: number): string => {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10))
  const unit = UNITS[power]!
  return power === 0 ? `${bytes} ${unit}` : `${(bytes / 1024 ** power).toFixed(1)} ${unit}`
}

/** Where something shows how far it is, for as long as it takes: one line, which is written over. */
export type ShowProgress = (line: string) => void

/** Calls something again and again. @returns ends that */
type Repeat = (work: () => void) => () => void

const everyHalfSecond: Repeat = work => {
  const timer = setInterval(work, INTERVAL_MS).unref()
  return () => clearInterval(timer)
}

/**
 * How far a request is. Something that is over before long shows nothing, and nothing is left on the screen.
 * @param show absent where nobody looks
 */
export class Progress {
  private sent = 0
  private received = 0
  private shown = ''
  private readonly stop: (() => void) | undefined

  constructor(
    private readonly show: ShowProgress | undefined,
    repeat: Repeat = everyHalfSecond,
  ) {
    this.stop = show && repeat(() => this.tick())
  }

  /** So many more bytes are on their way. */
  send(bytes: number): void {
    this.sent += bytes
  }

  /** So many more bytes have come. */
  receive(bytes: number): void {
    this.received += bytes
  }

  end(): void {
    this.stop?.()
    if (this.shown !== '') this.show?.('')
  }

  private tick(): void {
    const line = `sent ${inBytes(this.sent)}, received ${inBytes(this.received)}`
    if (line !== this.shown) this.show?.(line)
    this.shown = line
  }
}
