import fc from 'fast-check'
import type { EventEmitter } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import * as ws from 'ws'
import { be16, be64, concat } from '../../bytes/framing.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import {
  acceptOf,
  closeCodeOf,
  closePayload,
  encodeFrame,
  FrameReader,
  NotFrames,
  opcodes,
  type Frame,
  type ReadFrame,
} from '../frames.js'

/** What is read of bytes that arrive in pieces. */
const read = (...pieces: readonly Uint8Array[]): ReadFrame[] => {
  const reader = new FrameReader()
  return pieces.flatMap(piece => reader.push(piece))
}

/** Cuts bytes at the given places. */
const cut = (bytes: Uint8Array, places: readonly number[]): Uint8Array[] => {
  const at = [0, ...places.map(place => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
}

/** How a frame is to be read. */
const readAs = ({ fin = true, reserved = 0, opcode, mask, payload }: Frame): ReadFrame => ({
  fin,
  reserved,
  opcode,
  masked: mask !== undefined,
  ...(mask && { mask }),
  payload,
})

/** Two lists of frames that say the same. Payloads are compared as bytes: a test's own comparison takes them one by one. */
const same = (a: readonly ReadFrame[], b: readonly ReadFrame[]): boolean => isDeepStrictEqual(plain(a), plain(b))

const plain = (frames: readonly ReadFrame[]) =>
  frames.map(({ mask, payload, ...frame }) => ({
    ...frame,
    ...(mask && { mask: Uint8Array.from(mask) }),
    payload: Uint8Array.from(payload),
  }))

const frames: fc.Arbitrary<Frame> = fc.record({
  fin: fc.boolean(),
  reserved: fc.nat(7),
  opcode: fc.nat(15),
  mask: fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined }),
  payload: fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(125, 126, 127, 65_535, 65_536, 65_537).map(bytes => new Uint8Array(bytes).fill(7)),
  ),
})

t.test('frames come out as they went in, whatever they are and however they are cut', async () => {
  fc.assert(
    fc.property(fc.array(frames, { maxLength: 4 }), fc.array(fc.nat(200_000), { maxLength: 8 }), (sent, places) => {
      const bytes = concat(...sent.map(encodeFrame))
      return same(read(...cut(bytes, places)), sent.map(readAs))
    }),
    { numRuns: 200 },
  )
})

t.test('a frame that arrives byte by byte is read once it is whole, and not before', async t => {
  const frame = { opcode: opcodes.text, mask: Uint8Array.of(1, 2, 3, 4), payload: encodeUtf8('x'.repeat(300)) }
  const bytes = encodeFrame(frame)
  const reader = new FrameReader()
  let early = 0
  for (const byte of bytes.subarray(0, -1)) early += reader.push(Uint8Array.of(byte)).length
  t.equal(early, 0)
  t.ok(same(reader.push(bytes.subarray(-1)), [readAs(frame)]))
})

t.test('every field stands where RFC 6455 §5.2 has it', async t => {
  const hex = (frame: Frame): string => Buffer.from(encodeFrame(frame)).toString('hex')
  const hello = encodeUtf8('Hello')
  t.equal(hex({ opcode: opcodes.text, payload: hello }), '810548656c6c6f', '§5.7, unmasked')
  const mask = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d)
  t.equal(hex({ opcode: opcodes.text, mask, payload: hello }), '818537fa213d7f9f4d5158', '§5.7, masked')
  t.equal(hex({ opcode: opcodes.text, fin: false, payload: hello.subarray(0, 3) }), '010348656c', '§5.7, fragmented')
  t.equal(hex({ opcode: opcodes.continuation, payload: hello.subarray(3) }), '80026c6f')
  t.equal(hex({ opcode: opcodes.ping, reserved: 4, payload: new Uint8Array(0) }), 'c900', 'RSV1')
  t.equal(hex({ opcode: opcodes.pong, reserved: 1, payload: new Uint8Array(0) }), '9a00', 'RSV3')
  const start = (bytes: number): string => hex({ opcode: opcodes.binary, payload: new Uint8Array(bytes) }).slice(0, 20)
  t.equal(start(125).slice(0, 4), '827d')
  t.equal(start(126).slice(0, 8), '827e007e')
  t.equal(start(65_535).slice(0, 8), '827effff')
  t.equal(start(65_536), '827f0000000000010000')
  t.equal(hex({ opcode: opcodes.text, announced: 9, payload: hello }), '810948656c6c6f', 'a length that lies')
  t.equal(hex({ opcode: opcodes.close, payload: closePayload(1002) }), '880203ea')
})

