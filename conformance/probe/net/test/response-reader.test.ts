import fc from 'fast-check'
import t from 'tap'
import { headerValues, NotHttp, ResponseReader, type WireResponse } from '../response-reader.js'

/** What a reader makes of bytes that arrive in pieces, the connection ending after them. */
const read = (pieces: Buffer[], bodyless = false): WireResponse => {
  const reader = new ResponseReader(bodyless)
  for (const piece of pieces) {
    const response = reader.push(piece)
    if (response) return response
  }
  return reader.end()
}

const text = (...lines: string[]): Buffer => Buffer.from(lines.join('\r\n'), 'latin1')

/** Cuts bytes at the given places. */
const cut = (bytes: Buffer, places: number[]): Buffer[] => {
  const at = [0, ...places.map(place => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
}

const chunked = (body: Uint8Array, sizes: number[]): Buffer => {
  const chunks: Buffer[] = []
  let rest = Buffer.from(body)
  for (const size of [...sizes, Infinity]) {
    const chunk = rest.subarray(0, size)
    if (chunk.length > 0) chunks.push(text(`${chunk.length.toString(16)};x=y`, ''), chunk, text('', ''))
    rest = rest.subarray(chunk.length)
  }
  return Buffer.concat([
    text('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', ''),
    ...chunks,
    text('0', 'Trailer: x', '', ''),
  ])
}

t.test('a body comes out as it went in, however it is framed and however it is cut', async t => {
  const places = fc.array(fc.nat(5000), { maxLength: 6 })
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(fc.integer({ min: 1, max: 50 })),
      places,
      (body, sizes, at) => {
        const head = (line: string) => text('HTTP/1.1 200 OK', line, '', '')
        const counted = Buffer.concat([head(`content-length: ${body.length}`), body])
        const toTheEnd = Buffer.concat([head('x: y'), body])
        for (const bytes of [counted, chunked(body, sizes), toTheEnd])
          t.strictSame(new Uint8Array(read(cut(bytes, at)).body), body)
      },
    ),
    { numRuns: 60 },
  )
})

t.test('headers keep their order, their values and their repetition, and lose only their case', async t => {
  const { status, headers } = read([
    text('HTTP/1.1 401 No', 'X-B: 1', 'x-a:  2 ', 'X-B: 3', 'Content-Length: 0', '', ''),
  ])
  t.equal(status, 401)
  t.strictSame(headers, [
    ['x-b', '1'],
    ['x-a', '2'],
    ['x-b', '3'],
    ['content-length', '0'],
  ])
  t.strictSame(headerValues(headers, 'x-b'), ['1', '3'])
})

t.test('interim responses are skipped', async t => {
  t.equal(read([text('HTTP/1.1 100 Continue', '', 'HTTP/1.1 204 None', '', '')]).status, 204)
})

t.test('what has no body by its nature is read without one', async t => {
  t.equal(read([text('HTTP/1.1 304 Same', 'Content-Length: 9', '', '')]).body.length, 0)
  t.equal(read([text('HTTP/1.1 200 OK', 'Content-Length: 9', '', '')], true).body.length, 0, 'the answer to HEAD')
})

t.test('what is not HTTP, or is cut short, is said to be so', async t => {
  for (const bytes of [
    text(''),
    text('SSH-2.0-OpenSSH', '', ''),
    text('HTTP/2 200', '', ''),
    text('HTTP/1.1 999 No', '', ''),
    text('HTTP/1.1 200 OK', 'no colon', '', ''),
    text('HTTP/1.1 200 OK', ' folded: x', '', ''),
    text('HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 2', '', ''),
    text('HTTP/1.1 200 OK', 'Content-Length: -1', '', ''),
    text('HTTP/1.1 200 OK', 'Content-Length: 99999999999', '', ''),
    text('HTTP/1.1 200 OK', 'Content-Length: 5', '', 'abc'),
    text('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip', '', ''),
    text('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', 'z', ''),
    text('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '5', 'abc'),
    Buffer.alloc(70_000, 'x'),
  ])
    t.throws(() => read([bytes]), NotHttp, bytes.toString('latin1').slice(0, 40))
})

t.test('what has no end is not read for ever', async t => {
  const beginnings = ['ffffffff\r\n', '1;', '1\r\na\r\n0\r\nTrailer: ']
  for (const beginning of beginnings) {
    const reader = new ResponseReader()
    const push = (bytes: Buffer): unknown => reader.push(bytes)
    push(text('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', ''))
    t.throws(
      () => {
        push(Buffer.from(beginning))
        for (let pieces = 0; pieces < 10; pieces++) push(Buffer.alloc(16_384, 'a'))
      },
      { name: NotHttp.name, message: 'a body beyond what the suite reads' },
      beginning,
    )
  }
})

t.test('interim responses that never end are given up', async t => {
  const interim = text('HTTP/1.1 100 Continue', '', '')
  const ok = text('HTTP/1.1 200 OK', 'Content-Length: 0', '', '')
  t.equal(read([Buffer.concat([...Array.from({ length: 1000 }, () => interim), ok])]).status, 200)
  const reader = new ResponseReader()
  t.throws(
    () => {
      for (let sent = 0; sent < 10_000; sent++) reader.push(interim)
    },
    { name: NotHttp.name, message: 'interim responses without an end' },
  )
})

t.test('any bytes are a response or not HTTP, and nothing else happens', async t => {
  const noise = fc.uint8Array({ maxLength: 200 })
  fc.assert(
    fc.property(noise, fc.boolean(), (bytes, begun) => {
      const all = Buffer.concat([
        begun ? text('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '') : Buffer.alloc(0),
        bytes,
      ])
      try {
        return read([all]).status >= 100
      } catch (cause) {
        return cause instanceof NotHttp
      }
    }),
    { numRuns: 300 },
  )
  t.pass()
})
