import { Column } from './column.js'

/**
 * A column of texts. One of ASCII that begins with the prefix and goes on with no more characters than there is room for is
 * in the cells of its row, without the prefix; any other is in a map beside them.
 */
export class TextColumn {
  private readonly cells: Column<Buffer>
  private readonly others = new Map<number, string>()

  /** @param room characters after the prefix, up to 253 */
  constructor(
    private readonly room: number,
    private readonly prefix = '',
    chunkBits?: number,
  ) {
    // Before the characters stands one more than how many there are: 0 where there is no text here.
    this.cells = new Column(length => Buffer.alloc(length), 1 + room, chunkBits)
  }

  write(row: number, text: string): void {
    this.clear(row)
    if (!this.writeCells(row, text)) this.others.set(row, text)
  }

  /** What was written; nothing, where nothing was. */
  read(row: number): string {
    const cells = this.cells.of(row)
    const at = this.cells.at(row)
    if (cells[at] === 0) return this.others.get(row) ?? ''
    return this.prefix + cells.toString('latin1', at + 1, at + cells[at]!)
  }

  /** Is `text` what was written? Makes no text to find out. */
  is(row: number, text: string): boolean {
    const cells = this.cells.of(row)
    const at = this.cells.at(row)
    if (cells[at] === 0) return this.others.get(row) === text
    const skipped = this.prefix.length
    if (text.length - skipped !== cells[at]! - 1 || !text.startsWith(this.prefix)) return false
    for (let i = skipped; i < text.length; i++) if (cells[at + 1 + i - skipped] !== text.charCodeAt(i)) return false
    return true
  }

  /** Forgets what was written. */
  clear(row: number): void {
    this.cells.of(row)[this.cells.at(row)] = 0
    if (this.others.size > 0) this.others.delete(row)
  }

  private writeCells(row: number, text: string): boolean {
    const cells = this.cells.of(row)
    const at = this.cells.at(row)
    const length = text.length - this.prefix.length
    if (length > this.room || !text.startsWith(this.prefix)) return false
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(this.prefix.length + i)
      if (code > 0x7f) return false
      cells[at + 1 + i] = code
    }
    cells[at] = 1 + length
    return true
  }
}
