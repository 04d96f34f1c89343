import { closeCodes, MAX_MESSAGE_FRAMES, SUBPROTOCOL } from '../../../schemas/index.js'
import { concat } from '../../probe/bytes/framing.js'
import { encodeUtf8 } from '../../probe/bytes/utf8.js'
import { opcodes, type Frame } from '../../probe/net/frames.js'
import type { AnswerStage, Fault } from '../../played/fault.js'
import { closeFrame, textFrame } from '../../played/reply.js'
import { listedIn } from '../../played/upgrade.js'
import { broken, type Broken } from '../../runner/judgement.js'
import { accepts, refuses, watches, type Run } from '../check.js'

const over = 'ws'

/** What is sent in place of one frame with the answer. */
const sends = (change: (answer: Frame, stage: AnswerStage) => readonly Frame[]): Fault => ({ frames: change })

/** Something before the answer. */
const before = (...frames: readonly Frame[]): Fault => sends(answer => [...frames, answer])

/** A message before the answer that answers nothing. */
const stray = (make: (stage: AnswerStage) => object): Fault =>
  sends((answer, stage) => [textFrame(make(stage)), answer])

const ping = (payload: Uint8Array): Frame => ({ opcode: opcodes.ping, payload })

/** A message in frames, one for each part of its bytes. */
const fragments = (parts: readonly Uint8Array[], opcode: number = opcodes.text): Frame[] =>
  parts.map((payload, index) => ({
    fin: index === parts.length - 1,
    opcode: index === 0 ? opcode : opcodes.continuation,
    payload,
  }))

const halves = (payload: Uint8Array): Uint8Array[] => {
  const middle = payload.length >> 1
  return [payload.subarray(0, middle), payload.subarray(middle)]
}

const inPieces = (payload: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(payload.length / size) }, (_, index) =>
    payload.subarray(index * size, (index + 1) * size),
  )

/** Frames with something between each two of them. */
const between = (frames: readonly Frame[], middle: (index: number) => Frame): Frame[] =>
  frames.flatMap((frame, index) => (index === 0 ? [frame] : [middle(index), frame]))

const internal = { success: false, error: 'internal' }

/** A plain error of nobody's with these bytes in the middle of its text. */
const errorWith = (bytes: Uint8Array): Uint8Array =>
  concat(encodeUtf8('{"success":false,"error":"internal","detail":"'), bytes, encodeUtf8('"}'))

const illText = (...bytes: readonly number[]): Fault =>
  before({ opcode: opcodes.text, payload: errorWith(Uint8Array.from(bytes)) })

const limits = { maxMessageBytes: 65_536 }

/** White space before the JSON of an answer, so that both have a byte more than may be. */
const tooLong = ({ payload }: Frame): Uint8Array =>
  concat(new Uint8Array(limits.maxMessageBytes + 1 - payload.length).fill(0x20), payload)

const selects = (...protocols: readonly string[]): Fault => ({
  upgrade: ({ status, headers }) => ({
    status,
    headers: [
      ...headers.filter(([name]) => name !== 'Sec-WebSocket-Protocol'),
      ...protocols.map(protocol => ['Sec-WebSocket-Protocol', protocol] as const),
    ],
  }),
})

/** What befalls the first request only: the same again would be answered. */
const closesOnce = (frame: Frame): Fault => sends((answer, { index }) => (index === 0 ? [frame] : [answer]))

const looksAtUpgrades =
  (look: (headers: Parameters<typeof listedIn>[0]) => Broken | undefined) =>
  (runs: readonly Run[]): Broken | undefined =>
    runs
      .flatMap(({ seen }) => seen.connections)
      .map(({ upgrade }) => look(upgrade))
      .find(found => found !== undefined)

const offers = looksAtUpgrades(upgrade => {
  const offered = listedIn(upgrade, 'sec-websocket-protocol')
  if (offered.includes(SUBPROTOCOL)) return undefined
  return broken('not-offered', `an upgrade that offers ${SUBPROTOCOL}`, `it offers ${offered.join(', ') || 'nothing'}`)
})

const offersNoExtension = looksAtUpgrades(upgrade => {
  const offered = listedIn(upgrade, 'sec-websocket-extensions')
  if (offered.length === 0) return undefined
  return broken('extension-offered', 'an upgrade that offers no extension', `it offers ${offered.join(', ')}`)
})

const isWellFramed = (runs: readonly Run[]): Broken | undefined => {
  const expected = 'text messages of one JSON object each, in masked frames'
  const rule = runs.flatMap(({ seen }) => seen.refusals).find(each => /^(ws|RFC 6455)\b/.test(each))
  if (rule !== undefined) return broken('refused-by-responder', expected, `the responder refused it: ${rule}`)
  const messages = runs.flatMap(({ seen }) => seen.connections).reduce((sum, each) => sum + each.messages, 0)
  return messages === 0 ? broken('nothing-arrived', expected, 'no message arrived') : undefined
}

