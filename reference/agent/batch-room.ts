interface Wish {
  readonly bytes: number
  readonly least: number
  readonly grant: (isGranted: boolean) => void
}

/** Bytes of a batch response without its responses. */
const FRAME_BYTES = JSON.stringify({ responses: [] }).length

/**
 * The room in a batch response. It is given away once it is known of every answer how much it takes, in the order of the
 * places: whoever comes first in the batch gets room first, and nobody is refused any that would have stayed empty.
 */
export class BatchRoom {
  private readonly wishes = new Map<number, Wish>()
  private left: number
  private unknown: number

  /** @param maxBytes of the whole batch response */
  constructor(places: number, maxBytes: number) {
    this.left = maxBytes - FRAME_BYTES - (places - 1)
    this.unknown = places
  }

  /** May the answer in a place have so many bytes? It can do with `least`. Resolves once every answer is known. */
  wish(place: number, bytes: number, least: number): Promise<boolean> {
    return new Promise(grant => {
      this.wishes.set(place, { bytes, least: Math.min(bytes, least), grant })
      this.settle()
    })
  }

  /** This is the answer in a place. One that has wished has been counted. */
  take(place: number, response: object): void {
    if (this.wishes.has(place)) return
    this.left -= JSON.stringify(response).length
    this.settle()
  }

  /** Are all answers, as short as they can be, still too many bytes? */
  get isOverfull(): boolean {
    return this.left < 0
  }

  private settle(): void {
    if (--this.unknown > 0) return
    const wishes = [...this.wishes].sort(([a], [b]) => a - b).map(([, wish]) => wish)
    for (const { least } of wishes) this.left -= least
    for (const { bytes, least, grant } of wishes) {
      const isGranted = bytes - least <= this.left
      if (isGranted) this.left -= bytes - least
      grant(isGranted)
    }
  }
}
