interface Waiter {
  readonly least: number
  readonly enter: () => void
}

/** Bytes that somebody has inflated and still holds. */
export interface InflatedBytes {
  /** Inflating is over, and it came to so many bytes. */
  shrinkTo(bytes: number): void
  /** They are held no longer. */
  release(): void
}

/**
 * Bounds what the inflated plaintexts of all requests take up together, for a record of 10 KB can become 10 MB. Who finds no
 * room waits for it, in the order of arrival: the record is open, and the request is owed an answer.
 */
export class InflationRoom {
  private held = 0
  private readonly waiting: Waiter[] = []

  /** @param maxBytes of all; a single request finds room in any case */
  constructor(private readonly maxBytes: number) {}

  /** Resolves once there is room for as many bytes as it may become. */
  async enter(bytes: number): Promise<InflatedBytes> {
    if (this.waiting.length > 0 || !this.hasRoom(bytes))
      await new Promise<void>(enter => this.waiting.push({ least: bytes, enter }))
    else this.held += bytes
    let own = bytes
    const shrinkTo = (least: number): void => {
      this.held -= own - least
      own = least
      this.admit()
    }
    return { shrinkTo, release: () => shrinkTo(0) }
  }

  private hasRoom(bytes: number): boolean {
    return this.held === 0 || this.held + bytes <= this.maxBytes
  }

  private admit(): void {
    while (this.waiting[0] !== undefined && this.hasRoom(this.waiting[0].least)) {
      const { least, enter } = this.waiting.shift()!
      this.held += least
      enter()
    }
  }
}
