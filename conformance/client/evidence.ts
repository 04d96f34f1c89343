import { encodeHex } from '../probe/bytes/hex.js'
import {
  recordConversation,
  recordExchange,
  recordPlaintext,
  type AnswerKeeper,
  type TranscriptEntry,
} from '../probe/initiator/transcript.js'
import type { Exchanged } from '../probe/net/exchange.js'
import { closeCodeOf, opcodes, type Frame } from '../probe/net/frames.js'
import type { Arrived } from '../probe/net/inbox.js'
import { idOf } from '../probe/wire/due-close.js'
import { requestAad } from '../probe/wire/aad.js'
import type { PeerExchange } from '../played/observation.js'
import type { Reply } from '../played/reply.js'

const MAX_NAMED = 8

const ended = ({ ending = 'whole' }: Reply): { kind: 'reset'; reason: string } | undefined =>
  ending === 'reset' || ending === 'closed'
    ? { kind: 'reset', reason: `the responder ended the connection (${ending})` }
    : undefined

const overHttp = (reply: Reply): Exchanged => {
  const { status, headers, body } = reply
  return ended(reply) ?? { kind: 'response', response: { status, headers, body } }
}

const overWebSocket = (reply: Reply): Arrived => {
  const [only] = reply.frames ?? []
  if (reply.frames?.length === 1 && only?.opcode === opcodes.close) return { kind: 'closed', code: closeCodeOf(only) }
  return ended(reply) ?? { kind: 'message', body: reply.body }
}

const nameOf = (opcode: number): string =>
  Object.entries(opcodes).find(([, value]) => value === opcode)?.[0] ?? `opcode ${opcode}`

const describeFrame = ({ opcode, fin = true, reserved = 0, mask, announced, payload }: Frame): string => {
  const marks = [
    ...(fin ? [] : ['not the last']),
    ...(reserved === 0 ? [] : [`reserved bits ${reserved}`]),
    ...(mask ? ['masked'] : []),
    ...(announced === undefined ? [] : [`announcing ${announced} bytes`]),
    `${payload.length} bytes`,
  ]
  return `${nameOf(opcode)} (${marks.join(', ')})`
}

const noteOf = ({ judged, reply: { ending, frames = [] } }: PeerExchange): string => {
  const named = frames.slice(0, MAX_NAMED).map(describeFrame)
  const more = frames.length > MAX_NAMED ? [`${frames.length - MAX_NAMED} more`] : []
  const said = ending === undefined ? judged : `${judged} (${ending})`
  return named.length === 0 ? said : `${said}, in the frames: ${[...named, ...more].join('; ')}`
}

const exchangeOf = ({ at, origin, arrival, over, reply }: PeerExchange, keeper: AnswerKeeper) => {
  if (!over) return recordExchange({ at, request: arrival, url: new URL(origin), exchanged: overHttp(reply) }, keeper)
  const id = idOf(arrival.body)
  const until = { kind: 'answer', ...(id !== undefined && { id }) } as const
  return recordConversation({ at, ...over, until, arrived: overWebSocket(reply) }, keeper)
}

const entryOf = (step: string, exchange: PeerExchange, keeper: AnswerKeeper): TranscriptEntry => ({
  step,
  what: exchange.what,
  ...exchangeOf(exchange, keeper),
  ...(exchange.opened && {
    opened: {
      seq: String(exchange.opened.seq),
      aad: encodeHex(requestAad(exchange.opened.message)),
      plaintext: recordPlaintext(exchange.opened.plaintext),
    },
  }),
  judged: noteOf(exchange),
})

/** The exchanges of a run as a report holds them, from the responder's side: `request` arrived, `response` was answered. */
export const transcriptOf = (step: string, exchanges: readonly PeerExchange[], keeper: AnswerKeeper) =>
  exchanges.map(exchange => entryOf(step, exchange, keeper))
