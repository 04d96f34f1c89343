/** Rows by which a table grows, as a power of two, unless it is told otherwise. */
export const CHUNK_BITS = 12

/** Makes `length` cells, each zero. */
type MakeCells<Cells> = (length: number) => Cells

export const bytes: MakeCells<Uint8Array> = length => new Uint8Array(length)
export const uint32s: MakeCells<Uint32Array> = length => new Uint32Array(length)
export const uint64s: MakeCells<BigUint64Array> = length => new BigUint64Array(length)
export const doubles: MakeCells<Float64Array> = length => new Float64Array(length)

/**
 * A column of a table: `width` cells for each row, in typed arrays of 2^`bits` rows. It grows by whole chunks, so that
 * growing copies nothing, takes the same short time at any size, and leaves no copy of a secret behind.
 *
 * ```
 * const [cells, at] = [column.of(row), column.at(row)]     the cells of the row are cells[at] to cells[at + width - 1]
 * ```
 */
export class Column<Cells> {
  private readonly chunks: Cells[] = []
  private readonly mask: number

  constructor(
    private readonly make: MakeCells<Cells>,
    private readonly width = 1,
    private readonly bits = CHUNK_BITS,
  ) {
    this.mask = (1 << bits) - 1
  }

  /** The chunk in which the cells of `row` are. Rows are first asked for in their order. */
  of(row: number): Cells {
    return this.chunks[row >>> this.bits] ?? this.grow(row)
  }

  /** Where in its chunk the cells of `row` begin. */
  at(row: number): number {
    return (row & this.mask) * this.width
  }

  private grow(row: number): Cells {
    return (this.chunks[row >>> this.bits] = this.make(this.width << this.bits))
  }
}
