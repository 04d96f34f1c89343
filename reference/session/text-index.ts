import { Column, uint32s } from './column.js'
import { TextColumn } from './text-column.js'

/** A bucket is split when there are more than so many for each. */
const TEXTS_A_BUCKET = 2

/** FNV-1a from a secret start, and the last step of MurmurHash3, by which every bit depends on every character. */
const hashOf = (text: string, seed: number): number => {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * Rows by text, by linear hashing: each text that comes splits one bucket in two, so that none waits until all others have
 * moved.
 */
export class TextIndex {
  private readonly texts: TextColumn
  /** For each row the hash of its text, and one more than the next row of its bucket. */
  private readonly nodes = new Column(uint32s, 2)
  /** One more than the first row of each bucket. */
  private readonly buckets = new Column(uint32s)
  private bucketCount = 1
  /** The bits of a hash that name a bucket, where there is that bucket already. */
  private mask = 0
  private size = 0

  /**
   * @param room characters after the prefix for which a row has room
   * @param prefix what most of the texts begin with
   * @param seed 32 bits that a peer does not know, so that nobody can choose texts that all fall into one bucket
   */
  constructor(
    room: number,
    prefix: string,
    private readonly seed: number,
  ) {
    this.texts = new TextColumn(room, prefix)
  }

  /** The text of a row that was added. */
  read(row: number): string {
    return this.texts.read(row)
  }

  /** The row that was added last of those with this text, or -1. */
  find(text: string): number {
    const hash = hashOf(text, this.seed)
    for (let row = this.firstOf(this.bucketOf(hash)); row >= 0; row = this.nextOf(row))
      if (this.hashAt(row) === hash && this.texts.is(row, text)) return row
    return -1
  }

  add(text: string, row: number): void {
    const hash = hashOf(text, this.seed)
    this.texts.write(row, text)
    this.nodes.of(row)[this.nodes.at(row)] = hash
    this.push(this.bucketOf(hash), row)
    if (++this.size > TEXTS_A_BUCKET * this.bucketCount) this.splitOne()
  }

  /** Forgets a row that was added. */
  remove(row: number): void {
    const bucket = this.bucketOf(this.hashAt(row))
    const next = this.nextOf(row)
    let before = this.firstOf(bucket)
    if (before === row) this.setFirst(bucket, next)
    else {
      for (let after = this.nextOf(before); after !== row; after = this.nextOf(before)) before = after
      this.setNext(before, next)
    }
    this.texts.clear(row)
    this.size--
  }

  private bucketOf(hash: number): number {
    const bucket = hash & this.mask
    return bucket < this.bucketCount ? bucket : bucket & (this.mask >>> 1)
  }

  private splitOne(): void {
    const added = this.bucketCount++
    if (added > this.mask) this.mask = this.mask * 2 + 1
    const split = added & (this.mask >>> 1)
    let row = this.firstOf(split)
    this.setFirst(split, -1)
    while (row >= 0) {
      const next = this.nextOf(row)
      this.push(this.bucketOf(this.hashAt(row)), row)
      row = next
    }
  }

  private push(bucket: number, row: number): void {
    this.setNext(row, this.firstOf(bucket))
    this.setFirst(bucket, row)
  }

  private firstOf(bucket: number): number {
    return this.buckets.of(bucket)[this.buckets.at(bucket)]! - 1
  }

  private setFirst(bucket: number, row: number): void {
    this.buckets.of(bucket)[this.buckets.at(bucket)] = row + 1
  }

  private hashAt(row: number): number {
    return this.nodes.of(row)[this.nodes.at(row)]!
  }

  private nextOf(row: number): number {
    return this.nodes.of(row)[this.nodes.at(row) + 1]! - 1
  }

  private setNext(row: number, next: number): void {
    this.nodes.of(row)[this.nodes.at(row) + 1] = next + 1
  }
}
