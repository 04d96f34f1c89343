import { deflateRawSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { crc32 } from '../../bytes/crc32.js'
import { concat } from '../../bytes/concat.js'
import { isSageError } from '../../bytes/sage-error.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { deflate, inflate } from '../gzip.js'

const MAX = 65_536
const text = encodeUtf8('what was compressed before it was sealed')

/** Made by gzip 1.12: `gzip -9 -N` of a file `h` of 2024-01-01 with the text 'hello' and a line feed. */
const byGzip = Buffer.from('1f8b08088000926502036800cb48cdc9c9e7020020303a3606000000', 'hex')

/** A member with an optional part of the header. */
const withHeader = (flags: number, ...extra: Uint8Array[]): Uint8Array =>
  concat(Uint8Array.of(0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255), ...extra, gzipSync(text).subarray(10))

const headerChecksum = (header: Uint8Array): Uint8Array => {
  const crc = crc32(header)
  return Uint8Array.of(crc & 0xff, (crc >> 8) & 0xff)
}

const refuses = async (t: Test, member: Uint8Array, code = 'malformed', maxBytes = MAX, name = ''): Promise<void> => {
  const error: unknown = await inflate(member, maxBytes).catch((error: unknown) => error)
  t.match(error, { code }, name)
}

/** A member with some of its bytes changed. */
const changed = (at: number, bit: number, member: Uint8Array = gzipSync(text)): Uint8Array => {
  const copy = Uint8Array.from(member)
  copy[at < 0 ? member.length + at : at]! ^= bit
  return copy
}

t.test('what was compressed is inflated, at any level, with any strategy', async t => {
  t.same(await inflate(byGzip, MAX), encodeUtf8('hello\n'))
  for (let level = 0; level <= 9; level++) t.same(await inflate(gzipSync(text, { level }), MAX), text)
  for (let strategy = 0; strategy <= 4; strategy++) t.same(await inflate(gzipSync(text, { strategy }), MAX), text)
  const plaintexts = fc.uint8Array({ maxLength: 3000, size: 'max' })
  await fc.assert(
    fc.asyncProperty(plaintexts, async bytes => {
      const member = await deflate(bytes)
      t.same(await inflate(member, MAX), bytes)
      t.same(gunzipSync(member), Buffer.from(bytes))
    }),
    { numRuns: 30 },
  )
})

t.test('the optional parts of a header are stepped over, and their checksum is looked at', async t => {
  const name = encodeUtf8('name\0')
  const extra = concat(Uint8Array.of(4, 0), encodeUtf8('abcd'))
  t.same(await inflate(withHeader(0x08, name), MAX), text)
  t.same(await inflate(withHeader(0x04, extra), MAX), text)
  t.same(await inflate(withHeader(0x10, name), MAX), text)
  t.same(await inflate(withHeader(0x01), MAX), text, 'FTEXT')
  const header = concat(Uint8Array.of(0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 255), extra, name, name)
  t.same(await inflate(withHeader(0x1e, extra, name, name, headerChecksum(header)), MAX), text)
  await refuses(t, withHeader(0x1e, extra, name, name, Uint8Array.of(1, 2)))
})

t.test('what is not exactly one member is malformed', async t => {
  const member = gzipSync(text)
  const wrong: Record<string, Uint8Array> = {
    nothing: new Uint8Array(),
    'the plaintext itself': text,
    zlib: deflateSync(text),
    'raw deflate': deflateRawSync(text),
    'another method': changed(2, 1),
    'a reserved flag': changed(3, 0x20),
    'a damaged body': changed(14, 0xff),
    'a wrong checksum': changed(-8, 1),
    'a wrong length': changed(-4, 1),
    'a byte after it': concat(member, Uint8Array.of(0)),
    'text after it': concat(member, text),
    'a second member': concat(member, member),
    'an empty member before it': concat(gzipSync(''), member),
    'an empty member after it': concat(member, gzipSync('')),
    'the start of a second member': concat(member, member.subarray(0, 2)),
    'a name that does not end': withHeader(0x08, encodeUtf8('name')).subarray(0, 14),
    'an extra field that does not end': withHeader(0x04, Uint8Array.of(255, 255)),
  }
  for (const [name, bytes] of Object.entries(wrong)) await refuses(t, bytes, 'malformed', MAX, name)
  const whole = withHeader(0x1e, Uint8Array.of(1, 0, 7), encodeUtf8('n\0c\0'), Uint8Array.of(0, 0))
  for (const all of [member, whole])
    for (let length = 0; length < all.length; length++) await refuses(t, all.subarray(0, length))
})

t.test('hostile bytes are refused or inflated, and nothing else happens', async t => {
  const start = Uint8Array.of(0x1f, 0x8b, 8)
  const member = gzipSync(text)
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map(rest => concat(start, rest)),
    fc.tuple(fc.nat({ max: member.length - 1 }), fc.integer({ min: 1, max: 255 })).map(([at, bit]) => changed(at, bit)),
  )
  await fc.assert(
    fc.asyncProperty(hostile, async bytes => {
      await inflate(bytes, 1024).catch((error: unknown) => {
        if (!isSageError(error)) throw error
      })
    }),
    { numRuns: 300 },
  )
  t.pass()
})

t.test('the limit is inclusive, and inflating stops there', async t => {
  const most = new Uint8Array(MAX)
  t.equal((await inflate(gzipSync(most), MAX)).length, MAX)
  await refuses(t, gzipSync(new Uint8Array(MAX + 1)), 'payload_too_large')
  await refuses(t, gzipSync(text), 'payload_too_large', text.length - 1)
  t.same(await inflate(gzipSync(text), text.length), text)
})

t.test('a bomb costs no more than the limit', async t => {
  const bomb = gzipSync(new Uint8Array(2 ** 28), { level: 9 })
  t.ok(bomb.length < 2 ** 28 / 1000)
  const before = process.memoryUsage()
  await refuses(t, bomb, 'payload_too_large', 2 ** 20)
  const { arrayBuffers } = process.memoryUsage()
  t.ok(arrayBuffers - before.arrayBuffers < 8 * 2 ** 20, `${arrayBuffers - before.arrayBuffers} bytes`)
})
