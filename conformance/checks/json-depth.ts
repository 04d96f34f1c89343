import { isFrames, withBody } from '../probe/net/alter.js'
import type { WireObject } from '../probe/initiator/handshake-draft.js'
import { payloadTextOf, type HandshakeDraft } from '../probe/initiator/handshake-draft.js'
import { accepts, rejects } from '../runner/check.js'
import { judgeMessageId } from './message-id.js'

// No object of the protocol has room for anything that nests: what is nested here is a member that no schema defines. Depth is
// a matter of reading, and that a message has been read shows in the id of its error, and over WebSocket in that there is one.

const leavesNoTrace = ['same-bytes-accepted', 'session-lives'] as const

const arrays = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
const objects = (depth: number): string => `${'{"x":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`

/** The JSON of an object with a member more, whose value is that text. */
const withMember = (object: WireObject | string, value: string): string =>
  `${(typeof object === 'string' ? object : JSON.stringify(object)).slice(0, -1)},"extra":${value}}`

const deepPayload =
  (value: string) =>
  (next: HandshakeDraft): HandshakeDraft => ({ ...next, payloadText: withMember(payloadTextOf(next), value) })

/** How deep JSON may be. */
export const jsonDepthChecks = [
  rejects('conventions.json-depth', {
    subject: 'session message',
    bytes: {
      'arrays 17 deep': next => withMember(next.envelope, arrays(16)),
      'objects 17 deep': next => withMember(next.envelope, objects(16)),
      '1000 deep': next => withMember(next.envelope, arrays(999)),
    },
    expect: { plain: 'malformed' },
    after: leavesNoTrace,
  }),
  accepts('conventions.json-depth', {
    variant: 'read',
    also: ['error.message-id', 'conventions.limit-inclusive'],
    run: async kit => {
      const session = await kit.session()
      const { envelope, request, id } = kit.prepare(kit.draft(session))
      const [at, beyond] = [
        [arrays(15), objects(15)],
        [arrays(16), objects(16)],
      ] as const
      for (const value of at) {
        const found = await kit.raw('JSON 16 deep', withBody(request, withMember(envelope, value)))
        const judged = judgeMessageId(found, 'JSON 16 deep, which is read', id)
        if (judged) return judged
      }
      for (const value of isFrames(request) ? [] : beyond) {
        const found = await kit.raw('JSON 17 deep', withBody(request, withMember(envelope, value)))
        const judged = judgeMessageId(found, 'JSON 17 deep, which is not read', undefined)
        if (judged) return judged
      }
      return undefined
    },
  }),
  // Whether a payload was read or only its schema broken cannot be told from outside: the border is that of the vectors.
  rejects('conventions.json-depth', {
    variant: 'payload',
    subject: 'handshake',
    forged: {
      'arrays 17 deep': deepPayload(arrays(16)),
      'objects 17 deep': deepPayload(objects(16)),
      '1000 deep': deepPayload(arrays(999)),
    },
    expect: { plain: 'malformed' },
    after: ['no-session', 'same-bytes-accepted'],
  }),
]
