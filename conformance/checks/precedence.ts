import { CLOSE_TASK, PING_TASK } from '../../schemas/index.js'
import { encodeBase64, parseBase64 } from '../probe/bytes/base64.js'
import type { HandshakeDraft } from '../probe/initiator/handshake-draft.js'
import type { ProbeSession, SessionDraft } from '../probe/initiator/session-draft.js'
import { addHeader, asRequest, isFrames, replaceHeader, withBody, type Outgoing } from '../probe/net/alter.js'
import type { WireRequest } from '../probe/net/exchange.js'
import { accepts, type Expectation } from '../runner/check.js'
import { judgeRefusal, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'

// Messages that are wrong in two ways at once: of the two errors that would be due, the one that stands first in
// errors.md has to come. Each mistake alone is judged by the check of its own requirement.

const prefer = async <Message>(
  doubly: Readonly<Record<string, readonly [Expectation, Message]>>,
  send: (message: Message) => Promise<Parameters<typeof judgeRefusal>[0]>,
): Promise<Broken | undefined> => {
  for (const [name, [expected, message]] of Object.entries(doubly)) {
    const found = judgeRefusal(await send(message), expected)
    if (found) return { ...found, observed: `${name}: ${found.observed}` }
  }
  return undefined
}

const plain = (code: Extract<Expectation, { plain: unknown }>['plain']): Expectation => ({ plain: code })
const authenticated = (code: Extract<Expectation, { authenticated: unknown }>['authenticated']): Expectation => ({
  authenticated: code,
})

const typed = (request: WireRequest): WireRequest => replaceHeader(request, 'Content-Type', 'text/plain')

/** The first piece of a body that would be over the limit. */
const oversize = (kit: Kit, request: WireRequest): WireRequest =>
  replaceHeader(request, 'Content-Length', String(kit.target.limits.maxMessageBytes + 1))

/** A message with members of its envelope exchanged. */
const posted = (kit: Kit, draft: SessionDraft, change: Record<string, unknown> = {}): Outgoing => {
  const { envelope, request } = kit.prepare(draft)
  return withBody(request, JSON.stringify({ ...envelope, ...change }))
}

const UNKNOWN_KID = { kid: 'kid-nobody' }
const SHORT = { payload: 'AAAA' }
const NOBODY_SERVES = 'nobody/serves-this@v1'

/** What of two mistakes decides. */
export const precedenceChecks = [
  accepts('error.precedence', {
    variant: 'http',
    needs: { transport: 'http' },
    run: async kit => {
      const session = await kit.session()
      const draft = (): SessionDraft => kit.draft(session)
      const request = (): WireRequest => asRequest(posted(kit, draft()))
      return prefer<WireRequest>(
        {
          'method before media type': [plain('method_not_allowed'), { ...typed(request()), method: 'PUT' }],
          'method before size': [plain('method_not_allowed'), { ...oversize(kit, request()), method: 'PUT' }],
          'method before JSON': [plain('method_not_allowed'), { ...withBody(request(), 'hello'), method: 'PUT' }],
          'media type before size': [plain('unsupported_media_type'), oversize(kit, typed(request()))],
          'media type before JSON': [plain('unsupported_media_type'), typed(withBody(request(), 'hello'))],
          'content encoding before size': [
            plain('unsupported_media_type'),
            oversize(kit, addHeader(request(), 'Content-Encoding', 'gzip')),
          ],
          'size before JSON': [plain('payload_too_large'), oversize(kit, { ...request(), body: Buffer.from('hello') })],
          'headers before the session': [
            plain('malformed'),
            addHeader(asRequest(posted(kit, draft(), UNKNOWN_KID)), 'X-SAGE-Task-ID', CLOSE_TASK),
          ],
        },
        message => kit.send(session, draft(), message),
      )
    },
  }),
  accepts('error.precedence', {
    variant: 'handshake',
    run: async kit => {
      const draft = (change: Partial<HandshakeDraft> = {}): HandshakeDraft => ({ ...kit.draftHandshake(), ...change })
      return prefer<HandshakeDraft>(
        {
          'task before payload': [plain('task_unsupported'), draft({ task_id: NOBODY_SERVES, payloadText: 'hello' })],
          'task before signature': [
            plain('task_unsupported'),
            draft({ task_id: NOBODY_SERVES, signingKey: kit.entropy(32) }),
          ],
          'payload before signature': [plain('malformed'), draft({ payloadText: '{}', signingKey: kit.entropy(32) })],
          'payload before DID': [plain('malformed'), draft({ payloadText: '{}', did: 'did:nobody:1' })],
        },
        message => kit.shakeHands(message),
      )
    },
  }),
  accepts('error.precedence', {
    variant: 'session',
    run: async kit => {
      const session = await kit.session()
      const stranger = kit.stranger().identity.did
      const draft = (change: Partial<SessionDraft> = {}): SessionDraft => kit.draft(session, change)
      return prefer<Outgoing>(
        {
          'schema before kid': [plain('malformed'), posted(kit, draft(), { extra: 1, ...UNKNOWN_KID })],
          'base64 before kid': [plain('malformed'), posted(kit, draft(), { payload: '!', ...UNKNOWN_KID })],
          'kid before DID': [plain('session_unknown'), posted(kit, draft(), { ...UNKNOWN_KID, did: stranger })],
          'kid before context': [
            plain('session_unknown'),
            posted(kit, draft(), { ...UNKNOWN_KID, context_id: 'other' }),
          ],
          'kid before length': [plain('session_unknown'), posted(kit, draft(), { ...UNKNOWN_KID, ...SHORT })],
          'kid before window': [plain('session_unknown'), posted(kit, draft({ seq: 0n }), UNKNOWN_KID)],
          'kid before AEAD': [
            plain('session_unknown'),
            posted(kit, draft(), { ...UNKNOWN_KID, ...spoilt(kit, session) }),
          ],
          'AEAD before task': [plain('authentication_failed'), posted(kit, draft(), { task_id: NOBODY_SERVES })],
          'AEAD before encoding': [plain('authentication_failed'), posted(kit, draft(), { encoding: 'x-none' })],
          'window before task': [
            plain('authentication_failed'),
            posted(kit, draft({ seq: 0n, task_id: NOBODY_SERVES })),
          ],
          'task before encoding': [
            authenticated('task_unsupported'),
            posted(kit, draft({ task_id: NOBODY_SERVES, encoding: 'x-none' })),
          ],
          'encoding before stream': [
            authenticated('encoding_unsupported'),
            posted(kit, draft({ encoding: 'x-none', stream: { id: 's', seq: 1, end: true } })),
          ],
          'encoding before arguments': [
            authenticated('encoding_unsupported'),
            posted(kit, draft({ encoding: 'x-none', task_id: PING_TASK, plaintext: kit.entropy(5000) })),
          ],
        },
        message => sendAs(kit, session, message),
      )
    },
  }),
  accepts('error.precedence', {
    variant: 'gzip',
    needs: { capability: 'gzip' },
    run: async kit => {
      const session = await kit.session()
      const bad = (length = 40): Partial<SessionDraft> => ({ encoding: 'gzip', plaintext: kit.entropy(length) })
      const draft = (change: Partial<SessionDraft>): SessionDraft => kit.draft(session, change)
      return prefer<Outgoing>(
        {
          'AEAD before inflation': [plain('authentication_failed'), posted(kit, draft(bad()), { task_id: CLOSE_TASK })],
          'task before inflation': [
            authenticated('task_unsupported'),
            posted(kit, draft({ ...bad(), task_id: NOBODY_SERVES })),
          ],
          'inflation before stream': [
            authenticated('malformed'),
            posted(kit, draft({ ...bad(), stream: { id: 's', seq: 1, end: true } })),
          ],
          'inflation before arguments': [authenticated('malformed'), posted(kit, draft(bad(5000)))],
        },
        message => sendAs(kit, session, message),
      )
    },
  }),
]

/** A payload whose tag is wrong. */
const spoilt = (kit: Kit, session: ProbeSession): { payload: string } => {
  const record = parseBase64(String(kit.prepare(kit.draft(session)).envelope['payload']))
  return { payload: encodeBase64(record.with(record.length - 1, (record.at(-1) ?? 0) ^ 1)) }
}

/** Sends a finished message; the answer is held against the message in it. */
const sendAs = (kit: Kit, session: ProbeSession, request: Outgoing) => {
  const text = isFrames(request) ? request.text : request.body
  const { payload, ...fields } = JSON.parse(Buffer.from(text).toString('utf8')) as SessionDraft & {
    payload: string
  }
  const unused = { key: session.keys.c2sEnc, seq: 0n, nonce: new Uint8Array(12), plaintext: new Uint8Array(0) }
  const record = payload === '!' ? new Uint8Array(0) : parseBase64(payload)
  return kit.conversation.send(session, { ...fields, ...unused }, record, request)
}
