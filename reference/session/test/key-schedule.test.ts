import fc from 'fast-check'
import { createHash, hkdfSync } from 'node:crypto'
import t from 'tap'
import { concat } from '../../bytes/concat.js'
import { encodeHex } from '../../bytes/hex.js'
import { compress, type Compress } from '../../crypto/sha256-compress.js'
import { Sha256Stream } from '../../crypto/sha256-stream.js'
import { leftIn } from '../../crypto/test/left-in.js'
import { KeyBlock } from '../key-block.js'
import { deriveKeySchedule, writeTrafficKeys } from '../key-schedule.js'
import { sessionParts, type SessionParts } from '../parts.js'
import type { SessionKeys } from '../steps.js'

const seed = () => Uint8Array.from({ length: 32 }, (_, i) => i)

t.test('the schedule is the formulas of session.md, computed here with another library', async t => {
  const { sid, ...keys } = deriveKeySchedule(seed())
  const hash = createHash('sha256').update('sage/hpke+e2e v1').update(seed()).digest()
  t.equal(sid, hash.subarray(0, 16).toString('base64url'))
  t.equal(sid.length, 22)
  const expand = (info: string, length: number) =>
    Buffer.from(hkdfSync('sha256', seed(), sid, info, length)).toString('hex')
  const block = expand('sage-session-keys-v1', 64) + expand('sage-directional-keys-v1', 128)
  t.equal(
    [keys.encryptKey, keys.signingKey, keys.c2sEnc, keys.c2sSign, keys.s2cEnc, keys.s2cSign].map(encodeHex).join(''),
    block,
  )
})

const concatenated = ({ encryptKey, signingKey, c2sEnc, c2sSign, s2cEnc, s2cSign }: SessionKeys) =>
  concat(encryptKey, signingKey, c2sEnc, c2sSign, s2cEnc, s2cSign)

t.test('a session keeps two keys, where it wants them, and the seed is gone', async t => {
  const secret = seed()
  const into = new Uint8Array(80).fill(0xee)
  writeTrafficKeys(secret, into, 8)
  const { c2sEnc, s2cEnc } = deriveKeySchedule(seed())
  const around = new Uint8Array(8).fill(0xee)
  t.strictSame(into, concat(around, c2sEnc, s2cEnc, around))
  t.notSame(c2sEnc, s2cEnc)
  t.strictSame(secret, new Uint8Array(32))
})

t.test('the block of all six keys, and the two of a session, are what the steps give, for any seed', async () => {
  const block = new KeyBlock()
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), secret => {
      const keys = deriveKeySchedule(secret)
      const [all, two] = [new Uint8Array(192), new Uint8Array(64)]
      block.write(secret, all, 0)
      block.writeTrafficKeys(secret, two, 0)
      t.equal(encodeHex(all), encodeHex(concatenated(keys)))
      t.equal(encodeHex(two), encodeHex(concat(keys.c2sEnc, keys.s2cEnc)))
    }),
  )
})

t.test('the key schedule takes 22 compressions of SHA-256, and 15 as far as a session needs it', async t => {
  let compressions = 0
  const counting: Compress = (...input) => {
    compressions++
    compress(...input)
  }
  const block = new KeyBlock(new Sha256Stream(counting))
  const [all, two] = [new Uint8Array(192), new Uint8Array(64)]
  block.write(seed(), all, 0)
  t.equal(compressions, 22)
  compressions = 0
  block.writeTrafficKeys(seed(), two, 0)
  t.equal(compressions, 15)
  t.strictSame(all, concatenated(deriveKeySchedule(seed())))
  t.strictSame(two.subarray(32), all.subarray(128, 160))
})

t.test('a key block keeps nothing of what it has written', async t => {
  const block = new KeyBlock()
  for (const write of [
    () => block.write(seed(), new Uint8Array(192), 0),
    () => block.writeTrafficKeys(seed(), new Uint8Array(64), 0),
  ]) {
    write()
    t.equal(leftIn(block), 0)
  }
})

t.test('every step of the schedule that is another is taken when a session gets its keys', async t => {
  const reached = new Set<keyof SessionParts>()
  const noting = (parts: SessionParts) =>
    new Proxy(parts, {
      get: (target, name: keyof SessionParts) => {
        reached.add(name)
        return target[name]
      },
    })
  deriveKeySchedule(seed(), noting(sessionParts))
  const steps = [...reached]
  t.strictSame([...steps].sort(), [
    'hkdfExpand',
    'hkdfExtract',
    'keyBlock',
    'sessionLabels',
    'sessionPrk',
    'sha256',
    'sid',
    'sliceKeys',
  ])
  const expected = new Uint8Array(64)
  writeTrafficKeys(seed(), expected, 0)
  for (const step of steps) {
    const honest = sessionParts[step]
    const another = typeof honest === 'function' ? (honest as () => unknown).bind(undefined) : { ...honest }
    const [into, secret] = [new Uint8Array(64), seed()]
    reached.clear()
    writeTrafficKeys(secret, into, 0, noting({ ...sessionParts, [step]: another }))
    t.ok(reached.has('sliceKeys') && reached.size === steps.length, step)
    t.strictSame(into, expected)
    t.strictSame(secret, new Uint8Array(32))
  }
})

t.test('one step can be replaced, and everything after it follows', async t => {
  const wrong = { ...sessionParts, sessionLabels: { ...sessionParts.sessionLabels, directionalKeys: 'c2s:v1' } }
  const [honest, mutant] = [deriveKeySchedule(seed()), deriveKeySchedule(seed(), wrong)]
  t.strictSame(mutant.encryptKey, honest.encryptKey)
  t.notSame(mutant.c2sEnc, honest.c2sEnc)
  const into = new Uint8Array(64)
  writeTrafficKeys(seed(), into, 0, wrong)
  t.strictSame(into, concat(mutant.c2sEnc, mutant.s2cEnc))
})
