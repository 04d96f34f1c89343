import { PING_TASK } from '../../schemas/index.js'
import { parsePlainError } from '../probe/wire/session-message.js'
import { addHeader, asRequest, isFrames, replaceHeader, withBody, type Outgoing } from '../probe/net/alter.js'
import { headerValues } from '../probe/net/response-reader.js'
import { accepts } from '../runner/check.js'
import { broken, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'

/** A message that is refused, and the id that the plain error has to have: none where the message was not read. */
type Refused = readonly [name: string, request: Outgoing, id: string | undefined]

/** What is refused over HTTP before anybody reads the message. */
const unread = (honest: Outgoing, maxMessageBytes: number): Refused[] => {
  const request = asRequest(honest)
  return [
    ['another method', { ...request, method: 'PUT' }, undefined],
    ['another media type', replaceHeader(request, 'Content-Type', 'text/plain'), undefined],
    ['a body over the limit', replaceHeader(request, 'Content-Length', String(maxMessageBytes + 1)), undefined],
  ]
}

/** What `name` was answered with, held against the `id` that is due. */
export const judgeMessageId = (
  found: Awaited<ReturnType<Kit['raw']>>,
  name: string,
  id: string | undefined,
): Broken | undefined => {
  const expected =
    id === undefined ? `${name}: a plain error without message_id` : `${name}: a plain error with the message's id`
  const body = found.kind === 'response' ? found.response.body : found.kind === 'message' ? found.body : undefined
  if (!body) return broken(found.kind, expected, 'no answer')
  let said: string | undefined
  try {
    said = parsePlainError(body).message_id
  } catch {
    const what =
      found.kind === 'response'
        ? `HTTP ${found.response.status} (${headerValues(found.response.headers, 'content-type').join()})`
        : 'another message'
    return broken('no-plain-error', expected, what)
  }
  return said === id ? undefined : broken('message-id', expected, said === undefined ? 'there is none' : 'there is one')
}

const judgeAll = async (kit: Kit, refused: readonly Refused[]): Promise<Broken | undefined> => {
  for (const [name, request, id] of refused) {
    // Without an id that can be read there is no answer over WebSocket (ws.no-id, ws.not-json).
    if (id === undefined && isFrames(request)) continue
    const found = judgeMessageId(await kit.raw(`an error: ${name}`, request), name, id)
    if (found) return found
  }
  return undefined
}

/** Which message a plain error says that it is about. */
export const messageIdChecks = [
  accepts('error.message-id', {
    run: async kit => {
      const session = await kit.session()
      const { envelope, request, id } = kit.prepare(kit.draft(session))
      const saying = (change: object): Outgoing => withBody(request, JSON.stringify({ ...envelope, ...change }))
      return judgeAll(kit, [
        ['not JSON', withBody(request, '{'), undefined],
        ['no id', saying({ id: undefined }), undefined],
        ['an id that is no token', saying({ id: 'no token' }), undefined],
        ['an id that is no text', saying({ id: 7 }), undefined],
        ['a valid id and a member unknown', saying({ extra: 1 }), id],
        ['a valid id and a bad record', saying({ payload: 'AAAA' }), id],
        ['a valid id and no base64', saying({ payload: '*' }), id],
        ['a valid id and an unknown kid', saying({ kid: 'kid-nobody' }), id],
        ...(isFrames(request)
          ? []
          : ([
              ...unread(request, kit.target.limits.maxMessageBytes),
              ['a header that disagrees', addHeader(request, 'X-SAGE-Task-ID', `${PING_TASK}x`), id],
            ] as const)),
      ])
    },
  }),
  accepts('error.message-id', {
    variant: 'handshake',
    run: kit => {
      const drafts = {
        'a task that is not the handshake': { ...kit.draftHandshake(), task_id: 'hpke/complete@v2' },
        'a payload that is not JSON': { ...kit.draftHandshake(), payloadText: 'hello' },
        'a signature by another key': { ...kit.draftHandshake(), signingKey: kit.entropy(32) },
        'a time long past': { ...kit.draftHandshake(), ts: '2020-01-01T00:00:00Z' },
      }
      return judgeAll(
        kit,
        Object.entries(drafts).map(([name, draft]) => [name, kit.prepareHandshake(draft).request, draft.id]),
      )
    },
  }),
]
