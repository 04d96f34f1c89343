import { BLOCK_BYTES, compress as sha256Compress, initialState, type Compress } from './sha256-compress.js'

/** Where the length stands in the last block. */
const LENGTH_AT = BLOCK_BYTES - 8

/**
 * SHA-256 (FIPS 180-4) of one text after another, in the same few buffers: it allocates nothing. For texts of a few blocks,
 * such as those of HMAC and HKDF; with longer ones OpenSSL is faster.
 */
export class Sha256Stream {
  private readonly state = new Int32Array(8)
  private readonly block = new Uint8Array(BLOCK_BYTES)
  private readonly schedule = new Int32Array(64)
  /** Bytes of the block that are there. */
  private filled = 0
  /** Bytes of the text so far. */
  private length = 0

  /** @param compress one that counts, in tests */
  constructor(private readonly compress: Compress = sha256Compress) {}

  /** Begins a text: at its start, or after the first `length` bytes of it, whole blocks that have led to the state `from`. */
  begin(from: Int32Array = initialState, length = 0): void {
    this.state.set(from)
    this.length = length
    this.filled = 0
  }

  /** Goes on with the bytes from `start` up to and without `end`. */
  update(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const { block } = this
    let { filled } = this
    for (let at = start; at < end; at++) {
      block[filled++] = bytes[at]!
      if (filled < BLOCK_BYTES) continue
      this.compress(this.state, block, this.schedule)
      filled = 0
    }
    this.filled = filled
    this.length += end - start
  }

  /** Ends the text, and writes the first `count` bytes of its hash, 32 at most, into `into` from `at` on. */
  finish(into: Uint8Array, at = 0, count = 32): void {
    const { state, block, length } = this
    block[this.filled++] = 0x80
    if (this.filled > LENGTH_AT) {
      block.fill(0, this.filled)
      this.compress(state, block, this.schedule)
      this.filled = 0
    }
    block.fill(0, this.filled)
    // The length in bits: its upper bytes, which are zero below 512 MiB, and its lower ones.
    for (let byte = 0, upper = Math.floor(length / 2 ** 29); byte < 4; byte++) {
      block[LENGTH_AT + byte] = upper >>> (24 - 8 * byte)
      block[LENGTH_AT + 4 + byte] = (length << 3) >>> (24 - 8 * byte)
    }
    this.compress(state, block, this.schedule)
    for (let byte = 0; byte < count; byte++) into[at + byte] = state[byte >> 2]! >>> (24 - 8 * (byte & 3))
  }

  /** Copies the state (8 words) that a whole number of blocks has led to. */
  saveTo(state: Int32Array): void {
    state.set(this.state)
  }

  /** Erases what is left of the last text. */
  erase(): void {
    this.state.fill(0)
    this.block.fill(0)
    this.schedule.fill(0)
  }
}
