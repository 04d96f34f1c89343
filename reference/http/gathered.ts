/** Bytes in the order of their arrival. Pieces are copied together, so that a body in pieces of one byte costs no more. */
export class Gathered {
  private buffer = Buffer.allocUnsafe(16_384)
  length = 0

  add(piece: Uint8Array): void {
    const length = this.length + piece.length
    if (length > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.buffer.length))
      larger.set(this.buffer.subarray(0, this.length))
      this.buffer = larger
    }
    this.buffer.set(piece, this.length)
    this.length = length
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.buffer.buffer, this.buffer.byteOffset, this.length)
  }
}
