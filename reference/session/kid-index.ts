import { Column, uint32s } from './column.js'
import { TextColumn } from './text-column.js'

/** Characters of `kid-` and a UUID. */
const KID_LENGTH = 40

/** FNV-1a, and the last step of MurmurHash3, by which every bit depends on every character. */
const hashOf = (kid: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < kid.length; i++) hash = Math.imul(hash ^ kid.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * Rows by kid, by linear hashing: each kid that comes splits one bucket in two, so that no kid waits until all others have
 * moved. The kids in it were drawn at random by this end, and a stranger who asks for a kid of his own choice adds none: the
 * chains stay short without a secret hash.
 */
export class KidIndex {
  private readonly kids = new TextColumn(KID_LENGTH)
  /** For each row the hash of its kid, and one more than the next row of its bucket. */
  private readonly nodes = new Column(uint32s, 2)
  /** One more than the first row of each bucket. */
  private readonly buckets = new Column(uint32s)
  private bucketCount = 1
  /** The bits of a hash that name a bucket, where there is that bucket already. */
  private mask = 0
  private size = 0

  /** The row that was added last of those under `kid`, or -1. */
  find(kid: string): number {
    const hash = hashOf(kid)
    for (let row = this.firstOf(this.bucketOf(hash)); row >= 0; row = this.nextOf(row))
      if (this.hashAt(row) === hash && this.kids.is(row, kid)) return row
    return -1
  }

  add(kid: string, row: number): void {
    const hash = hashOf(kid)
    this.kids.write(row, kid)
    this.nodes.of(row)[this.nodes.at(row)] = hash
    this.push(this.bucketOf(hash), row)
    if (++this.size > this.bucketCount) this.splitOne()
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
    this.kids.clear(row)
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
