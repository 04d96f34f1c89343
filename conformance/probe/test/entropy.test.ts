import t from 'tap'
import { hkdfSync, createHmac } from 'node:crypto'
import { concat } from '../bytes/framing.js'
import { encodeHex } from '../bytes/hex.js'
import { createEntropy, createUuid } from '../entropy.js'

const [seed, salt] = [new Uint8Array(32).fill(1), new Uint8Array(16).fill(2)]

t.test('the stream is HMAC in counter blocks under a key of HKDF', async t => {
  const key = Buffer.from(hkdfSync('sha256', concat(seed, salt), new Uint8Array(0), 'label', 32))
  const block = (last: number) =>
    createHmac('sha256', key)
      .update(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, last))
      .digest('hex')
  t.equal(encodeHex(createEntropy(seed, salt, 'label')(80)), (block(0) + block(1) + block(2)).slice(0, 160))
})

t.test('how the stream is cut into calls changes nothing', async t => {
  const whole = encodeHex(createEntropy(seed, salt, 'label')(1000))
  const entropy = createEntropy(seed, salt, 'label')
  const lengths = [0, 1, 31, 32, 33, 64, 100, 0, 739]
  t.equal(lengths.map(length => encodeHex(entropy(length))).join(''), whole)
})

t.test('seed, salt and label each make a stream of their own', async t => {
  const streams = [
    createEntropy(seed, salt, 'a'),
    createEntropy(seed, salt, 'b'),
    createEntropy(salt, salt, 'a'),
    createEntropy(seed, seed, 'a'),
  ]
  t.equal(new Set(streams.map(entropy => encodeHex(entropy(16)))).size, 4)
  t.equal(createEntropy(seed, salt, 'a')(100_000).length, 100_000)
})

t.test('UUIDs are of version 4 and never the same', async t => {
  const entropy = createEntropy(seed, salt, 'uuid')
  const uuids = Array.from({ length: 100 }, () => createUuid(entropy))
  t.equal(new Set(uuids).size, 100)
  for (const uuid of uuids) t.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
