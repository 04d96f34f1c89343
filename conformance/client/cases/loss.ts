import { plainErrorCodes } from '../../../schemas/index.js'
import { encodeBase64 } from '../../probe/bytes/base64.js'
import type { Fault } from '../../played/fault.js'
import { jsonReply, plainReply, redirectReply, type Reply } from '../../played/reply.js'
import { refuses } from '../check.js'

/** What befalls the first request only: the same again, wherever it is sent, would be answered. */
const once = (change: (reply: Reply, id: string) => Reply): Fault => ({
  answerReply: (reply, { index, request }) => (index === 0 ? change(reply, request.message.id) : reply),
})

const plainErrors = Object.fromEntries(
  plainErrorCodes.map((code): [string, Fault] => [code, once((_, id) => plainReply(code, id))]),
)

const redirects = Object.fromEntries(
  [301, 302, 303, 307, 308].map((status): [string, Fault] => [
    `HTTP ${status}`,
    {
      instead: ({ kind }, { elsewhere }) =>
        kind === 'request' ? redirectReply(status, `${elsewhere}/messages`) : undefined,
    },
  ]),
)

/** A first answer that does not open. */
const unopened: Fault = {
  answerEnvelope: (response, { index, entropy }) =>
    index === 0 ? { ...response, data: encodeBase64(entropy(60)) } : response,
}

/** What an initiator does when no answer comes, or none that is one: nothing. */
export const lossChecks = [
  refuses('message.no-resend', { variant: 'plain-error', at: 'answer', faults: plainErrors }),
  refuses('message.no-resend', {
    variant: 'lost-connection',
    at: 'answer',
    faults: {
      reset: once(reply => ({ ...reply, ending: 'reset' })),
      closed: once(reply => ({ ...reply, ending: 'closed' })),
      'lost in the middle of the answer': once(reply => ({ ...reply, ending: 'truncated' })),
    },
  }),
  refuses('message.no-resend', {
    variant: 'unopened',
    at: 'answer',
    faults: { 'a record that does not open': unopened, garbage: once(() => jsonReply(200, 'garbage')) },
  }),
  refuses('message.no-plaintext', {
    variant: 'in-session',
    at: 'answer',
    faults: {
      'session unknown': once((_, id) => plainReply('session_unknown', id)),
      malformed: once((_, id) => plainReply('malformed', id)),
      'media type not supported': once((_, id) => plainReply('unsupported_media_type', id)),
      'connection reset': once(reply => ({ ...reply, ending: 'reset' })),
    },
  }),
  refuses('http.no-redirect', { variant: 'request', over: 'http', at: 'answer', faults: redirects }),
]
