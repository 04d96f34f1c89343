import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** SHA-256 of `bytes`: 32 bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest())

/** HMAC-SHA256 of `message` under a key of any length: 32 bytes. */
export const hmacSha256 = (key: Uint8Array, message: Uint8Array): Uint8Array =>
  new Uint8Array(createHmac('sha256', key).update(message).digest())

/** Are the bytes the same? In a time that depends on the lengths only. Never throws. */
export const isEqual = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b)
