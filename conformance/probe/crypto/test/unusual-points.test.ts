import fc from 'fast-check'
import t from 'tap'
import { encodeHex } from '../../bytes/hex.js'
import { BASE_POINT_ABOVE_P, BASE_POINT_KEY, withHighBit } from '../unusual-points.js'
import { deriveX25519PublicKey, x25519 } from '../x25519.js'

const scalars = fc.uint8Array({ minLength: 32, maxLength: 32 })

t.test('the base point has a private key that is clamped', async t => {
  t.equal(encodeHex(deriveX25519PublicKey(BASE_POINT_KEY)), `09${'00'.repeat(31)}`)
  t.equal((BASE_POINT_KEY[0] ?? 0) & 7, 0)
  t.equal((BASE_POINT_KEY[31] ?? 0) & 0xc0, 0x40)
})

t.test('p + 9 is 9 in another writing: every private key comes to the same secret with both', async t => {
  t.equal(encodeHex(BASE_POINT_ABOVE_P), `f6${'ff'.repeat(30)}7f`)
  fc.assert(
    fc.property(scalars, key => encodeHex(x25519(key, BASE_POINT_ABOVE_P)) === encodeHex(deriveX25519PublicKey(key))),
  )
})

t.test('bit 255 makes another text and the same secret', async () => {
  fc.assert(
    fc.property(scalars, scalars, (mine, other) => {
      const key = deriveX25519PublicKey(other)
      const written = withHighBit(key)
      return encodeHex(written) !== encodeHex(key) && encodeHex(x25519(mine, written)) === encodeHex(x25519(mine, key))
    }),
  )
})
