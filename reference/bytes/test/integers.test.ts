import fc from 'fast-check'
import t from 'tap'
import { concat } from '../concat.js'
import { encodeHex } from '../hex.js'
import { be16, be32, be64, len16, readBe64, u8 } from '../integers.js'

const internal = { name: 'SageError', code: 'internal' }

t.test('integers are unsigned and big-endian', async t => {
  t.equal(encodeHex(u8(255)), 'ff')
  t.equal(encodeHex(be16(0x0102)), '0102')
  t.equal(encodeHex(be32(0x01020304)), '01020304')
  t.equal(encodeHex(be32(0xfffffffe)), 'fffffffe')
  t.equal(encodeHex(be64(0x0102030405060708n)), '0102030405060708')
  t.equal(encodeHex(be64((1n << 64n) - 1n)), 'ffffffffffffffff')
})

t.test('what does not fit is refused, never cut', async t => {
  for (const value of [-1, 256, 0.5, NaN]) t.throws(() => u8(value), internal)
  t.throws(() => be16(65536), internal)
  t.throws(() => be32(2 ** 32), internal)
  t.throws(() => be64(-1n), internal)
  t.throws(() => be64(1n << 64n), internal)
  t.throws(() => len16(new Uint8Array(65536)), internal)
})

t.test('a 64-bit integer survives the way out and back, above 2^53 too', async () => {
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 64n) - 1n), value => {
      t.equal(readBe64(be64(value)), value)
      t.equal(readBe64(concat(be64(value), u8(7)).subarray()), value)
    }),
    { numRuns: 100 },
  )
  t.equal(readBe64(concat(u8(1), be64(5n)).subarray(1)), 5n)
})

t.test('len16 counts the bytes of UTF-8', async t => {
  t.equal(encodeHex(len16('')), '0000')
  t.equal(encodeHex(len16('ab')), '00026162')
  t.equal(encodeHex(len16('\u00e9')), '0002c3a9')
  t.equal(encodeHex(len16(new Uint8Array([1]))), '000101')
})

t.test('concat joins in order into memory of its own', async () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 6 }), parts => {
      t.strictSame(
        [...concat(...parts)],
        parts.flatMap(part => [...part]),
      )
    }),
    { numRuns: 50 },
  )
  const part = u8(1)
  concat(part).fill(0)
  t.equal(part[0], 1)
})
