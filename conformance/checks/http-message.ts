import { encodeUtf8 } from '../probe/bytes/utf8.js'
import type { ProbeSession, SessionDraft } from '../probe/initiator/session-draft.js'
import { asRequest } from '../probe/net/alter.js'
import type { WireRequest } from '../probe/net/exchange.js'
import type { Prepared } from '../runner/check.js'
import type { Kit } from '../runner/kit.js'

/** A message of a session and the POST around it. */
export type PostedMessage = Prepared<SessionDraft, WireRequest>

/** An honest message and the POST around it. */
export const prepare = (kit: Kit, session: ProbeSession): PostedMessage => {
  const next = kit.prepare(kit.draft(session))
  return { ...next, request: asRequest(next.request) }
}

/** A body in one chunk, and the last chunk. */
export const chunked = (body: Uint8Array): Uint8Array =>
  Buffer.concat([encodeUtf8(`${body.length.toString(16)}\r\n`), body, encodeUtf8('\r\n0\r\n\r\n')])
