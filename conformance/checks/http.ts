import type { ProbeSession, SessionDraft } from '../probe/initiator/session-draft.js'
import { messagesUrl } from '../probe/initiator/target.js'
import { addHeader, removeHeader, replaceHeader, withBody } from '../probe/net/alter.js'
import type { WireRequest } from '../probe/net/exchange.js'
import { headerValues } from '../probe/net/response-reader.js'
import { accepts, rejects, type Prepared } from '../runner/check.js'
import { broken, brokenBy, judgeAcceptance, judgeRefusal } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'
import type { Answer } from '../probe/initiator/answer.js'
import { beyondLoopback } from './loopback.js'
import { chunked, prepare } from './http-message.js'
import { isJsonMediaType } from './media-type.js'
import { isNeverStored } from './never-stored.js'
import { judgeRebound, reboundNames } from './rebound.js'
import { tooLarge } from './too-large.js'

const leavesNoTrace = ['same-bytes-accepted', 'session-lives'] as const
const malformed = { plain: 'malformed' } as const
const overHttp = { transport: 'http' } as const

type Next = Prepared<SessionDraft, WireRequest>

const header =
  (name: string, value: (next: Next) => string) =>
  (next: Next): WireRequest =>
    addHeader(next.request, name, value(next))

const typed =
  (value: string) =>
  (next: Next): WireRequest =>
    replaceHeader(next.request, 'Content-Type', value)

/** One answer of each kind that a message can get: a session, a success, a plain and an authenticated error. */
const oneOfEach = async (kit: Kit): Promise<Answer[]> => {
  const session = await kit.session()
  return [
    await kit.shakeHands(),
    await kit.ping(session),
    await kit.ask(session, { task_id: 'nobody/serves-this@v1' }),
    await kit.send(session, { ...kit.draft(session), key: kit.entropy(32) }),
    await kit.send(session, kit.draft(session), withBody(prepare(kit, session).request, 'hello')),
    ...(await unreadRefusals(kit, session)),
  ]
}

/** Refusals of HTTP, before anybody has read a message, and that of a handshake which nobody serves. */
const unreadRefusals = async (kit: Kit, session: ProbeSession): Promise<Answer[]> => {
  const next = prepare(kit, session)
  const { request } = next
  const refused = [
    { ...request, method: 'PUT' },
    replaceHeader(request, 'Content-Type', 'text/plain'),
    addHeader(request, 'Content-Encoding', 'gzip'),
    addHeader(request, 'X-SAGE-Task-ID', 'sage/close@v1'),
  ]
  const answers = [await kit.shakeHands({ ...kit.draftHandshake(), task_id: 'hpke/complete@v2' })]
  for (const each of refused) answers.push(await kit.send(session, next, each))
  const long = replaceHeader(request, 'Content-Length', String(kit.target.limits.maxMessageBytes + 1))
  const answer = await kit.send(session, next, long)
  // Whoever waits for all of it has no answer: that is for http.body-limit to say.
  return answer.kind === 'timeout' ? answers : [...answers, answer]
}

