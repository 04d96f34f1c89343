import { flipped } from './fixed.js'

/** `hex` of an X25519 public key with bit 255 set. */
export const withHighBit = (publicKey: string): string => flipped(publicKey, 31, 0x80)

/** X25519 public keys whose shared secret is all zero for every private key (RFC 7748 §6.1, RFC 7748 §7). */
export const smallOrderX25519: readonly { name: string; bytes: string }[] = [
  { name: 'zero', bytes: '0000000000000000000000000000000000000000000000000000000000000000' },
  { name: 'one', bytes: '0100000000000000000000000000000000000000000000000000000000000000' },
  { name: 'order-8', bytes: 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800' },
  { name: 'order-8-other', bytes: '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157' },
  { name: 'p-minus-1', bytes: 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f' },
  { name: 'p', bytes: 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f' },
  { name: 'p-plus-1', bytes: 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f' },
  { name: 'zero-high-bit', bytes: '0000000000000000000000000000000000000000000000000000000000000080' },
  { name: 'p-minus-1-high-bit', bytes: 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff' },
]

/** The eight points of Ed25519 whose order divides 8, each in its one canonical encoding. */
export const smallOrderEd25519: readonly { name: string; bytes: string }[] = [
  { name: 'identity', bytes: '0100000000000000000000000000000000000000000000000000000000000000' },
  { name: 'order-2', bytes: 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f' },
  { name: 'order-4', bytes: '0000000000000000000000000000000000000000000000000000000000000000' },
  { name: 'order-4-negative', bytes: '0000000000000000000000000000000000000000000000000000000000000080' },
  { name: 'order-8', bytes: '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05' },
  { name: 'order-8-negative', bytes: '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85' },
  { name: 'order-8-other', bytes: 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a' },
  { name: 'order-8-other-negative', bytes: 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa' },
]

/** Encodings of Ed25519 points that are not canonical: y of p or more, or x = 0 with the sign bit. */
export const nonCanonicalEd25519: readonly { name: string; bytes: string }[] = [
  { name: 'identity-sign', bytes: '0100000000000000000000000000000000000000000000000000000000000080' },
  { name: 'order-2-sign', bytes: 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff' },
  { name: 'p', bytes: 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f' },
  { name: 'p-sign', bytes: 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff' },
  { name: 'p-plus-1', bytes: 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f' },
  { name: 'p-plus-1-sign', bytes: 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff' },
  { name: 'p-plus-3', bytes: 'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f' },
  { name: 'p-plus-18', bytes: 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f' },
  { name: 'all-ff', bytes: 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff' },
]
