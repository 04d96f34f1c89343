const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
  return rest
})

/**
 * CRC-32 of RFC 1952 §8, from 0 to 2³²−1, of the bytes whose CRC-32 is `before` and of `bytes` after them. Written out
 * because the oldest platform of the suite has none.
 */
export const crc32 = (bytes: Uint8Array, before = 0): number => {
  let crc = ~before >>> 0
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0)
  return ~crc >>> 0
}

/** A linear map of 32 bits: the images of each of them. */
type BitMap = readonly number[]

const apply = (map: BitMap, bits: number): number =>
  map.reduce((sum, image, bit) => ((bits >>> bit) & 1 ? sum ^ image : sum), 0) >>> 0

const oneZeroByte: BitMap = Array.from({ length: 32 }, (_, bit) => {
  const register = (1 << bit) >>> 0
  return (register >>> 8) ^ (table[register & 0xff] ?? 0)
})

/** CRC-32 of `count` zero bytes, in a time that grows with the logarithm of their number. */
export const crc32OfZeros = (count: number): number => {
  let register = 0xffffffff
  let map = oneZeroByte
  for (let left = count; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) register = apply(map, register)
    map = map.map(image => apply(map, image))
  }
  return ~register >>> 0
}
