import { concat } from '../../../probe/bytes/framing.js'
import { encodeUtf8 } from '../../../probe/bytes/utf8.js'
import { closePayload, encodeFrame, opcodes, PLAIN_MASK, type Frame } from '../../../probe/net/frames.js'
import type { Attack } from '../attack.js'
import { Strike } from '../strike.js'

const mask = PLAIN_MASK
const text = encodeUtf8('{"id":"a"}')
const nothing = new Uint8Array(0)
const frames = (...all: readonly Frame[]): Uint8Array => concat(...all.map(encodeFrame))

/** Bytes that are wrong after an upgrade, and the code with which the connection is to be closed. */
const faults: readonly (readonly [bytes: Uint8Array, code: string])[] = [
  ...[1, 2, 4, 7].map(reserved => [frames({ opcode: opcodes.text, reserved, mask, payload: text }), '1002'] as const),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(opcode => [frames({ opcode, mask, payload: nothing }), '1002'] as const),
  [frames({ opcode: opcodes.text, payload: text }), '1002'],
  [frames({ opcode: opcodes.ping, fin: false, mask, payload: nothing }), '1002'],
  [frames({ opcode: opcodes.close, fin: false, mask, payload: nothing }), '1002'],
  [frames({ opcode: opcodes.ping, mask, payload: new Uint8Array(126) }), '1002'],
  [frames({ opcode: opcodes.pong, mask, payload: new Uint8Array(70_000) }), '1002'],
  [frames({ opcode: opcodes.continuation, mask, payload: text }), '1002'],
  [
    frames({ opcode: opcodes.text, fin: false, mask, payload: text }, { opcode: opcodes.text, mask, payload: text }),
    '1002',
  ],
  [
    frames({ opcode: opcodes.text, fin: false, mask, payload: text }, { opcode: opcodes.binary, mask, payload: text }),
    '1002',
  ],
  [frames({ opcode: opcodes.binary, mask, payload: text }), '1003'],
  ...[[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]].map(
    bytes => [frames({ opcode: opcodes.text, mask, payload: Uint8Array.from(bytes) }), '1007'] as const,
  ),
  [frames({ opcode: opcodes.text, mask, payload: encodeUtf8('[]') }), '1007'],
  [frames({ opcode: opcodes.text, mask, payload: encodeUtf8('{') }), '1007'],
  [frames({ opcode: opcodes.text, mask, payload: encodeUtf8('{}') }), '1008'],
  [frames({ opcode: opcodes.text, mask, payload: nothing, announced: 8_388_609 }), '1009'],
  [frames({ opcode: opcodes.text, mask, payload: nothing, announced: 2 ** 40 }), '1009'],
  [frames({ opcode: opcodes.text, mask, payload: nothing, announced: Number.MAX_SAFE_INTEGER }), '1009'],
  [frames({ opcode: opcodes.close, mask, payload: closePayload(1000) }), '1000'],
  [frames({ opcode: opcodes.close, mask, payload: nothing }), '1005'],
]

/** RFC 6455 leaves to each how it closes after these. */
const odd: readonly Uint8Array[] = [
  frames({ opcode: opcodes.close, mask, payload: Uint8Array.of(3) }),
  ...[0, 999, 1004, 1005, 1006, 1015, 2999, 65_535].map(code =>
    frames({ opcode: opcodes.close, mask, payload: closePayload(code) }),
  ),
  frames({ opcode: opcodes.close, mask, payload: Uint8Array.of(3, 232, 0xff) }),
]

/** Every frame that RFC 6455 or websocket.md does not allow. */
export const badFrames: Attack = {
  name: 'bad-frames',
  about: `One of ${faults.length + odd.length} wrong frames or close codes on a connection of its own, again and again.`,
  unit: 'frame',
  rate: 200,
  run: async scene => {
    const { pace, dice, tally, signal } = scene
    const strikes = new Set<Promise<void>>()
    const one = async (): Promise<void> => {
      const strike = new Strike(scene)
      const at = dice.under(faults.length + odd.length)
      const [bytes, code] = faults[at] ?? [odd[at - faults.length]!, undefined]
      if (!(await strike.upgrade())) {
        if (!signal.aborted) tally.saw('not upgraded', [])
        return strike.end()
      }
      tally.units++
      strike.send(bytes)
      const said = await strike.frame()
      if (!signal.aborted) tally.saw(said, code === undefined ? ['1000', '1002', '1005', '1007', String(said)] : [code])
      strike.end()
    }
    while (await pace()) {
      const going: Promise<void> = one().finally(() => strikes.delete(going))
      strikes.add(going)
    }
    await Promise.all(strikes)
  },
}