/** The HTTP binding. */
export const httpChecks = [
  rejects('http.method', {
    subject: 'session message',
    wire: {
      GET: ({ request }) => ({
        ...removeHeader(removeHeader(request, 'Content-Length'), 'Content-Type'),
        method: 'GET',
        body: new Uint8Array(0),
      }),
      PUT: ({ request }) => ({ ...request, method: 'PUT' }),
      OPTIONS: ({ request }) => ({ ...request, method: 'OPTIONS' }),
      PATCH: ({ request }) => ({ ...request, method: 'PATCH' }),
      DELETE: ({ request }) => ({ ...request, method: 'DELETE' }),
    },
    expect: { plain: 'method_not_allowed', headers: { allow: /(^|[\s,])POST($|[\s,])/ } },
    after: leavesNoTrace,
  }),
  rejects('http.media-type', {
    subject: 'session message',
    wire: {
      'text/plain': typed('text/plain'),
      none: ({ request }) => removeHeader(request, 'Content-Type'),
      'a form': typed('application/x-www-form-urlencoded'),
      'another charset': typed('application/json; charset=iso-8859-1'),
      'another parameter': typed('application/json; profile=x'),
      'a longer name': typed('application/json-seq'),
    },
    expect: { plain: 'unsupported_media_type' },
    after: leavesNoTrace,
  }),
  accepts('http.media-type', {
    variant: 'accepted-forms',
    needs: overHttp,
    run: async kit => {
      const session = await kit.session()
      for (const value of [
        'application/json; charset=utf-8',
        'Application/JSON',
        'application/json;charset=UTF-8',
        'application/json ; charset="utf-8"',
      ]) {
        const next = prepare(kit, session)
        const found = judgeAcceptance(await kit.send(session, next, typed(value)(next)), `a message of type ${value}`)
        if (found) return found
      }
      return undefined
    },
  }),
  rejects('http.content-encoding', {
    subject: 'session message',
    wire: { gzip: header('Content-Encoding', () => 'gzip'), identity: header('Content-Encoding', () => 'identity') },
    expect: { plain: 'unsupported_media_type' },
    after: leavesNoTrace,
  }),
  rejects('http.body-limit', {
    subject: 'session message',
    // Only the beginning of the body is sent: an answer proves that its end was not waited for.
    wire: ({ request }, _twin, kit) =>
      replaceHeader(request, 'Content-Length', String(kit.target.limits.maxMessageBytes + 1)),
    expect: { plain: 'payload_too_large', headers: { connection: /close/i } },
    after: leavesNoTrace,
  }),
  accepts('http.body-limit', {
    variant: 'chunked',
    needs: { ...overHttp, unobservable: tooLarge, alone: true },
    run: async kit => {
      const session = await kit.session()
      const next = prepare(kit, session)
      const body = Buffer.concat([
        next.request.body,
        Buffer.alloc(kit.target.limits.maxMessageBytes + 1 - next.request.body.length, ' '),
      ])
      // One byte too many and no end: whoever has read it all knows enough.
      const endless = chunked(body).subarray(0, -5)
      const request = {
        ...addHeader(removeHeader(next.request, 'Content-Length'), 'Transfer-Encoding', 'chunked'),
        body: endless,
      }
      return (
        judgeRefusal(await kit.send(session, next, request), {
          plain: 'payload_too_large',
          headers: { connection: /close/i },
        }) ?? judgeAcceptance(await kit.send(session, next), 'the same message of its own size')
      )
    },
  }),
  accepts('conventions.limit-inclusive', {
    variant: 'body',
    needs: { ...overHttp, unobservable: tooLarge, alone: true },
    run: async kit => {
      const session = await kit.session()
      const next = prepare(kit, session)
      const { request } = next
      const body = Buffer.concat([
        request.body,
        Buffer.alloc(kit.target.limits.maxMessageBytes - request.body.length, ' '),
      ])
      return judgeAcceptance(
        await kit.send(session, next, withBody(request, body)),
        `a body of ${body.length} bytes, the limit,`,
      )
    },
  }),
  rejects('http.unknown-path', {
    subject: 'session message',
    wire: {
      'beside it': ({ request }) => ({ ...request, path: `${request.path}x` }),
      'below it': ({ request }) => ({ ...request, path: `${request.path}/x` }),
    },
    expect: { status: 404 },
    after: leavesNoTrace,
  }),
  rejects('http.headers-agree', {
    subject: 'session message',
    wire: {
      'another DID': header('X-SAGE-DID', ({ did }) => `${did}x`),
      'another message id': header('X-SAGE-Message-ID', ({ id }) => `${id}x`),
      'another context': header('X-SAGE-Context-ID', ({ context_id }) => `${context_id}x`),
      'another task': header('X-SAGE-Task-ID', () => 'sage/close@v1'),
      'an empty task': header('X-SAGE-Task-ID', () => ''),
      'the task in capitals': header('X-SAGE-Task-ID', ({ task_id }) => task_id.toUpperCase()),
      'the DID in capitals': header('X-SAGE-DID', ({ did }) => did.toUpperCase()),
      'in lower case': header('x-sage-task-id', () => 'sage/close@v1'),
      'repeated, the same twice': next =>
        addHeader(addHeader(next.request, 'X-SAGE-Task-ID', next.task_id), 'X-SAGE-Task-ID', next.task_id),
      'repeated, then another': next =>
        addHeader(addHeader(next.request, 'X-SAGE-Message-ID', next.id), 'X-SAGE-Message-ID', `${next.id}x`),
    },
    expect: malformed,
    after: leavesNoTrace,
  }),
  accepts('http.headers-agree', {
    variant: 'agreeing',
    needs: overHttp,
    run: async kit => {
      const session = await kit.session()
      const next = prepare(kit, session)
      const pairs = [
        ['DID', next.did],
        ['Message-ID', next.id],
        ['Context-ID', next.context_id],
        ['Task-ID', next.task_id],
      ] as const
      const request = pairs.reduce((made, [name, value]) => addHeader(made, `X-SAGE-${name}`, value), next.request)
      return judgeAcceptance(await kit.send(session, next, request), 'a message whose headers agree')
    },
  }),
  accepts('http.headers-never-instead', {
    needs: overHttp,
    run: async kit => {
      const session = await kit.session()
      const next = prepare(kit, session)
      const members = { 'Task-ID': 'task_id', 'Message-ID': 'id', 'Context-ID': 'context_id', DID: 'did' } as const
      for (const [name, member] of Object.entries(members)) {
        const { [member]: value, ...rest } = next.envelope
        const short = withBody(addHeader(next.request, `X-SAGE-${name}`, String(value)), JSON.stringify(rest))
        const instead = await kit.send(session, next, short)
        if (instead.kind !== 'plain' || instead.error !== 'malformed')
          return brokenBy(instead, `plain error malformed where only a header says ${member}`)
      }
      const ignored = addHeader(addHeader(next.request, 'X-SAGE-Meta-Name', 'x'), 'X-SAGE-Unheard-Of', 'x')
      return judgeAcceptance(await kit.send(session, next, ignored), 'a message with headers that mean nothing')
    },
  }),
  accepts('http.response-json', {
    needs: overHttp,
    run: async kit => {
      for (const answer of await oneOfEach(kit)) {
        if (!answer.response) return brokenBy(answer, 'a response')
        if (!isJsonMediaType(answer.response.headers))
          return broken(
            'media-type',
            'application/json',
            `${headerValues(answer.response.headers, 'content-type').join()} with HTTP ${answer.response.status}`,
          )
      }
      return undefined
    },
  }),
  accepts('http.no-store', {
    needs: overHttp,
    run: async kit => {
      for (const answer of await oneOfEach(kit)) {
        if (!answer.response) return brokenBy(answer, 'a response')
        if (!isNeverStored(answer.response.headers))
          return broken('cache-control', 'Cache-Control: no-store', `none with HTTP ${answer.response.status}`)
      }
      return undefined
    },
  }),
  accepts('http.www-authenticate', {
    needs: overHttp,
    run: async kit => {
      const session = await kit.session()
      const answer = await kit.send(session, { ...kit.draft(session), key: kit.entropy(32) })
      if (!answer.response) return brokenBy(answer, 'a response')
      const values = headerValues(answer.response.headers, 'www-authenticate')
      return values.some(value => /^SAGE\b/i.test(value))
        ? undefined
        : broken('www-authenticate', 'WWW-Authenticate: SAGE', values.join() || 'none')
    },
  }),
  accepts('http.loopback-host', {
    needs: {
      ...overHttp,
      unobservable: target => beyondLoopback(messagesUrl(target).host),
    },
    run: async kit => {
      const { port } = messagesUrl(kit.target)
      const session = await kit.session()
      const next = prepare(kit, session)
      for (const name of reboundNames) {
        const rebound = await kit.send(session, next, replaceHeader(next.request, 'Host', `${name}:${port}`))
        if (!isClientError(rebound.response?.status)) return brokenBy(rebound, `HTTP 4xx for the Host ${name}`)
      }
      const { request } = next
      const unnamed = [
        ['without a Host', removeHeader(request, 'Host')],
        ['with two of them', { ...request, headers: [['Host', `localhost:${port}`], ...request.headers] }],
      ] as const
      for (const [how, changed] of unnamed) {
        const answer = await kit.send(session, next, changed)
        if (!isClientError(answer.response?.status)) return brokenBy(answer, `HTTP 4xx ${how}`)
      }
      const found = await judgeRebound(kit, kit.target.cardUrl)
      if (found) return { ...found, reasonCode: 'card-rebound', expected: `for the card, ${found.expected}` }
      return judgeAcceptance(await kit.send(session, next), 'the same message with its own Host')
    },
  }),
]

const isClientError = (status = 0): boolean => status >= 400 && status <= 499
