import fc from 'fast-check'
import t from 'tap'
import {
  constants,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
  type ZlibOptions,
} from 'node:zlib'
import { concat } from '../../bytes/framing.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { Refusal } from '../../refusal.js'
import { crc32, crc32OfZeros } from '../crc32.js'
import { parseMember } from '../member.js'
import { compressZeros, encodeMember, reachBeforeTheBeginning, store, storeBlocks } from '../writer.js'

const notOneMember = { name: 'Refusal', layer: 'encoding', rule: 'gzip.one-member' }
const tooLong = { name: 'Refusal', layer: 'length', rule: 'gzip.limit' }
const LIMIT = 65_536

t.test('the CRC-32 of the check value that everybody gives, whole and in two parts', async t => {
  t.equal(crc32(encodeUtf8('123456789')), 0xcbf43926)
  t.equal(crc32(encodeUtf8('6789'), crc32(encodeUtf8('12345'))), 0xcbf43926)
  for (const count of [0, 1, 2, 3, 255, 200_000]) t.equal(crc32OfZeros(count), crc32(new Uint8Array(count)))
})

t.test('whatever zlib compresses, in whatever way, is read as it was', async t => {
  const anyWay = fc.record<ZlibOptions>({
    level: fc.integer({ min: 0, max: 9 }),
    strategy: fc.integer({ min: 0, max: constants.Z_FIXED }),
    memLevel: fc.integer({ min: 1, max: 9 }),
    windowBits: fc.integer({ min: 9, max: 15 }),
  })
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), anyWay, (bytes, options) => {
      t.strictSame([...parseMember(gzipSync(bytes, options), LIMIT)], [...bytes])
    }),
  )
})

t.test('what is written is read by zlib, all optional fields of a header included', async t => {
  const anyHeader = fc.record(
    {
      text: fc.boolean(),
      mtime: fc.nat(),
      flags: fc.nat(255),
      os: fc.nat(255),
      extra: fc.uint8Array({ maxLength: 300 }),
      name: fc.string({ maxLength: 20, unit: fc.constantFrom(...'abc./-') }),
      comment: fc.string({ maxLength: 20, unit: fc.constantFrom(...'abc ') }),
      checked: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), anyHeader, (bytes, header) => {
      const member = store(bytes, header)
      t.strictSame([...gunzipSync(member)], [...bytes])
      t.strictSame([...parseMember(member, LIMIT)], [...bytes])
    }),
  )
})

t.test('stored blocks of any size, and more than one', async t => {
  const bytes = Buffer.alloc(70_000, 'stored ')
  t.ok(gunzipSync(store(bytes)).equals(bytes))
  const small = storeBlocks(encodeUtf8('one by one'), 3)
  const member = encodeMember(small, { crc: crc32(encodeUtf8('one by one')), length: 10 })
  t.equal(gunzipSync(member).toString(), 'one by one')
})

t.test('zeros become a thousandth of their length', async t => {
  for (const count of [0, 1, 2, 257, 258, 259, 516, 517, 65_536, 1_000_001]) {
    const member = compressZeros(count)
    t.ok(gunzipSync(member).equals(Buffer.alloc(count)), `${count} zeros`)
  }
  t.ok(compressZeros(10_000_000).length < 10_000_000 / 1000)
})

t.test('inflating stops at the limit, which is inclusive', async t => {
  t.equal(parseMember(compressZeros(LIMIT), LIMIT).length, LIMIT)
  t.throws(() => parseMember(compressZeros(LIMIT + 1), LIMIT), tooLong)
  t.throws(() => parseMember(compressZeros(100_000_000), LIMIT), tooLong)
})

t.test('exactly one member, and no bit otherwise', async t => {
  const text = encodeUtf8('exactly one member')
  const member = store(text)
  const wrong: Record<string, Uint8Array> = {
    nothing: new Uint8Array(0),
    'the text itself': text,
    'zlib around it': deflateSync(text),
    'nothing around it': deflateRawSync(text),
    'a byte after it': concat(member, Uint8Array.of(0)),
    'a second member': concat(member, member),
    'another method': member.with(2, 7),
    'a reserved flag': member.with(3, 0x20),
    'a name without end': encodeMember(new Uint8Array(0), { crc: 0, length: 0 }).with(3, 0x08).subarray(0, 10),
    'an extra field beyond the end': member.with(3, 0x04),
    'another CRC': member.with(member.length - 8, (member.at(-8) ?? 0) ^ 1),
    'another length': member.with(member.length - 4, (member.at(-4) ?? 0) ^ 1),
  }
  for (const [name, bytes] of Object.entries(wrong)) t.throws(() => parseMember(bytes, LIMIT), notOneMember, name)
  for (let length = 0; length < member.length; length++)
    t.throws(() => parseMember(member.subarray(0, length), LIMIT), notOneMember, `cut to ${length} bytes`)
})

t.test('any bytes are a member or a refusal', async t => {
  const honest = gzipSync(Buffer.alloc(400, 'any bytes '))
  const near = fc
    .tuple(fc.nat(honest.length - 1), fc.nat(255))
    .map(([at, byte]) => new Uint8Array(honest).with(at, byte))
  fc.assert(
    fc.property(fc.oneof(near, fc.uint8Array({ maxLength: 60 })), bytes => {
      try {
        t.equal(parseMember(bytes, LIMIT).length, 400)
      } catch (cause) {
        t.ok(cause instanceof Refusal)
      }
    }),
  )
})

t.test('a match before the beginning is refused, and right for whoever finds zeros there', async t => {
  const member = reachBeforeTheBeginning()
  t.throws(() => parseMember(member, LIMIT), notOneMember)
  t.throws(() => gunzipSync(member))
  const lax = inflateRawSync(member.subarray(10, -8), { dictionary: new Uint8Array(32_768) })
  t.strictSame([...lax], [0x61, 0, 0, 0])
  const trailer = Buffer.from(member.slice(-8))
  t.strictSame([trailer.readUInt32LE(0), trailer.readUInt32LE(4)], [crc32(lax), lax.length])
})
