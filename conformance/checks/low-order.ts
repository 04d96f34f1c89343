/** A point of each small order, as u-coordinates (RFC 7748 §7; two that are not reduced among them). */
export const lowOrderX25519 = {
  zero: '0000000000000000000000000000000000000000000000000000000000000000',
  one: '0100000000000000000000000000000000000000000000000000000000000000',
  'order 8': 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  'minus one': 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'p, not reduced': 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
} as const