t.test('a length beyond all measure is refused before it is waited for', async t => {
  const announced = (length: Uint8Array) => () => read(concat(Uint8Array.of(0x82, 127), length))
  for (const bytes of [2n ** 26n + 1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n])
    t.throws(announced(be64(bytes)), NotFrames, String(bytes))
  t.strictSame(announced(be64(2n ** 26n))(), [], 'what is just within it is awaited')
  t.strictSame(
    read(concat(Uint8Array.of(0x82, 126), be16(0))).length,
    1,
    'a length need not be written in its shortest form',
  )
  t.equal(read(concat(Uint8Array.of(0x82, 127), be64(1n), Uint8Array.of(5)))[0]?.payload[0], 5)
})

t.test('a close frame has a code or none', async t => {
  t.equal(closeCodeOf({ payload: closePayload(1009) }), 1009)
  t.equal(closeCodeOf({ payload: concat(closePayload(1001), encodeUtf8('going away')) }), 1001)
  for (const payload of [new Uint8Array(0), Uint8Array.of(3)]) t.equal(closeCodeOf({ payload }), 1005)
})

// The `ws` library as an outside oracle: what it reads of our frames, and we of its. Its types leave these two out.
interface Oracle {
  readonly Receiver: new (options: { readonly isServer: boolean }) => EventEmitter & { write(bytes: Uint8Array): void }
  readonly Sender: {
    frame(
      data: Buffer,
      options: { opcode: number; fin: boolean; rsv1: boolean; mask: boolean; readOnly: boolean },
    ): Buffer[]
  }
}
const oracle = ws as unknown as Oracle

t.test('another implementation reads these frames: messages, fragments, control frames', async () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.array(fc.nat(400), { maxLength: 5 }),
      fc.boolean(),
      (text, places, isServer) => {
        const mask = isServer ? Uint8Array.of(9, 8, 7, 6) : undefined
        const pieces = cut(encodeUtf8(text), places)
        const last = pieces.length - 1
        const fragments = pieces.map((payload, at): Frame => {
          return { fin: at === last, opcode: at === 0 ? opcodes.text : opcodes.continuation, mask, payload }
        })
        const ping: Frame = { opcode: opcodes.ping, mask, payload: encodeUtf8('ping') }
        const heard: unknown[] = []
        const receiver = new oracle.Receiver({ isServer })
        receiver.on('message', (data: Buffer, isBinary: boolean) => heard.push(data.toString(), isBinary))
        receiver.on('ping', (data: Buffer) => heard.push(data.toString()))
        receiver.on('conclude', (code: number) => heard.push(code))
        const close: Frame = { opcode: opcodes.close, mask, payload: closePayload(1001) }
        for (const frame of [...fragments.slice(0, -1), ping, ...fragments.slice(-1), close])
          receiver.write(encodeFrame(frame))
        return isDeepStrictEqual(heard, ['ping', text, false, 1001])
      },
    ),
    { numRuns: 100 },
  )
})

t.test('what another implementation frames is read', async () => {
  fc.assert(
    fc.property(frames, fc.boolean(), ({ payload, opcode, fin = true }, mask) => {
      const [header, body] = oracle.Sender.frame(Buffer.from(payload), {
        opcode,
        fin,
        rsv1: true,
        mask,
        readOnly: true,
      })
      const bytes = concat(header ?? new Uint8Array(0), body ?? new Uint8Array(0))
      // The key is of its own choice.
      const found = read(bytes).map(({ mask: _, ...frame }) => frame)
      return same(found, [{ fin, reserved: 4, opcode, masked: mask, payload }])
    }),
    { numRuns: 100 },
  )
})

t.test('the answer to a key is that of RFC 6455 §1.3', async t => {
  t.equal(acceptOf('dGhlIHNhbXBsZSBub25jZQ=='), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
})
