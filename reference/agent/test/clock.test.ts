import t from 'tap'
import { randomUuid, systemEntropy } from '../clock.js'

t.test('nonces and keys are as long as they are asked for, and no two are the same', async t => {
  for (const length of [12, 16, 17, 32]) {
    const drawn = Array.from({ length: 2000 }, () => systemEntropy(length))
    t.ok(drawn.every(bytes => bytes.length === length))
    t.equal(new Set(drawn.map(bytes => Buffer.from(bytes).toString('hex'))).size, drawn.length)
  }
})

t.test('whoever gets random bytes holds the only copy', async t => {
  const bytes = systemEntropy(16)
  t.equal(bytes.buffer.byteLength, 16)
  const before = Buffer.from(bytes)
  systemEntropy(16).fill(0)
  t.strictSame(Buffer.from(bytes), before)
})

t.test('a name is a version 4 UUID', async t => {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  for (let i = 0; i < 100; i++) t.match(randomUuid(systemEntropy), form)
  t.equal(
    randomUuid(length => Uint8Array.from({ length }, (_, i) => i)),
    '00010203-0405-4607-8809-0a0b0c0d0e0f',
  )
})
