import fc from 'fast-check'
import t from 'tap'
import { parseDid } from '../did.js'
import { isTask, isToken, parseTask, parseToken } from '../token.js'

const malformed = { name: 'SageError', code: 'malformed' }

t.test('a token has 1 to 128 characters of its alphabet', async t => {
  for (const text of ['a', 'AZaz09._~:-', 'a'.repeat(128)]) t.equal(parseToken(text), text)
  for (const text of ['', 'a'.repeat(129), 'a b', 'a/b', 'a@b', 'a|b', 'a=b', 'a\n', '\u00e9', 'a\0'])
    t.throws(() => parseToken(text), malformed, JSON.stringify(text))
  t.notOk(isToken(1))
})

t.test('a task may also have a slash and an at sign', async t => {
  for (const text of ['sage/ping@v1', '@', '/', 'a'.repeat(128)]) t.equal(parseTask(text), text)
  for (const text of ['', 'a'.repeat(129), 'sage ping', 'a\n', 'a+b'])
    t.throws(() => parseTask(text), malformed, JSON.stringify(text))
  t.notOk(isTask(undefined))
})

t.test('a DID is taken apart at its second colon', async t => {
  t.strictSame(parseDid('did:key:z6Mk'), { method: 'key', id: 'z6Mk' })
  t.strictSame(parseDid('did:web:a.example:b%3A1'), { method: 'web', id: 'a.example:b%3A1' })
  t.strictSame(parseDid('did:a:b'), { method: 'a', id: 'b' })
  t.equal(parseDid(`did:a:${'b'.repeat(506)}`).id.length, 506)
})

t.test('what is no DID is refused', async t => {
  const wrong = ['', 'did:', 'did:a', 'did:a:', 'did::b', 'DID:a:b', 'did:A:b', 'did:a:b|c', 'did:a:b=c', 'did:a:b\n']
  for (const text of [...wrong, ' did:a:b', 'did:a:\u00e9', 'did:a:b/c', 'did:a:b#c', `did:a:${'b'.repeat(507)}`])
    t.throws(() => parseDid(text), malformed, JSON.stringify(text))
})

t.test('any text is parsed or refused as malformed', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), text => {
      for (const parse of [parseDid, parseToken, parseTask]) {
        try {
          parse(text)
        } catch (error) {
          t.match(error, malformed)
        }
      }
    }),
    { numRuns: 200 },
  )
})
