import fc from 'fast-check'
import t from 'tap'
import { openAtRest, parseStateKeys, sealAtRest } from '../state-keys.js'

const line = (id: string, byte: number): string => `${id} ${Buffer.alloc(32, byte).toString('base64url')}`
const nonce = new Uint8Array(12).fill(9)
const bytes = fc.uint8Array({ maxLength: 100 })

t.test('a secret opens under the key and for the purpose that it was sealed with', async () => {
  const keys = parseStateKeys(line('now', 1))
  fc.assert(
    fc.property(bytes, fc.string(), (secret, purpose) => {
      const opened = openAtRest(keys, purpose, sealAtRest(keys, nonce, purpose, secret))
      return Buffer.from(opened).equals(secret)
    }),
  )
})

t.test('and under nothing else: no bit of it may be another', async t => {
  const keys = parseStateKeys(line('now', 1))
  const sealed = sealAtRest(keys, nonce, 'purpose', Buffer.from('secret'))
  t.notOk(Buffer.from(sealed).includes('secret'))
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Uint8Array.from(sealed)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    t.throws(() => openAtRest(keys, 'purpose', changed), { code: 'unavailable' })
  }
  for (let length = 0; length < sealed.length; length++)
    t.throws(() => openAtRest(keys, 'purpose', sealed.subarray(0, length)), { code: 'unavailable' })
  t.throws(() => openAtRest(keys, 'another', sealed), { code: 'unavailable' })
  t.throws(() => openAtRest(parseStateKeys(line('now', 2)), 'purpose', sealed), { code: 'unavailable' })
  t.throws(() => openAtRest(parseStateKeys(line('other', 1)), 'purpose', sealed), { code: 'unavailable' })
})

t.test('the first key seals, and all open', async t => {
  const old = parseStateKeys(line('old', 1))
  const both = parseStateKeys(`# rotated\n${line('new', 2)}\n\n${line('old', 1)}\n`)
  const sealed = sealAtRest(old, nonce, 'p', Buffer.from('x'))
  t.equal(Buffer.from(openAtRest(both, 'p', sealed)).toString(), 'x')
  t.throws(() => openAtRest(old, 'p', sealAtRest(both, nonce, 'p', Buffer.from('x'))), { code: 'unavailable' })
})

t.test('what is no list of keys is refused, and not repeated', async t => {
  const secret = Buffer.alloc(32, 1).toString('base64url')
  for (const text of [
    '',
    '# none',
    secret,
    `a ${secret} b`,
    `a ${secret}=`,
    `a ${secret.slice(1)}`,
    `ä ${secret}`,
    `${line('a', 1)}\n${line('a', 2)}`,
  ]) {
    t.throws(() => parseStateKeys(text), { code: 'configuration' }, text)
    try {
      parseStateKeys(text)
    } catch (error) {
      t.notOk(`${(error as Error).stack} ${String((error as Error).cause)}`.includes(secret.slice(1)))
    }
  }
})