/** The WebSocket binding. The first two come before everything else over WebSocket. */
export const websocketChecks = [
  watches('ws.offer', { over, prerequisite: true, look: offers }),
  watches('ws.text', { variant: 'initiator', over, prerequisite: true, look: isWellFramed }),
  watches('ws.offer-no-extension', { over, look: offersNoExtension }),
  refuses('ws.selected', {
    over,
    at: 'upgrade',
    faults: { none: selects(), another: selects('mqtt'), 'another version': selects('sage.v2') },
  }),
  accepts('ws.unmatched', {
    over,
    faults: {
      'a plain error without a message_id': stray(() => internal),
      'a plain error about an unknown message': stray(() => ({ ...internal, message_id: 'unknown' })),
      'an answer to an unknown message': stray(({ answerTo, request }) => ({
        ...answerTo(request),
        message_id: 'unknown',
      })),
      'an answer of another session': stray(({ answerTo, request }) => ({
        ...answerTo(request),
        message_id: 'unknown',
        kid: 'kid-of-another',
      })),
      'an empty object': stray(() => ({})),
      'the answer once more': sends(answer => [answer, answer]),
    },
  }),
  refuses('ws.unmatched', {
    variant: 'taken',
    over,
    at: 'answer',
    faults: {
      'sealed for another message': { answer: draft => ({ ...draft, message_id: 'unknown' }) },
      'no message_id': { answerEnvelope: ({ message_id: _, ...response }) => response },
    },
  }),
  refuses('ws.binary', {
    variant: 'initiator',
    over,
    at: 'answer',
    closes: closeCodes.binary,
    faults: {
      'the answer': sends(answer => [{ ...answer, opcode: opcodes.binary }]),
      'before the answer': before({ opcode: opcodes.binary, payload: encodeUtf8(JSON.stringify(internal)) }),
    },
  }),
  refuses('ws.not-utf8', {
    variant: 'initiator',
    over,
    at: 'answer',
    closes: closeCodes.notJson,
    faults: {
      'a byte that never occurs': illText(0xff),
      'an overlong form': illText(0xc0, 0xaf),
      'a surrogate': illText(0xed, 0xa0, 0x80),
      'a character that ends too soon': illText(0xe2, 0x82),
    },
  }),
  refuses('ws.protocol-error', {
    variant: 'initiator',
    over,
    at: 'answer',
    closes: closeCodes.protocolError,
    faults: {
      masked: sends((answer, { entropy }) => [{ ...answer, mask: entropy(4) }]),
      RSV1: sends(answer => [{ ...answer, reserved: 4 }]),
      RSV3: sends(answer => [{ ...answer, reserved: 1 }]),
      'a reserved opcode': before({ opcode: 3, payload: new Uint8Array(0) }),
      'a reserved opcode of a control frame': before({ opcode: 11, payload: new Uint8Array(0) }),
      'a ping in fragments': before({ fin: false, opcode: opcodes.ping, payload: new Uint8Array(0) }),
      'a ping of 126 bytes': before(ping(new Uint8Array(126))),
      'a continuation of nothing': before({ opcode: opcodes.continuation, payload: new Uint8Array(0) }),
      'another message before the end of one': before({
        fin: false,
        opcode: opcodes.text,
        payload: encodeUtf8(JSON.stringify(internal)),
      }),
    },
  }),
  refuses('ws.message-limit', {
    variant: 'initiator',
    over,
    limits,
    at: 'answer',
    closes: closeCodes.tooLarge,
    faults: {
      'in one frame': sends(answer => [{ ...answer, payload: tooLong(answer) }]),
      'in many frames': sends(answer => fragments(inPieces(tooLong(answer), 4096))),
      announced: sends(answer => [{ ...answer, announced: limits.maxMessageBytes + 1 }]),
    },
  }),
  accepts('ws.fragments', {
    variant: 'initiator',
    over,
    faults: {
      'one byte in each': sends(({ payload }) => fragments(inPieces(payload, 1))),
      'as many as may be': sends(({ payload }) => {
        const parts = inPieces(payload, 1)
        const empty = Array.from({ length: MAX_MESSAGE_FRAMES - parts.length }, () => new Uint8Array(0))
        return fragments([...empty, ...parts])
      }),
      'pings and pongs between': sends(({ payload }) =>
        between(fragments(inPieces(payload, Math.ceil(payload.length / 4))), index =>
          index === 2 ? { opcode: opcodes.pong, payload: new Uint8Array(0) } : ping(Uint8Array.of(index)),
        ),
      ),
      'cut inside a character': before(...fragments(inPieces(errorWith(encodeUtf8('é€𝄞')), 1))),
    },
  }),
  accepts('ws.ping', {
    variant: 'initiator',
    over,
    faults: {
      'before the answer': before(ping(encodeUtf8('are you there?')), ping(new Uint8Array(0))),
      'of 125 bytes': before(ping(new Uint8Array(125).fill(0xa5))),
      'inside the answer': sends(({ payload }) =>
        between(fragments(halves(payload)), () => ping(encodeUtf8('in the middle'))),
      ),
    },
  }),
  refuses('message.no-resend', {
    over,
    at: 'answer',
    faults: {
      ...Object.fromEntries(
        [1000, 1001, 1012, 1013].map(code => [`closed with ${code}`, closesOnce(closeFrame(code))]),
      ),
      'closed without a code': closesOnce({ opcode: opcodes.close, payload: new Uint8Array(0) }),
    },
  }),
]
