import fc from 'fast-check'
import t from 'tap'
import { encodeUtf8 } from '../utf8.js'
import { crc32, tabledCrc32 } from '../crc32.js'

t.test('the check value of CRC-32, from the catalogue of parametrised CRC algorithms', async t => {
  for (const crc of [crc32, tabledCrc32]) {
    t.equal(crc(encodeUtf8('123456789')), 0xcbf43926)
    t.equal(crc(new Uint8Array()), 0)
  }
})

t.test('the table gives what Node.js gives', async t => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), bytes => crc32(bytes) === tabledCrc32(bytes)))
  t.pass()
})
