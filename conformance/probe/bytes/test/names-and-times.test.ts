import fc from 'fast-check'
import t from 'tap'
import { parseDid, parseTask, parseToken } from '../forms.js'
import { encodeTime, parseTime } from '../time.js'

const refused = { name: 'Refusal', layer: 'schema' }

t.test('a token is 1 to 128 of its characters', async t => {
  t.equal(parseToken('AZaz09._~:-'), 'AZaz09._~:-')
  t.equal(parseToken('a'.repeat(128)).length, 128)
  for (const text of ['', 'a'.repeat(129), 'a b', 'a/b', 'a@b', 'é', 'a\n', '|', '='])
    t.throws(() => parseToken(text), refused, text)
})

t.test('a task may hold a slash and an at sign too', async t => {
  t.equal(parseTask('sage/ping@v1'), 'sage/ping@v1')
  for (const text of ['', 'a'.repeat(129), 'a b', 'a|b', 'sage/ping@v1\n'])
    t.throws(() => parseTask(text), refused, text)
})

t.test('a DID has a method and an id, in 7 to 512 characters', async t => {
  t.same(parseDid('did:a:b'), { method: 'a', id: 'b' })
  t.same(parseDid('did:sage:ethereum:0x11%2F-_.'), { method: 'sage', id: 'ethereum:0x11%2F-_.' })
  t.equal(parseDid(`did:a:${'b'.repeat(506)}`).id.length, 506)
  const wrong = [
    '',
    'did:a:',
    'did::bb',
    'did:A:bb',
    'DID:a:bb',
    'did:a:b/c',
    'did:a:b#k',
    'did:a:b|c',
    'did:a:b\n',
    ' did:a:b',
  ]
  for (const text of [...wrong, `did:a:${'b'.repeat(507)}`]) t.throws(() => parseDid(text), refused, text)
})

t.test('times are read to the nanosecond', async t => {
  t.equal(parseTime('1970-01-01T00:00:00Z'), 0n)
  t.equal(parseTime('1970-01-01T00:00:00.000000001Z'), 1n)
  t.equal(parseTime('1969-12-31T23:59:59.9Z'), -100_000_000n)
  t.equal(parseTime('2000-02-29T12:34:56.789Z'), 951_827_696_789_000_000n)
  t.equal(parseTime('9999-12-31T23:59:59.999999999Z'), 253_402_300_799_999_999_999n)
  t.equal(parseTime('0001-01-01T00:00:00Z'), -62_135_596_800_000_000_000n)
})

t.test('what is not a real time in the one form is refused', async t => {
  const wrong = [
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
  ]
  const forms = [
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2016-12-31T23:59:60Z',
    '2026-01-01T00:00:00z',
    '2026-01-01t00:00:00Z',
  ]
  const more = [
    '2026-01-01T00:00:00+00:00',
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00Z',
    '2026-01-01T00:00:00.Z',
    '26-01-01T00:00:00Z',
  ]
  const last = [
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T00:00:00.1234567890Z',
    '+002026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
    '',
  ]
  for (const text of [...wrong, ...forms, ...more, ...last]) t.throws(() => parseTime(text), refused, text)
})

t.test('a written time is read back, in the shortest form', async t => {
  t.equal(encodeTime(0n), '1970-01-01T00:00:00Z')
  t.equal(encodeTime(-1n), '1969-12-31T23:59:59.999999999Z')
  t.equal(encodeTime(1_500_000_000n), '1970-01-01T00:00:01.5Z')
  const times = fc.bigInt({ min: -62_167_219_200_000_000_000n, max: 253_402_300_799_999_999_999n })
  fc.assert(fc.property(times, time => parseTime(encodeTime(time)) === time))
})
