import { Column, uint32s } from './column.js'

/** A list of rows in an order. Each row is in at most one list of the same links. */
export interface RowList {
  /** The first row, or -1 where the list is empty. */
  first: number
  last: number
  length: number
}

/** A list without rows. */
export const emptyList = (): RowList => ({ first: -1, last: -1, length: 0 })

const NONE = -1

/** The links of lists of rows: two numbers a row, and nothing on the heap. */
export class RowLinks {
  // One more than the row before and the row after, so that what was never written says that there is none.
  private readonly links: Column<Uint32Array>

  constructor(chunkBits?: number) {
    this.links = new Column(uint32s, 2, chunkBits)
  }

  /** Puts `row`, which is in no list, at the end. */
  append(list: RowList, row: number): void {
    this.link(list.last, row, list)
    this.link(row, NONE, list)
    list.length++
  }

  /** Takes `row`, which is in the list, out of it. */
  remove(list: RowList, row: number): void {
    const cells = this.links.of(row)
    const at = this.links.at(row)
    this.link(cells[at]! - 1, cells[at + 1]! - 1, list)
    list.length--
  }

  /** Moves `row`, which is in the list, to its end. */
  moveToEnd(list: RowList, row: number): void {
    if (list.last === row) return
    this.remove(list, row)
    this.append(list, row)
  }

  private link(before: number, after: number, list: RowList): void {
    if (before === NONE) list.first = after
    else this.links.of(before)[this.links.at(before) + 1] = after + 1
    if (after === NONE) list.last = before
    else this.links.of(after)[this.links.at(after)] = before + 1
  }
}
