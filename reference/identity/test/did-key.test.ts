import { base58 } from '@scure/base'
import fc from 'fast-check'
import t from 'tap'
import { concat } from '../../bytes/concat.js'
import { encodeHex, parseHex } from '../../bytes/hex.js'
import { ed25519PublicKey } from '../../crypto/ed25519.js'
import { decodeDidKey, encodeDidKey } from '../did-key.js'
import { composeResolver, resolveDidKey } from '../resolver.js'
import { encodeJwk, parseJwk } from '../jwk.js'

const unresolved = { name: 'SageError', code: 'authentication_failed' }
const publicKey = ed25519PublicKey(new Uint8Array(32).fill(1))
const didOf = (...bytes: Uint8Array[]) => `did:key:z${base58.encode(concat(...bytes))}`

t.test('a did:key of the method specification is read', async t => {
  // W3C CCG, The did:key Method, test vectors for Ed25519.
  const did = 'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp'
  t.equal(encodeHex(decodeDidKey(did)), '3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29')
  t.equal(encodeDidKey(decodeDidKey(did)), did)
})

t.test('every key has one did:key, and that is its own', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), seed => {
      const key = ed25519PublicKey(seed)
      t.strictSame(decodeDidKey(encodeDidKey(key)), key)
    }),
    { numRuns: 30 },
  )
})

t.test('any other form does not resolve', async t => {
  const good = encodeDidKey(publicKey)
  for (const [name, did] of [
    ['another method', good.replace('did:key', 'did:kex')],
    ['another multibase', good.replace(':z', ':m')],
    ['no multibase', good.replace(':z', ':')],
    ['an X25519 key', didOf(parseHex('ec01'), publicKey)],
    ['a key too short', didOf(parseHex('ed01'), publicKey.subarray(1))],
    ['a key too long', didOf(parseHex('ed01'), publicKey, parseHex('00'))],
    ['a leading zero', `did:key:z1${good.slice(9)}`],
    ['a character outside base58', `${good.slice(0, -1)}0`],
    ['a fragment of itself', good.slice(0, -1)],
    ['a key of small order', didOf(parseHex('ed01'), parseHex(`01${'00'.repeat(31)}`))],
    ['a key that is not canonical', didOf(parseHex('ed01'), parseHex(`ee${'ff'.repeat(30)}7f`))],
    ['five hundred characters', `did:key:z${'6'.repeat(500)}`],
  ] as const) {
    t.throws(() => decodeDidKey(did), unresolved, name)
    t.equal(resolveDidKey(did), undefined, name)
  }
  t.throws(() => decodeDidKey('did:key:z6Mk/x'), { code: 'malformed' })
})

t.test('resolvers are asked in order, did:key never', async t => {
  const asked: string[] = []
  const resolve = composeResolver([
    async did => (asked.push(`first ${did}`), undefined),
    async did => (asked.push(`second ${did}`), did === 'did:web:a' ? publicKey : new Uint8Array(32)),
  ])
  t.strictSame(await resolve(encodeDidKey(publicKey)), publicKey)
  t.strictSame(asked, [])
  t.strictSame(await resolve('did:web:a'), publicKey)
  t.strictSame(asked, ['first did:web:a', 'second did:web:a'])
  t.equal(await resolve('did:web:b'), undefined, 'a key that is not acceptable is no key')
  t.equal(await composeResolver()('did:web:a'), undefined)
})

t.test('a JWK holds the canonical b64u of 32 bytes', async t => {
  const jwk = encodeJwk('Ed25519', publicKey)
  t.strictSame(Object.keys(jwk), ['kty', 'crv', 'x'])
  t.strictSame(parseJwk(jwk), publicKey)
  t.throws(() => parseJwk({ x: `${jwk.x}=` }), { code: 'malformed' })
  t.throws(() => parseJwk({ x: 'AAAA' }), { code: 'malformed' })
})
