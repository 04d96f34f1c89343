import fc from 'fast-check'
import t from 'tap'
import { encodeBase64Url } from '../../bytes/base64.js'
import { isSageError } from '../../bytes/sage-error.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { ed25519PublicKey } from '../../crypto/ed25519.js'
import { encodeDidKey } from '../did-key.js'
import { parseDirectory } from '../directory.js'

const [ada, bob] = [1, 2].map(byte => ed25519PublicKey(new Uint8Array(32).fill(byte))) as [Uint8Array, Uint8Array]
const b64u = encodeBase64Url
const parse = (value: unknown) => parseDirectory(encodeUtf8(typeof value === 'string' ? value : JSON.stringify(value)))

t.test('a directory resolves the DIDs that are in it, and no other', async t => {
  const directory = parse({ 'did:web:ada.example': b64u(ada), [encodeDidKey(bob)]: b64u(bob) })
  t.same(await directory.resolve('did:web:ada.example'), ada)
  t.same(await directory.resolve(encodeDidKey(bob)), bob)
  for (const did of ['did:web:ada.example:x', 'did:web:Ada.example', encodeDidKey(ada), '__proto__', 'toString', ''])
    t.same([directory.includes(did), await directory.resolve(did)], [false, undefined], did)
  t.ok(directory.includes('did:web:ada.example'))
  t.notOk(parse({}).includes('did:web:ada.example'))
})

t.test('what is not a directory is refused, with one text', async t => {
  const x = b64u(ada)
  const wrong = {
    'not JSON': '{',
    'not an object': [x],
    'no DID': { ada: x },
    'no text': { 'did:web:a': 1 },
    'no key': { 'did:web:a': x.slice(1) },
    padded: { 'did:web:a': `${x}=` },
    'a key of small order': { 'did:web:a': b64u(Uint8Array.of(1, ...new Uint8Array(31))) },
    'the key of another': { [encodeDidKey(ada)]: b64u(bob) },
    'a did:key of nothing': { 'did:key:zx': x },
    twice: `{"did:web:a":"${x}","did:web:a":"${x}"}`,
    prototype: `{"__proto__":"${x}"}`,
  }
  for (const [name, value] of Object.entries(wrong))
    t.throws(() => parse(value), { code: 'malformed', message: /^a directory is an object of DIDs/ }, name)
})

t.test('whatever bytes a file has, it is a directory or it is refused', async () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.json().map(encodeUtf8))
  fc.assert(
    fc.property(bytes, input => {
      try {
        return !parseDirectory(input).includes('')
      } catch (error) {
        return isSageError(error, 'malformed')
      }
    }),
    { numRuns: 300 },
  )
})
