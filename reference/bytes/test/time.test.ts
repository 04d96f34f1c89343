import fc from 'fast-check'
import t from 'tap'
import { encodeTime, parseTime } from '../time.js'

const malformed = { name: 'SageError', code: 'malformed' }

t.test('times are read to the nanosecond', async t => {
  t.equal(parseTime('1970-01-01T00:00:00Z'), 0n)
  t.equal(parseTime('1970-01-01T00:00:00.000000001Z'), 1n)
  t.equal(parseTime('2000-02-29T23:59:59.5Z'), 951868799500000000n)
  t.equal(parseTime('2026-11-22T07:11:37.495145826Z') % 1000000000n, 495145826n)
  t.equal(parseTime('0099-12-31T23:59:59Z') < parseTime('0100-01-01T00:00:00Z'), true, 'a year of two digits is itself')
})

t.test('what no calendar or no rule of the form allows is refused', async t => {
  for (const text of [
    '',
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00:00z',
    '2026-01-01t00:00:00Z',
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00:00+00:00',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00.1234567890Z',
    '2026-01-01T00:00:00,5Z',
    '2026-1-1T00:00:00Z',
    '12026-01-01T00:00:00Z',
    '+002026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
    '２０２６-01-01T00:00:00Z',
  ])
    t.throws(() => parseTime(text), malformed, text)
})

t.test('what was encoded is read as the same time, in order', async () => {
  const times = fc.bigInt(parseTime('0000-01-01T00:00:00Z'), parseTime('9999-12-31T23:59:59.999999999Z'))
  fc.assert(
    fc.property(times, time => {
      t.equal(parseTime(encodeTime(time)), time)
    }),
    { numRuns: 200 },
  )
})

t.test('a fraction is as short as it can be', async t => {
  t.equal(encodeTime(0n), '1970-01-01T00:00:00Z')
  t.equal(encodeTime(1_500_000_000n), '1970-01-01T00:00:01.5Z')
  t.equal(encodeTime(-1n), '1969-12-31T23:59:59.999999999Z')
  t.throws(() => encodeTime(parseTime('9999-12-31T23:59:59Z') + 1_000_000_000n), { code: 'internal' })
})
