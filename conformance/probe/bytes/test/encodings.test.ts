import fc from 'fast-check'
import t from 'tap'
import { Refusal } from '../../refusal.js'
import { encodeBase64, encodeBase64url, parseBase64, parseBase64url } from '../base64.js'
import { be16, be32, be64, concat, len16, readBe64, u8 } from '../framing.js'
import { encodeHex, parseHex } from '../hex.js'
import { encodeUtf8, parseUtf8 } from '../utf8.js'

const refusal = (layer: string) => ({ name: 'Refusal', layer })

t.test('RFC 4648 §10: the base64 of "foobar", letter by letter', async t => {
  const texts = ['', 'Zg==', 'Zm8=', 'Zm9v', 'Zm9vYg==', 'Zm9vYmE=', 'Zm9vYmFy']
  texts.forEach((text, length) => {
    const bytes = encodeUtf8('foobar'.slice(0, length))
    t.equal(encodeBase64(bytes), text)
    t.equal(encodeHex(parseBase64(text)), encodeHex(bytes))
    t.equal(encodeBase64url(bytes), text.replace(/=+$/, ''))
  })
})

t.test('only the one encoding of its bytes is accepted', async t => {
  for (const text of [
    'Zg',
    'Zg=',
    'Zg===',
    'Zh==',
    'Zm9=',
    'Zm9v\n',
    ' Zm9v',
    'Zm 9v',
    'Zm9v====',
    '-_-_',
    'Z',
    '=',
    'Zm9vé',
  ])
    t.throws(() => parseBase64(text), refusal('encoding'), text)
  for (const text of ['Zg==', 'Zh', 'Zm9', 'Zm9v\n', '+/+/', 'Z', '='])
    t.throws(() => parseBase64url(text), refusal('encoding'), text)
  for (const text of ['A', 'AA', '0', '0g', 'ab cd', '0x00']) t.throws(() => parseHex(text), refusal('encoding'), text)
})

t.test('every encoding is undone by its parser, and a parser accepts nothing else', async () => {
  const pairs = [
    [encodeBase64, parseBase64],
    [encodeBase64url, parseBase64url],
    [encodeHex, parseHex],
  ] as const
  for (const [encode, parse] of pairs) {
    fc.assert(fc.property(fc.uint8Array(), bytes => encodeHex(parse(encode(bytes))) === encodeHex(bytes)))
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), text => {
        try {
          return encode(parse(text)) === text
        } catch (error) {
          return error instanceof Refusal && error.layer === 'encoding'
        }
      }),
    )
  }
})

t.test('megabytes are decoded, and refused, without trouble', async t => {
  const text = encodeBase64(new Uint8Array(9_000_000))
  t.equal(parseBase64(text).length, 9_000_000)
  t.throws(() => parseBase64(`${text}A`), refusal('encoding'))
})

t.test('integers are big-endian and keep their low bits', async t => {
  t.equal(
    encodeHex(concat(u8(true), u8(255), be16(0x0102), be32(0x03040506), be64(0x0708090a0b0c0d0en))),
    '01ff0102030405060708090a0b0c0d0e',
  )
  t.equal(encodeHex(be16(65536 + 7)), '0007')
  t.equal(encodeHex(be64(2n ** 64n - 1n)), 'ffffffffffffffff')
  t.equal(readBe64(parseHex('00ffffffffffffffff').subarray(1)), 2n ** 64n - 1n)
})

t.test('len16 counts bytes, not characters', async t => {
  t.equal(encodeHex(len16('é€😀')), `0009${encodeHex(encodeUtf8('é€😀'))}`)
  t.equal(encodeHex(len16('')), '0000')
})

t.test('malformed UTF-8 is refused and a byte order mark stays visible', async t => {
  for (const bytes of ['80', 'c0af', 'c3', 'eda080', 'f4908080', 'ff'])
    t.throws(() => parseUtf8(parseHex(bytes)), refusal('encoding'), bytes)
  t.equal(parseUtf8(parseHex('efbbbf61')), '\ufeffa')
})
