import { closeCodes, MAX_MESSAGE_FRAMES } from '../../schemas/index.js'
import { concat } from '../probe/bytes/framing.js'
import { encodeHex } from '../probe/bytes/hex.js'
import { encodeUtf8 } from '../probe/bytes/utf8.js'
import type { SessionDraft } from '../probe/initiator/session-draft.js'
import { isFrames, withBody } from '../probe/net/alter.js'
import { closePayload, opcodes, type Frame, type WireFrames } from '../probe/net/frames.js'
import { accepts, rejects, type Prepared } from '../runner/check.js'
import { broken, brokenBy, judgeAcceptance, judgeRefusal, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'
import { tooLarge } from './too-large.js'

const overWs = { transport: 'ws' } as const
const leavesNoTrace = ['same-bytes-accepted', 'session-lives'] as const
const EMPTY = new Uint8Array(0)

type Next = Prepared<SessionDraft, WireFrames>
type Faulty = (next: Next, twin: Next, kit: Kit) => readonly Frame[]

/** The frame of the honest message with something else in it. */
const framed =
  (change: Partial<Frame>): Faulty =>
  ({ request }) =>
    request.frames.map(frame => ({ ...frame, ...change }))

/** A text message that says something else. */
const saying =
  (change: (json: string, next: Next) => string | Uint8Array): Faulty =>
  next =>
    withBody(next.request, change(JSON.stringify(next.envelope), next)).frames

const withId =
  (id: unknown): Faulty =>
  next =>
    withBody(next.request, JSON.stringify({ ...next.envelope, id })).frames

/** The honest message, and a frame of another kind before its end. */
const interrupted =
  (change: Partial<Frame>): Faulty =>
  ({ request: { text } }, _twin, kit) => {
    const [first, last] = inPieces(kit, text, 2)
    return [first!, { ...kit.socket.frame(opcodes.ping, EMPTY), ...change }, last!]
  }

/** A text message in so many frames of about the same length. */
const inPieces = (kit: Kit, text: Uint8Array, count: number): Frame[] =>
  Array.from({ length: count }, (_, index) => {
    const [from, to] = [index, index + 1].map(at => Math.floor((at * text.length) / count))
    const opcode = index === 0 ? opcodes.text : opcodes.continuation
    return { ...kit.socket.frame(opcode, text.subarray(from, to)), fin: index === count - 1 }
  })

const notUtf8 = (bytes: readonly number[]): Faulty =>
  saying(json => concat(encodeUtf8(json.slice(0, -1)), encodeUtf8(',"x":"'), Uint8Array.from(bytes), encodeUtf8('"}')))

/** An honest message in other frames, which is answered like any other. */
const judgeFrames = async (
  kit: Kit,
  what: string,
  cut: (text: Uint8Array) => readonly Frame[],
): Promise<Broken | undefined> => {
  const session = await kit.session()
  const next = kit.prepare(kit.draft(session))
  if (!isFrames(next.request)) return undefined
  const request = { ...next.request, frames: cut(next.request.text) }
  return judgeAcceptance(await kit.send(session, next, request), what)
}

/** A frame that ends inside a character is no error of UTF-8: the member that has it is one of the schema. */
const judgeCutCharacter = async (kit: Kit): Promise<Broken | undefined> => {
  const session = await kit.session()
  const next = kit.prepare(kit.draft(session))
  if (!isFrames(next.request)) return undefined
  const text = encodeUtf8(JSON.stringify({ ...next.envelope, extra: 'é' }))
  const at = text.indexOf(0xc3) + 1
  const [first, last] = [text.subarray(0, at), text.subarray(at)]
  const frames = [
    { ...kit.socket.frame(opcodes.text, first), fin: false },
    kit.socket.frame(opcodes.continuation, last),
  ]
  const found = judgeRefusal(await kit.send(session, next, { text, frames }), { plain: 'malformed' })
  return found && { ...found, observed: `a character cut in two: ${found.observed}` }
}

/** A ping, and the pong that has to come. */
const judgePing = async (kit: Kit, content: Uint8Array, before: readonly Frame[] = []): Promise<Broken | undefined> => {
  const frames = [...before, kit.socket.frame(opcodes.ping, content)]
  const payload = encodeHex(content)
  const arrived = await kit.conversation.converse('ping', frames, { kind: 'pong', payload })
  if (arrived.kind === 'pong') return undefined
  const said = arrived.kind === 'closed' ? `the connection was closed with ${arrived.code}` : arrived.kind
  return broken(`ping-${arrived.kind}`, `a pong with the ${content.length} bytes of the ping`, said)
}

/** Frames and messages: what is read, and what closes a connection. */
export const websocketFrameChecks = [
  rejects('ws.binary', {
    subject: 'session message',
    frames: {
      'the message': framed({ opcode: opcodes.binary }),
      'an empty one': framed({ opcode: opcodes.binary, payload: EMPTY }),
      'in two frames': ({ request: { text } }, _twin, kit) => {
        const [first, last] = inPieces(kit, text, 2)
        return [{ ...first!, opcode: opcodes.binary }, last!]
      },
    },
    expect: { close: closeCodes.binary },
    after: leavesNoTrace,
  }),
  rejects('ws.not-utf8', {
    subject: 'session message',
    frames: {
      'a byte that is none of UTF-8': notUtf8([0xff]),
      'a surrogate': notUtf8([0xed, 0xa0, 0x80]),
      'an overlong form': notUtf8([0xc0, 0xaf]),
      'beyond the last character': notUtf8([0xf4, 0x90, 0x80, 0x80]),
      'a character cut short at the end': saying(json => concat(encodeUtf8(json), Uint8Array.of(0xe2, 0x82))),
    },
    expect: { close: closeCodes.notJson },
    after: leavesNoTrace,
  }),
  rejects('ws.not-json', {
    subject: 'session message',
    frames: {
      'no text': saying(() => ''),
      'not JSON': saying(() => 'hello'),
      'a number': saying(() => '7'),
      null: saying(() => 'null'),
      'an array': saying(json => `[${json}]`),
      'something after it': saying(json => `${json}x`),
      'two objects on two lines': saying(json => `${json}\n${json}`),
      'nested too deep': saying(json => `${json.slice(0, -1)},"x":${'['.repeat(16)}${']'.repeat(16)}}`),
      'a lone surrogate': saying(json => `${json.slice(0, -1)},"x":"\\ud800"}`),
    },
    expect: { close: closeCodes.notJson },
    after: leavesNoTrace,
  }),
  rejects('ws.no-id', {
    subject: 'session message',
    frames: {
      'no id': withId(undefined),
      'a number': withId(7),
      null: withId(null),
      'an empty one': withId(''),
      'no token': withId('no token'),
      '129 characters': withId('i'.repeat(129)),
      'nothing at all': saying(() => '{}'),
    },
    expect: { close: closeCodes.noId },
    after: leavesNoTrace,
  }),
  rejects('ws.message-limit', {
    subject: 'session message',
    // Only the beginning is sent: the close proves that the rest was not waited for.
    frames: ({ request }, _twin, kit) =>
      request.frames.map(frame => ({ ...frame, announced: kit.target.limits.maxMessageBytes + 1 })),
    expect: { close: closeCodes.tooLarge },
    after: leavesNoTrace,
  }),
  accepts('ws.message-limit', {
    variant: 'in-fragments',
    needs: { ...overWs, unobservable: tooLarge, alone: true },
    run: async kit => {
      const session = await kit.session()
      const next = kit.prepare(kit.draft(session))
      if (!isFrames(next.request)) return undefined
      const { maxMessageBytes } = kit.target.limits
      const whole = concat(next.request.text, Buffer.alloc(maxMessageBytes - next.request.text.length, ' '))
      const [first, second] = inPieces(kit, whole, 2)
      const more = { ...kit.socket.frame(opcodes.continuation, EMPTY), announced: 1 }
      const request = { ...next.request, frames: [first!, { ...second!, fin: false }, more] }
      const answer = await kit.send(session, next, request)
      if (answer.kind !== 'closed' || answer.code !== closeCodes.tooLarge)
        return brokenBy(answer, `the connection closed with ${closeCodes.tooLarge}`)
      return judgeAcceptance(await kit.send(session, next), 'the same message of its own size')
    },
  }),
  accepts('conventions.limit-inclusive', {
    variant: 'text',
    needs: { ...overWs, unobservable: tooLarge, alone: true },
    run: async kit => {
      const session = await kit.session()
      const next = kit.prepare(kit.draft(session))
      if (!isFrames(next.request)) return undefined
      const { text } = next.request
      const whole = concat(text, Buffer.alloc(kit.target.limits.maxMessageBytes - text.length, ' '))
      const request = withBody(next.request, whole)
      return judgeAcceptance(await kit.send(session, next, request), `a text of ${whole.length} bytes, the limit,`)
    },
  }),
  rejects('ws.protocol-error', {
    subject: 'session message',
    frames: {
      'the first reserved bit': framed({ reserved: 4 }),
      'the second reserved bit': framed({ reserved: 2 }),
      'the third reserved bit': framed({ reserved: 1 }),
      'a reserved opcode': framed({ opcode: 3 }),
      'a reserved opcode of control': framed({ opcode: 11, payload: EMPTY }),
      'no mask': framed({ mask: undefined }),
      'a continuation of nothing': framed({ opcode: opcodes.continuation }),
      'a text inside a fragmented message': interrupted({ opcode: opcodes.text }),
      'a fragmented ping': interrupted({ fin: false }),
      'a ping of 126 bytes': interrupted({ payload: new Uint8Array(126) }),
    },
    expect: { close: closeCodes.protocolError },
    after: leavesNoTrace,
  }),
  accepts('ws.fragments', {
    needs: overWs,
    run: async kit => {
      const empty = (): Frame => ({ ...kit.socket.frame(opcodes.continuation, EMPTY), fin: false })
      const ping = (): Frame => kit.socket.frame(opcodes.ping, EMPTY)
      const ways: [string, (text: Uint8Array) => readonly Frame[]][] = [
        ['a message in two frames', text => inPieces(kit, text, 2)],
        [`a message in ${MAX_MESSAGE_FRAMES} frames`, text => inPieces(kit, text, MAX_MESSAGE_FRAMES)],
        [
          'a message in three frames, one of them empty',
          text => inPieces(kit, text, 2).flatMap((frame, index) => (index === 0 ? [frame, empty()] : [frame])),
        ],
        ['a message with pings between its frames', text => inPieces(kit, text, 3).flatMap(frame => [ping(), frame])],
      ]
      for (const [what, cut] of ways) {
        const found = await judgeFrames(kit, what, cut)
        if (found) return found
      }
      return judgeCutCharacter(kit)
    },
  }),
  accepts('ws.ping', {
    needs: overWs,
    run: async kit => {
      const session = await kit.session()
      for (const length of [0, 5, 125]) {
        const found = await judgePing(kit, kit.entropy(length))
        if (found) return found
      }
      const next = kit.prepare(kit.draft(session))
      if (!isFrames(next.request)) return undefined
      const [first, last] = inPieces(kit, next.request.text, 2)
      const found = await judgePing(kit, kit.entropy(4), [first!])
      const request = { ...next.request, frames: [last!] }
      return found ?? judgeAcceptance(await kit.send(session, next, request), 'the message around a ping')
    },
  }),
  accepts('ws.close', {
    needs: overWs,
    run: async kit => {
      const session = await kit.session()
      for (const payload of [closePayload(1000), EMPTY, closePayload(4000)]) {
        const frames = [kit.socket.frame(opcodes.close, payload)]
        const arrived = await kit.conversation.converse('close', frames, { kind: 'end' })
        const expected = 'a close frame, and then the end of the connection'
        if (arrived.kind !== 'ended') return broken('still-open', expected, arrived.kind)
        if (arrived.code === undefined) return broken('no-close-frame', expected, 'the end without a close frame')
        const found = judgeAcceptance(await kit.ping(session), 'over the next connection, a ping')
        if (found) return found
      }
      return undefined
    },
  }),
  accepts('ws.text', {
    variant: 'every-answer',
    needs: overWs,
    run: async kit => {
      const session = await kit.session()
      const answers = [
        await kit.shakeHands(),
        await kit.ping(session),
        await kit.ask(session, { task_id: 'nobody/serves-this@v1' }),
        await kit.send(session, { ...kit.draft(session), key: kit.entropy(32) }),
      ]
      const other = answers.find(({ kind }) => !['session', 'success', 'authenticated', 'plain'].includes(kind))
      return other && brokenBy(other, 'every answer one text message of unmasked frames without reserved bits')
    },
  }),
]
