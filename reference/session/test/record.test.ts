import fc from 'fast-check'
import t from 'tap'
import { encodeHex } from '../../bytes/hex.js'
import { ReceiveWindows, windowOf } from '../receive-window.js'
import { MIN_RECORD_LENGTH, openRecord, readSeq, receiveRecord, sealRecord } from '../record.js'

const refused = { name: 'SageError', code: 'authentication_failed' }
const key = new Uint8Array(32).fill(1)
const nonce = new Uint8Array(12).fill(2)
const callerAad = Uint8Array.of(3, 4)
const plaintext = Uint8Array.of(5, 6, 7)
const seal = (seq: bigint) => sealRecord({ key, seq, nonce, callerAad, plaintext })

t.test('a record is its number, its nonce and the sealed plaintext', async t => {
  const record = seal(0x0102030405060708n)
  t.equal(encodeHex(record).slice(0, 40), '0102030405060708' + '02'.repeat(12))
  t.equal(record.length, MIN_RECORD_LENGTH + plaintext.length)
  t.equal(MIN_RECORD_LENGTH, 36)
  t.equal(readSeq(record), 0x0102030405060708n)
})

t.test('what was sealed opens, whatever the content and the number', async () => {
  const some = fc.uint8Array({ maxLength: 80 })
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 64n) - 1n), some, some, (seq, callerAad, plaintext) => {
      const record = sealRecord({ key, seq, nonce, callerAad, plaintext })
      t.strictSame(openRecord({ key, callerAad, record }), { seq, plaintext })
    }),
    { numRuns: 50 },
  )
})

t.test('no byte of a record may change, be lost or be added, and neither may the data it binds', async t => {
  const record = seal(9n)
  for (let at = 0; at < record.length; at++) {
    const damaged = Uint8Array.from(record)
    damaged[at]! ^= 1
    t.throws(() => openRecord({ key, callerAad, record: damaged }), refused, `byte ${at}`)
    t.throws(() => openRecord({ key, callerAad, record: record.subarray(0, at) }), refused, `cut at ${at}`)
  }
  t.throws(() => openRecord({ key, callerAad, record: Uint8Array.of(...record, 0) }), refused)
  t.throws(() => openRecord({ key, callerAad: Uint8Array.of(3), record }), refused)
  t.throws(() => openRecord({ key: new Uint8Array(32), callerAad, record }), refused)
})

t.test('a record is received once, and a bad one leaves no trace', async t => {
  const window = windowOf(new ReceiveWindows(100n))
  const receive = (record: Uint8Array) => receiveRecord({ key, window, callerAad, record })
  const far = seal(99n)
  far[far.length - 1]! ^= 1
  t.throws(() => receive(far), refused)
  t.throws(() => receive(new Uint8Array(35)), refused)
  t.strictSame(receive(seal(0n)), { seq: 0n, plaintext }, 'the forged number has not moved the window')
  t.throws(() => receive(seal(0n)), refused, 'replay')
  t.throws(() => receive(seal(100n)), refused, 'at the limit')
  t.strictSame(receive(seal(99n)), { seq: 99n, plaintext }, 'the number of the damaged record is still free')
})
