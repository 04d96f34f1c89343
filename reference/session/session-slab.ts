import { bytes, Column, uint32s, uint64s } from './column.js'
import { sessionParts, type SessionParts } from './parts.js'
import type { Windows } from './receive-window.js'
import { SessionLives } from './session-lives.js'
import { TextColumn } from './text-column.js'

const KEY_LENGTH = 32
/** Characters of a UUID, which is what most context ids are. */
const CONTEXT_LENGTH = 36
/** A row that has been used so often is not used again: no generation comes twice, and each is a small integer. */
const USES_OF_A_ROW = 2 ** 31 - 1

const [GENERATION, UNANSWERED] = [0, 1]

/** What the sessions of a slab have in common. */
export interface SlabOptions {
  /** `maxSessionRecords`: records in each direction. */
  readonly maxRecords: bigint
  readonly parts?: Pick<SessionParts, 'createWindows'>
  /** Rows by which it grows, as a power of two. */
  readonly chunkBits?: number
  /** Sessions that a row holds, one after the other, before it is retired. */
  readonly usesOfARow?: number
}

/** Puts the keys of a session, `c2sEnc ‖ s2cEnc`, 64 bytes, where they are to be. */
export type WriteKeys = (into: Uint8Array, offset: number) => void

/**
 * Sessions as rows of typed arrays: nothing of them is on the heap. A row is used for one session after the other, and its
 * generation changes with each: whoever keeps a row keeps its generation with it, and asks {@link isHeld} before anything
 * else. Everything else trusts its caller that the row is held.
 *
 * ```
 * free ── take ──► alive ── end ──► ended ── last request finished ──► erased and free
 * ```
 */
export class SessionSlab {
  readonly maxRecords: bigint
  readonly lives: SessionLives
  readonly windows: Windows
  /** Told of each session that ends, before its row is free. */
  onEnd: ((row: number) => void) | undefined

  private readonly keys: Column<Uint8Array>
  private readonly contexts: TextColumn
  private readonly sealed: Column<BigUint64Array>
  /** The generation of each row, and its requests under way; while it is free, one more than the row that is free after it. */
  private readonly counters: Column<Uint32Array>
  private readonly listeners = new Map<number, Set<() => void>>()
  private readonly usesOfARow: number
  private rows = 0
  /** One more than the row that was freed last, or 0. */
  private free = 0

  constructor({ maxRecords, parts = sessionParts, chunkBits, usesOfARow = USES_OF_A_ROW }: SlabOptions) {
    this.maxRecords = maxRecords
    this.usesOfARow = usesOfARow
    this.lives = new SessionLives(chunkBits)
    this.windows = parts.createWindows(maxRecords, chunkBits)
    this.keys = new Column(bytes, 2 * KEY_LENGTH, chunkBits)
    this.contexts = new TextColumn(CONTEXT_LENGTH, '', chunkBits)
    this.sealed = new Column(uint64s, 1, chunkBits)
    this.counters = new Column(uint32s, 2, chunkBits)
  }

  /**
   * A row for a new session.
   * @param now monotonic milliseconds
   * @throws what `writeKeys` throws; then the row is erased and as free as it was
   */
  take(contextId: string, now: number, writeKeys: WriteKeys): number {
    const row = this.free > 0 ? this.free - 1 : this.rows
    try {
      writeKeys(this.keys.of(row), this.keys.at(row))
    } catch (error) {
      this.eraseKeys(row)
      throw error
    }
    if (row === this.rows) this.rows++
    else this.free = this.counter(row, UNANSWERED)
    this.setUnanswered(row, 0)
    this.contexts.write(row, contextId)
    this.lives.begin(row, now)
    return row
  }

  /** Which use of its row a session is. */
  generation(row: number): number {
    return this.counter(row, GENERATION)
  }

  /** Is the row still that of the session which had it in this generation? */
  isHeld(row: number, generation: number): boolean {
    return this.counter(row, GENERATION) === generation
  }

  contextId(row: number): string {
    return this.contexts.read(row)
  }

  isInContext(row: number, contextId: string): boolean {
    return this.contexts.is(row, contextId)
  }

  /** `c2sEnc`, 32 bytes where they are: to be used at once, for the row may be another session's later. */
  c2sEnc(row: number): Uint8Array {
    const at = this.keys.at(row)
    return this.keys.of(row).subarray(at, at + KEY_LENGTH)
  }

  /** `s2cEnc`, as {@link c2sEnc} */
  s2cEnc(row: number): Uint8Array {
    const at = this.keys.at(row) + KEY_LENGTH
    return this.keys.of(row).subarray(at, at + KEY_LENGTH)
  }

  /** Number of the record that this end seals next. */
  nextSeq(row: number): bigint {
    return this.sealed.of(row)[this.sealed.at(row)]!
  }

  /** A record has been sealed. */
  advance(row: number): void {
    this.sealed.of(row)[this.sealed.at(row)]!++
  }

  /** Requests that are under way. */
  unanswered(row: number): number {
    return this.counter(row, UNANSWERED)
  }

  /** A request is under way: until it is finished, the key of its answer is kept, and the row with it. */
  begin(row: number): void {
    this.setUnanswered(row, this.unanswered(row) + 1)
  }

  /** A request that was begun has its answer, or never will have one. */
  finish(row: number): void {
    const left = this.unanswered(row) - 1
    this.setUnanswered(row, left)
    if (left === 0 && !this.lives.isAlive(row)) this.release(row)
  }

  /**
   * Ends a session, unless it has ended. Its `c2sEnc` is erased at once; the row stays until the requests that are under way
   * are finished (task.close-ends), and is erased then (session.erasure).
   */
  end(row: number): void {
    if (!this.lives.isAlive(row)) return
    this.lives.end(row)
    this.eraseKeys(row, KEY_LENGTH)
    const listeners = this.listeners.get(row)
    this.listeners.delete(row)
    // A listener may finish the last request, and the row must not be another session's before all have been told.
    this.begin(row)
    try {
      this.onEnd?.(row)
      listeners?.forEach(listener => listener())
    } finally {
      this.finish(row)
    }
  }

  /** Calls `listener` when the session ends, once. */
  whenEnded(row: number, listener: () => void): void {
    const listeners = this.listeners.get(row)
    if (listeners === undefined) this.listeners.set(row, new Set([listener]))
    else listeners.add(listener)
  }

  /** Does not call `listener` any more. */
  forget(row: number, listener: () => void): void {
    const listeners = this.listeners.get(row)
    if (listeners?.delete(listener) && listeners.size === 0) this.listeners.delete(row)
  }

  private release(row: number): void {
    this.eraseKeys(row)
    this.windows.clear(row)
    this.contexts.clear(row)
    this.listeners.delete(row)
    this.sealed.of(row)[this.sealed.at(row)] = 0n
    const uses = ++this.counters.of(row)[this.counters.at(row) + GENERATION]!
    if (uses >= this.usesOfARow) return
    this.setUnanswered(row, this.free)
    this.free = row + 1
  }

  private eraseKeys(row: number, length = 2 * KEY_LENGTH): void {
    const at = this.keys.at(row)
    this.keys.of(row).fill(0, at, at + length)
  }

  private counter(row: number, which: number): number {
    return this.counters.of(row)[this.counters.at(row) + which]!
  }

  private setUnanswered(row: number, requests: number): void {
    this.counters.of(row)[this.counters.at(row) + UNANSWERED] = requests
  }
}
