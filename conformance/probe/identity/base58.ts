import { encodeHex, parseHex } from '../bytes/hex.js'
import { concat } from '../bytes/framing.js'
import { Refusal } from '../refusal.js'

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

const leading = (items: Iterable<unknown>, zero: unknown): number => {
  let count = 0
  for (const item of items) {
    if (item !== zero) break
    count += 1
  }
  return count
}

/** base58btc of any bytes: one `1` for each leading zero byte, then the number in base 58. */
export const encodeBase58 = (bytes: Uint8Array): string => {
  let digits = ''
  for (let rest = BigInt(`0x0${encodeHex(bytes)}`); rest > 0n; rest /= 58n)
    digits = alphabet.charAt(Number(rest % 58n)) + digits
  return '1'.repeat(leading(bytes, 0)) + digits
}

/**
 * Bytes of a base58btc text of up to 512 characters (the work grows with the square of the length).
 * @throws Refusal `encoding` on another alphabet, `length` on a longer text
 */
export const parseBase58 = (text: string): Uint8Array => {
  if (text.length > 512) throw new Refusal('length', 'base58')
  let value = 0n
  for (const character of text) {
    const digit = alphabet.indexOf(character)
    if (digit < 0) throw new Refusal('encoding', 'base58')
    value = value * 58n + BigInt(digit)
  }
  const hex = value === 0n ? '' : value.toString(16)
  return concat(new Uint8Array(leading(text, '1')), parseHex(hex.padStart(hex.length + (hex.length % 2), '0')))
}
