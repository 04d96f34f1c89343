/** Bytes of the first copy at least: bodies come in pieces of the size of a packet. */
const MIN_COPY = 16_384

/**
 * Bytes in the order of their arrival. A body in one piece is that piece; more of them are copied together, so that a body in
 * pieces of one byte costs no more.
 */
export class Gathered {
  private buffer: Uint8Array = new Uint8Array()
  length = 0

  /** @param piece is not changed by anybody from now on */
  add(piece: Uint8Array): void {
    const length = this.length + piece.length
    if (this.length === 0) this.buffer = piece
    else {
      if (length > this.buffer.length) this.buffer = this.larger(length)
      this.buffer.set(piece, this.length)
    }
    this.length = length
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.buffer.buffer, this.buffer.byteOffset, this.length)
  }

  private larger(length: number): Uint8Array {
    const larger = Buffer.allocUnsafe(Math.max(MIN_COPY, length, 2 * this.buffer.length))
    larger.set(this.buffer.subarray(0, this.length))
    return larger
  }
}
