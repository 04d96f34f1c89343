import fc from 'fast-check'
import t from 'tap'
import { encodeBase64, parseBase64 } from '../base64.js'
import { withUnusedBits } from '../unused-bits.js'

t.test('unused bits make another text for the same bytes, which only a lax reader takes', async t => {
  const padded = fc.uint8Array({ minLength: 1, maxLength: 99 }).filter(bytes => bytes.length % 3 !== 0)
  fc.assert(
    fc.property(padded, bytes => {
      const b64 = encodeBase64(bytes)
      const other = withUnusedBits(b64)
      t.throws(() => parseBase64(other), { name: 'Refusal', layer: 'encoding' })
      return other !== b64 && Buffer.from(other, 'base64').equals(bytes)
    }),
  )
})

t.test('without padding there are none', async t => {
  t.throws(() => withUnusedBits(encodeBase64(new Uint8Array(3))), /no unused bits/)
})
