import { SageError } from '../bytes/sage-error.js'

/** Something that several use, as one of them has it. */
export interface Lease<Value> {
  readonly value: Value
  /** Gives it back. Does not reject. */
  release(): Promise<void>
}

/** What can be shared. */
export interface Closable {
  /** Does not reject. */
  close(): Promise<void>
}

/** Where things to share are to be had. */
export interface Sharing<Value extends Closable> {
  /** The thing of that name; `make` makes it where there is none. @throws SageError `unreachable` where all have ended */
  lease(name: string, make: () => Value): Lease<Value>
}

interface Entry<Value> {
  readonly value: Value
  users: number
  unusedSince: number
}

/** Nothing is shared: everybody gets one of their own, which ends when it is given back. */
export const unshared = <Value extends Closable>(): Sharing<Value> => ({
  lease: (_name, make) => {
    const value = make()
    return { value, release: () => value.close() }
  },
})

/** Things by name, each for as long as somebody has it and `keepMs` beyond. */
export class Shared<Value extends Closable> implements Sharing<Value> {
  private readonly entries = new Map<string, Entry<Value>>()
  private isClosed = false

  /** @param monotonic milliseconds of a clock that never goes back */
  constructor(
    private readonly keepMs: number,
    private readonly monotonic: () => number,
  ) {}

  lease(name: string, make: () => Value): Lease<Value> {
    if (this.isClosed) throw new SageError('unreachable', 'the connections are closed; nothing was sent')
    this.drop(this.monotonic() - this.keepMs)
    const entry = this.entries.get(name) ?? { value: make(), users: 0, unusedSince: 0 }
    this.entries.set(name, entry)
    entry.users++
    let isHeld = true
    const release = async (): Promise<void> => {
      if (!isHeld) return
      isHeld = false
      entry.users--
      entry.unusedSince = this.monotonic()
    }
    return { value: entry.value, release }
  }

  /** Ends all of them, whoever has them. Does not reject. */
  async close(): Promise<void> {
    this.isClosed = true
    const values = [...this.entries.values()].map(({ value }) => value)
    this.entries.clear()
    await Promise.all(values.map(value => value.close()))
  }

  private drop(before: number): void {
    for (const [name, { value, users, unusedSince }] of this.entries) {
      if (users > 0 || unusedSince > before) continue
      this.entries.delete(name)
      void value.close()
    }
  }
}
