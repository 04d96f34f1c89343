import fc from 'fast-check'
import t from 'tap'
import { concat } from '../../probe/bytes/framing.js'
import { encodeUtf8 } from '../../probe/bytes/utf8.js'
import { closePayload, encodeFrame, opcodes, type Frame } from '../../probe/net/frames.js'
import { Ear, type Heard } from '../heard.js'

const mask = Uint8Array.of(1, 2, 3, 4)
const limit = 100

const hear = (...frames: readonly Frame[]): Heard[] =>
  new Ear(limit).hear(concat(...frames.map(frame => encodeFrame({ mask, ...frame }))))

const text = (payload: string | Uint8Array, more: Partial<Frame> = {}): Frame => ({
  opcode: opcodes.text,
  payload: typeof payload === 'string' ? encodeUtf8(payload) : payload,
  ...more,
})
const more = (payload: string, fin = true): Frame => ({ ...text(payload), opcode: opcodes.continuation, fin })
const control = (opcode: number, payload: Uint8Array, rest: Partial<Frame> = {}): Frame => ({
  opcode,
  payload,
  ...rest,
})

/** The close code and the rule of the last thing that was heard. */
const forbidden = (...frames: readonly Frame[]): string | undefined => {
  const last = hear(...frames).at(-1)
  return last?.kind === 'forbidden' ? `${last.code} ${last.rule}` : last?.kind
}

t.test('messages are put together, whatever comes between their frames, and however they are cut', async t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), fc.array(fc.nat(30)), fc.nat(5), (said, places, each) => {
      const bytes = encodeUtf8(said)
      const at = [0, ...places.map(place => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
      const frames = at.slice(1).flatMap((end, index): Frame[] => [
        ...(index === 0 ? [] : [control(opcodes.ping, Uint8Array.of(index))]),
        {
          fin: index === at.length - 2,
          opcode: index === 0 ? opcodes.text : opcodes.continuation,
          payload: bytes.subarray(at[index], end),
        },
      ])
      const wire = concat(...frames.map(frame => encodeFrame({ mask, ...frame })))
      const ear = new Ear(limit)
      const heard: Heard[] = []
      for (let from = 0; from < wire.length; from += each + 1)
        heard.push(...ear.hear(wire.subarray(from, from + each + 1)))
      const messages = heard.flatMap(one => (one.kind === 'text' ? [Buffer.from(one.text).toString()] : []))
      const pings = heard.filter(({ kind }) => kind === 'ping')
      return messages.length === 1 && messages[0] === said && pings.length === at.length - 2
    }),
  )
  t.match(hear(text('a'), text('b'), control(opcodes.close, closePayload(1001))), [
    { kind: 'text' },
    { kind: 'text' },
    { kind: 'close', code: 1001 },
  ])
  t.match(hear(control(opcodes.close, new Uint8Array(0))), [{ kind: 'close', code: 1005 }])
})

t.test('what RFC 6455 forbids has the code 1002, and its name', async t => {
  const empty = new Uint8Array(0)
  const wrong: [RegExp, ...Frame[]][] = [
    [/reserved bit/, text('a', { reserved: 4 })],
    [/reserved bit/, control(opcodes.ping, empty, { reserved: 1 })],
    [/opcode 3/, control(3, empty)],
    [/opcode 15/, control(15, empty)],
    [/not masked/, text('a', { mask: undefined })],
    [/continuation of nothing/, more('a')],
    [/another message/, text('a', { fin: false }), text('b')],
    [/fragmented/, control(opcodes.ping, empty, { fin: false })],
    [/more than 125/, control(opcodes.pong, new Uint8Array(126))],
    [/close frame/, control(opcodes.close, Uint8Array.of(3))],
    ...[0, 999, 1004, 1005, 1006, 1015, 5000].map((code): [RegExp, Frame] => [
      /close frame/,
      control(opcodes.close, closePayload(code)),
    ]),
  ]
  for (const [rule, ...frames] of wrong) {
    t.match(forbidden(...frames), /^1002 ws\.protocol-error: /)
    t.match(forbidden(...frames), rule)
  }
})

t.test('binary messages, other text and too much of it have codes of their own', async t => {
  t.equal(forbidden(control(opcodes.binary, encodeUtf8('{}'))), '1003 ws.text: a binary message')
  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82]])
    t.equal(forbidden(text(Uint8Array.from(bytes))), '1007 ws.text: not UTF-8')
  t.equal(forbidden(text('a'.repeat(limit))), 'text')
  t.equal(forbidden(text('a'.repeat(limit + 1))), '1009 ws.message-limit')
  t.equal(forbidden(text('a'.repeat(limit), { fin: false }), more('a', false)), '1009 ws.message-limit')
  t.equal(forbidden({ ...text(''), announced: 2 ** 40 }), '1009 ws.message-limit')
  const many = (count: number): Frame[] => [
    text('', { fin: false }),
    ...Array.from({ length: count - 2 }, () => more('', false)),
  ]
  t.equal(forbidden(...many(1024), more('')), 'text')
  t.equal(forbidden(...many(1025), more('')), '1008 ws.fragments: too many')
})

t.test('after something forbidden nothing is heard any more', async t => {
  const ear = new Ear(limit)
  t.match(ear.hear(encodeFrame({ ...text('a'), mask: undefined })), [{ kind: 'forbidden' }])
  t.strictSame(ear.hear(encodeFrame({ ...text('a'), mask })), [])
})
