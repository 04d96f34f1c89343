import { bytes, Column } from './column.js'

/** A column of texts. A short one of ASCII is in the cells of its row, any other in a map beside them. */
export class TextColumn {
  private readonly cells: Column<Uint8Array>
  private readonly others = new Map<number, string>()

  /** @param room characters that a text in the cells has at most, up to 254 */
  constructor(
    private readonly room: number,
    chunkBits?: number,
  ) {
    this.cells = new Column(bytes, room + 1, chunkBits)
  }

  write(row: number, text: string): void {
    const cells = this.cells.of(row)
    const at = this.cells.at(row)
    this.others.delete(row)
    cells[at] = text.length
    if (text.length > this.room) return this.writeBeside(row, text)
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) return this.writeBeside(row, text)
      cells[at + 1 + i] = code
    }
  }

  read(row: number): string {
    const cells = this.cells.of(row)
    const at = this.cells.at(row)
    const length = cells[at]!
    if (length > this.room) return this.others.get(row) ?? ''
    return Buffer.from(cells.buffer, cells.byteOffset + at + 1, length).toString('latin1')
  }

  /** Is `text` what was written? Makes no text to find out. */
  is(row: number, text: string): boolean {
    const cells = this.cells.of(row)
    const at = this.cells.at(row)
    const length = cells[at]!
    if (length > this.room) return this.others.get(row) === text
    if (length !== text.length) return false
    for (let i = 0; i < length; i++) if (cells[at + 1 + i] !== text.charCodeAt(i)) return false
    return true
  }

  /** Writes the empty text. */
  clear(row: number): void {
    this.cells.of(row)[this.cells.at(row)] = 0
    this.others.delete(row)
  }

  private writeBeside(row: number, text: string): void {
    this.cells.of(row)[this.cells.at(row)] = this.room + 1
    this.others.set(row, text)
  }
}
