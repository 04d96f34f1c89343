import { BLOCK_BYTES, BLOCK_WORDS } from './sha256-compress.js'
import { HASH_WORDS, Sha256Stream } from './sha256-stream.js'

/** Bytes of a tag. */
export const TAG_BYTES = 32
/** The bytes 0x36 and 0x5c of RFC 2104 §2, as words. */
const [INNER_PAD, OUTER_PAD] = [0x36363636, 0x5c5c5c5c]

/**
 * HMAC-SHA256 (RFC 2104) under one key after another, for the key schedule of sessions: a library hands out no state between
 * blocks without allocating. The two blocks that a key fills are compressed once, when it is set, so
 * that a further message costs two compressions less (RFC 2104 §4). Allocates nothing.
 */
export class Hmac {
  private readonly inner = new Int32Array(HASH_WORDS)
  private readonly outer = new Int32Array(HASH_WORDS)
  /** The key, and zeros up to a block. */
  private readonly key = new Int32Array(BLOCK_WORDS)
  private readonly digest = new Int32Array(HASH_WORDS)

  constructor(private readonly hash: Sha256Stream = new Sha256Stream()) {}

  /** Takes a key of any length. */
  setKey(bytes: Uint8Array): void {
    const { key, hash } = this
    key.fill(0)
    if (bytes.length > BLOCK_BYTES) {
      hash.begin()
      hash.update(bytes)
      hash.finishWords(key)
    } else for (let at = 0; at < bytes.length; at++) key[at >> 2]! |= bytes[at]! << (24 - 8 * (at & 3))
    this.takePad(INNER_PAD, this.inner)
    this.takePad(OUTER_PAD, this.outer)
  }

  /** Begins a message. */
  begin(): void {
    this.hash.begin(this.inner, BLOCK_BYTES)
  }

  /** Goes on with the bytes from `start` up to and without `end`. */
  update(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.hash.update(bytes, start, end)
  }

  /** Ends the message, and writes the first `count` bytes of its tag, 32 at most, into `into` from `at` on. */
  finish(into: Uint8Array, at = 0, count = TAG_BYTES): void {
    const { hash, digest } = this
    hash.finishWords(digest)
    hash.begin(this.outer, BLOCK_BYTES)
    hash.updateWords(digest)
    hash.finish(into, at, count)
  }

  /** Erases the key, and what is left of messages. */
  erase(): void {
    this.inner.fill(0)
    this.outer.fill(0)
    this.key.fill(0)
    this.digest.fill(0)
    this.hash.erase()
  }

  private takePad(mask: number, state: Int32Array): void {
    this.hash.begin()
    this.hash.updateWords(this.key, mask)
    this.hash.saveTo(state)
  }
}

/** The counters of the blocks, one byte each: a message is made of bytes in arrays. */
const counters = Uint8Array.from({ length: 256 }, (_, counter) => counter)

/**
 * HKDF-Expand (RFC 5869 §2.3) with SHA-256 under the key that `mac` has, straight into `length` bytes of `into` from `at` on.
 * The key stays. Allocates nothing.
 */
export const expandInto = (mac: Hmac, info: Uint8Array, into: Uint8Array, at: number, length: number): void => {
  for (let done = 0, counter = 1; done < length; done += TAG_BYTES, counter++) {
    mac.begin()
    if (done > 0) mac.update(into, at + done - TAG_BYTES, at + done)
    mac.update(info)
    mac.update(counters, counter, counter + 1)
    mac.finish(into, at + done, Math.min(TAG_BYTES, length - done))
  }
}
