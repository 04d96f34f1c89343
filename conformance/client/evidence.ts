import { encodeHex } from '../probe/bytes/hex.js'
import {
  recordExchange,
  recordPlaintext,
  type AnswerKeeper,
  type TranscriptEntry,
} from '../probe/initiator/transcript.js'
import type { Exchanged } from '../probe/net/exchange.js'
import { requestAad } from '../probe/wire/aad.js'
import type { PeerExchange } from '../peers/observation.js'
import type { Reply } from '../peers/reply.js'

const outcomeOf = (reply: Reply): Exchanged => {
  const { status, headers, body, ending = 'whole' } = reply
  if (ending === 'reset' || ending === 'closed')
    return { kind: 'reset', reason: `the responder ended the connection (${ending})` }
  return { kind: 'response', response: { status, headers, body } }
}

const entryOf = (step: string, exchange: PeerExchange, keeper: AnswerKeeper): TranscriptEntry => {
  const { at, origin, arrival, reply, what, judged, opened } = exchange
  const url = new URL(origin)
  const note = reply.ending === undefined ? judged : `${judged} (${reply.ending})`
  return {
    step,
    what,
    ...recordExchange({ at, request: arrival, url, exchanged: outcomeOf(reply) }, keeper),
    ...(opened && {
      opened: {
        seq: String(opened.seq),
        aad: encodeHex(requestAad(opened.message)),
        plaintext: recordPlaintext(opened.plaintext),
      },
    }),
    judged: note,
  }
}

/** The exchanges of a run as a report holds them, from the responder's side: `request` arrived, `response` was answered. */
export const transcriptOf = (step: string, exchanges: readonly PeerExchange[], keeper: AnswerKeeper) =>
  exchanges.map(exchange => entryOf(step, exchange, keeper))
