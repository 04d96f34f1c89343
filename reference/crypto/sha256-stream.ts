import { BLOCK_BYTES, BLOCK_WORDS, compress as sha256Compress, initialState, type Compress } from './sha256-compress.js'

/** Words of a hash. */
export const HASH_WORDS = 8
/** Where the 64 bits of the length stand in the last block. */
const LENGTH_AT = BLOCK_BYTES - 8

/**
 * SHA-256 (FIPS 180-4) of one text after another, in the same few buffers: it allocates nothing. For texts of a few blocks,
 * such as those of HMAC and HKDF; with longer ones OpenSSL is faster.
 */
export class Sha256Stream {
  private readonly state = new Int32Array(HASH_WORDS)
  /** The block, as words, and what it is scheduled to. */
  private readonly words = new Int32Array(64)
  /** Bytes of the block that are there; those of a word that is not whole stand to its right. */
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
    const { words } = this
    for (let at = start; at < end;) {
      const word = this.filled >> 2
      if ((this.filled & 3) === 0 && at + 4 <= end) {
        words[word] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
        at += 4
        this.filled += 4
      } else {
        words[word] = (words[word]! << 8) | bytes[at++]!
        this.filled++
      }
      if (this.filled === BLOCK_BYTES) this.takeBlock()
    }
    this.length += end - start
  }

  /** Goes on with words, each XORed with `mask`, where a whole word is due. */
  updateWords(words: Int32Array, mask = 0): void {
    for (let at = 0; at < words.length; at++, this.filled += 4) {
      if (this.filled === BLOCK_BYTES) this.takeBlock()
      this.words[this.filled >> 2] = words[at]! ^ mask
    }
    if (this.filled === BLOCK_BYTES) this.takeBlock()
    this.length += 4 * words.length
  }

  /** Ends the text, and copies the hash, 8 words. */
  finishWords(into: Int32Array): void {
    this.pad()
    into.set(this.state)
  }

  /** Ends the text, and writes the first `count` bytes of its hash, 32 at most, into `into` from `at` on. */
  finish(into: Uint8Array, at = 0, count = 32): void {
    this.pad()
    for (let byte = 0; byte < count; byte++) into[at + byte] = this.state[byte >> 2]! >>> (24 - 8 * (byte & 3))
  }

  /** Copies the state (8 words) that a whole number of blocks has led to. */
  saveTo(state: Int32Array): void {
    state.set(this.state)
  }

  /** Erases what is left of the last text. */
  erase(): void {
    this.state.fill(0)
    this.words.fill(0)
  }

  private takeBlock(): void {
    this.compress(this.state, this.words)
    this.filled = 0
  }

  /** FIPS 180-4 §5.1.1: a bit, zeros, and the length in bits, whose upper half is zero below 512 MiB. */
  private pad(): void {
    const { words, filled } = this
    let word = filled >> 2
    const [left, free] = [words[word]! << 8, 3 - (filled & 3)]
    words[word++] = ((filled & 3) === 0 ? 0x80 : left | 0x80) << (8 * free)
    if (filled >= LENGTH_AT) {
      while (word < BLOCK_WORDS) words[word++] = 0
      this.compress(this.state, words)
      word = 0
    }
    while (word < BLOCK_WORDS - 2) words[word++] = 0
    words[word++] = Math.floor(this.length / 2 ** 29)
    words[word] = this.length << 3
    this.takeBlock()
  }
}
