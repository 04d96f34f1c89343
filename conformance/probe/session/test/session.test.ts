import fc from 'fast-check'
import t from 'tap'
import { be64, concat } from '../../bytes/framing.js'
import { encodeHex } from '../../bytes/hex.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { hkdfExpand, hkdfExtract } from '../../crypto/hkdf.js'
import { deriveSessionKeys } from '../keys.js'
import { createReceiver } from '../receiver.js'
import { openRecord, readSeq, recordAad, sealRecord } from '../record.js'

const key = new Uint8Array(32).fill(1)
const aad = encodeUtf8('aad')
const seal = (seq: bigint, plaintext = encodeUtf8(`record ${seq}`)) =>
  sealRecord({ key, seq, nonce: concat(new Uint8Array(4), be64(seq)), callerAad: aad, plaintext })
const flipped = (record: Uint8Array, at: number) => record.map((byte, index) => (index === at ? byte ^ 1 : byte))

t.test('six keys and the PRK are of 32 bytes, all different, and come of the text of the sid', async t => {
  const { sid, sessionPrk, ...keys } = deriveSessionKeys(key)
  t.match(sid, /^[A-Za-z0-9_-]{22}$/)
  t.equal(encodeHex(sessionPrk), encodeHex(hkdfExtract(encodeUtf8(sid), key)))
  t.same(Object.keys(keys), ['encryptKey', 'signingKey', 'c2sEnc', 'c2sSign', 's2cEnc', 's2cSign'])
  t.equal(new Set(Object.values(keys).map(encodeHex)).size, 6)
  for (const each of Object.values(keys)) t.equal(each.length, 32)
  const { c2sEnc, c2sSign, s2cEnc, s2cSign } = keys
  t.equal(
    encodeHex(concat(c2sEnc, c2sSign, s2cEnc, s2cSign)),
    encodeHex(hkdfExpand(sessionPrk, encodeUtf8('sage-directional-keys-v1'), 128)),
  )
})

t.test('a record opens with its own sequence number, key and AAD, unchanged, only', async t => {
  const record = seal(7n)
  t.equal(record.length, 36 + 8)
  t.equal(encodeHex(recordAad(7n, aad)), `0000000000000007${encodeHex(aad)}`)
  const opened = openRecord(key, aad, record)
  t.equal(opened.seq, 7n)
  t.equal(encodeHex(opened.plaintext), encodeHex(encodeUtf8('record 7')))
  for (let at = 0; at < record.length; at += 1)
    t.throws(() => openRecord(key, aad, flipped(record, at)), { name: 'Refusal', layer: 'aead' })
  t.throws(() => openRecord(key, encodeUtf8('aae'), record), { name: 'Refusal', layer: 'aead' })
  t.throws(() => openRecord(new Uint8Array(32), aad, record), { name: 'Refusal', layer: 'aead' })
  t.equal(openRecord(key, aad, seal(0n, new Uint8Array(0))).plaintext.length, 0)
  t.throws(() => openRecord(key, aad, new Uint8Array(35)), {
    name: 'Refusal',
    layer: 'length',
    rule: 'record.min-length',
  })
  t.equal(readSeq(seal(2n ** 64n - 1n)), 2n ** 64n - 1n)
})

t.test('records come in any order and with any gap, each once', async t => {
  const { open } = createReceiver(key, 2n ** 32n)
  for (const seq of [5n, 0n, 3000n, 1977n, 2999n, 2n ** 32n - 1n]) t.equal(open(seal(seq), aad).seq, seq, String(seq))
  t.throws(() => open(seal(2n ** 32n - 1n), aad), { name: 'Refusal', layer: 'window', rule: 'record.replay' })
  t.throws(() => open(seal(3000n), aad), { name: 'Refusal', layer: 'window', rule: 'record.window' })
})

t.test('the window is 1024 wide, to the record', async t => {
  const { open } = createReceiver(key, 10_000n)
  open(seal(1024n), aad)
  t.throws(() => open(seal(0n), aad), { name: 'Refusal', rule: 'record.window' })
  t.equal(open(seal(1n), aad).seq, 1n)
  t.throws(() => open(seal(1n), aad), { name: 'Refusal', rule: 'record.replay' })
  open(seal(2048n), aad)
  t.throws(() => open(seal(1024n), aad), { name: 'Refusal', rule: 'record.window' })
  t.equal(open(seal(1025n), aad).seq, 1025n)
})

t.test('the limit is exact, and numbers above 2^53 are numbers of their own', async t => {
  t.throws(() => createReceiver(key, 16n).open(seal(16n), aad), {
    name: 'Refusal',
    layer: 'sequence',
    rule: 'record.seq-limit',
  })
  t.equal(createReceiver(key, 16n).open(seal(15n), aad).seq, 15n)
  const { open } = createReceiver(key, 2n ** 64n)
  for (const seq of [2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 2n]) t.equal(open(seal(seq), aad).seq, seq)
})

t.test('a record that is refused changes nothing', async t => {
  const { open } = createReceiver(key, 10_000n)
  open(seal(0n), aad)
  const forged = seal(9999n)
  t.throws(() => open(flipped(forged, 40), aad), { name: 'Refusal', layer: 'aead' })
  t.throws(() => open(forged.slice(0, 35), aad), { name: 'Refusal', layer: 'length' })
  t.equal(open(seal(1n), aad).seq, 1n)
  t.equal(open(forged, aad).seq, 9999n)
})

t.test('whatever arrives, the receiver agrees with one that remembers everything', async t => {
  const step = fc.oneof(fc.integer({ min: -1100, max: 20 }), fc.integer({ min: 0, max: 3000 }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const { open } = createReceiver(key, 20_000n)
      const accepted = new Set<bigint>()
      let highest = -1n
      for (const each of steps) {
        const seq = highest + BigInt(each) < 0n ? 0n : highest + BigInt(each)
        const expected = seq < 20_000n && seq > highest - 1024n && !accepted.has(seq)
        let actual = true
        try {
          open(seal(seq), aad)
        } catch {
          actual = false
        }
        t.equal(actual, expected)
        if (!expected) continue
        accepted.add(seq)
        highest = seq > highest ? seq : highest
      }
    }),
    { numRuns: 40 },
  )
})

t.test('memory of the past stays bounded and right over many records', async t => {
  const { open } = createReceiver(key, 100_000n)
  for (let seq = 0n; seq < 5000n; seq += 1n) {
    open(seal(seq), aad)
    const oldest = seq < 1023n ? 0n : seq - 1023n
    t.throws(() => open(seal(oldest), aad), { name: 'Refusal', rule: 'record.replay' })
  }
  for (const seq of [3976n, 4500n, 4999n])
    t.throws(() => open(seal(seq), aad), { name: 'Refusal', rule: 'record.replay' })
  t.throws(() => open(seal(3975n), aad), { name: 'Refusal', rule: 'record.window' })
})
