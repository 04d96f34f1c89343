import { BLOCK_BYTES } from './sha256-compress.js'
import { Sha256Stream } from './sha256-stream.js'

/** Bytes of a tag. */
export const TAG_BYTES = 32

/**
 * HMAC-SHA256 (RFC 2104) under one key after another. The two blocks that a key fills are compressed once, when it is set, so
 * that a further message costs two compressions less (RFC 2104 §4). Allocates nothing.
 */
export class Hmac {
  private readonly inner = new Int32Array(8)
  private readonly outer = new Int32Array(8)
  private readonly pad = new Uint8Array(BLOCK_BYTES)
  private readonly digest = new Uint8Array(TAG_BYTES)

  constructor(private readonly hash: Sha256Stream = new Sha256Stream()) {}

  /** Takes a key of any length. */
  setKey(key: Uint8Array): void {
    const { pad, hash } = this
    if (key.length > BLOCK_BYTES) {
      hash.begin()
      hash.update(key)
      hash.finish(pad)
      pad.fill(0, TAG_BYTES)
    } else {
      pad.set(key)
      pad.fill(0, key.length)
    }
    this.takePad(0x36, this.inner)
    this.takePad(0x36 ^ 0x5c, this.outer)
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
    hash.finish(digest)
    hash.begin(this.outer, BLOCK_BYTES)
    hash.update(digest)
    hash.finish(into, at, count)
  }

  /** Erases the key, and what is left of messages. */
  erase(): void {
    this.inner.fill(0)
    this.outer.fill(0)
    this.pad.fill(0)
    this.digest.fill(0)
    this.hash.erase()
  }
  private takePad(byte: number, state: Int32Array): void {
    const { pad, hash } = this
    for (let at = 0; at < BLOCK_BYTES; at++) pad[at]! ^= byte
    hash.begin()
    hash.update(pad)
    hash.saveTo(state)
  }
}

// One for everybody: nothing else runs between the setting of a key and its erasure.
const mac = new Hmac()

/** HMAC-SHA256 (RFC 2104) of `message`: 32 bytes. `key` may have any length. */
export const hmacSha256 = (key: Uint8Array, message: Uint8Array): Uint8Array => {
  const tag = new Uint8Array(TAG_BYTES)
  mac.setKey(key)
  mac.begin()
  mac.update(message)
  mac.finish(tag)
  mac.erase()
  return tag
}
