import { createHash, hkdfSync } from 'node:crypto'
import t from 'tap'
import { encodeHex } from '../../bytes/hex.js'
import { deriveKeySchedule, deriveTrafficKeys } from '../key-schedule.js'
import { sessionParts } from '../parts.js'

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

t.test('a session keeps two keys, and the seed is gone', async t => {
  const secret = seed()
  const { sid, c2sEnc, s2cEnc } = deriveTrafficKeys(secret)
  const schedule = deriveKeySchedule(seed())
  t.strictSame({ sid, c2sEnc, s2cEnc }, { sid: schedule.sid, c2sEnc: schedule.c2sEnc, s2cEnc: schedule.s2cEnc })
  t.strictSame(secret, new Uint8Array(32))
  t.notSame(c2sEnc, s2cEnc)
})

t.test('one step can be replaced, and everything after it follows', async t => {
  const wrong = { ...sessionParts, sessionLabels: { ...sessionParts.sessionLabels, directionalKeys: 'c2s:v1' } }
  const [honest, mutant] = [deriveKeySchedule(seed()), deriveKeySchedule(seed(), wrong)]
  t.strictSame(mutant.encryptKey, honest.encryptKey)
  t.notSame(mutant.c2sEnc, honest.c2sEnc)
})
