import { CLOSE_TASK } from '../../schemas/index.js'
import { concat } from '../probe/bytes/framing.js'
import { encodeUtf8 } from '../probe/bytes/utf8.js'
import type { BatchDraft, BatchElement } from '../probe/initiator/batch.js'
import type { Target } from '../probe/initiator/target.js'
import { addHeader, removeHeader, replaceHeader, withBody } from '../probe/net/alter.js'
import type { WireRequest } from '../probe/net/exchange.js'
import { headerValues } from '../probe/net/response-reader.js'
import { parsePlainError } from '../probe/wire/session-message.js'
import { accepts, rejects, type Needs, type Prepared } from '../runner/check.js'
import { broken, brokenBy, judgeAcceptance, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'
import type { Answer } from '../probe/initiator/answer.js'
import { isJsonMediaType } from './media-type.js'
import { isNeverStored } from './never-stored.js'
import { tooLarge } from './too-large.js'

const needsBatch: Needs = { transport: 'http', capability: 'batch' }
const leavesNoTrace = ['same-bytes-accepted', 'session-lives'] as const

type Next = Prepared<BatchDraft, WireRequest>

const typed =
  (value: string) =>
  ({ request }: Next): WireRequest =>
    replaceHeader(request, 'Content-Type', value)

const header =
  (name: string, value: string) =>
  ({ request }: Next): WireRequest =>
    addHeader(request, name, value)

const asText =
  (change: (json: string) => string | Uint8Array) =>
  ({ envelope }: Prepared<BatchDraft>): string | Uint8Array =>
    change(JSON.stringify(envelope))

/** An element that nests `depth` deep. */
const nested = (depth: number): string => `${'{"x":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`

/** So many elements that are of no use, but small. */
const zeros = (count: number): BatchElement[] => Array.from({ length: count }, () => ({ what: 'zero', envelope: 0 }))

/** Bytes of a plain error at most, as far as anybody may expect: its `detail` has up to 512 characters. */
const ERROR_BYTES = 1024

const noRoomForErrors = ({ limits: { maxBatch, maxMessageBytes } }: Target): string | undefined =>
  maxBatch * ERROR_BYTES > maxMessageBytes
    ? `maxBatch is ${maxBatch}: so many errors need not fit into ${maxMessageBytes} bytes`
    : undefined

/** Batches that are refused as a whole, by what is wrong with them. */
const refusedWhole = ({ request }: Next): [name: string, request: WireRequest][] => [
  ['another method', { ...request, method: 'PUT' }],
  ['another media type', replaceHeader(request, 'Content-Type', 'text/plain')],
  ['not JSON', withBody(request, 'hello')],
  ['no messages', withBody(request, '{"messages":[]}')],
  ['an id beside them', withBody(request, '{"id":"of-no-message","messages":[]}')],
]

/** What is wrong with the headers of any answer to a batch, or nothing. */
const judgeHeaders = (answer: Answer): Broken | undefined => {
  if (!answer.response) return brokenBy(answer, 'a response')
  const { headers, status } = answer.response
  if (!isJsonMediaType(headers))
    return broken(
      'media-type',
      'application/json',
      `${headerValues(headers, 'content-type').join()} with HTTP ${status}`,
    )
  if (!isNeverStored(headers)) return broken('cache-control', 'Cache-Control: no-store', `none with HTTP ${status}`)
  return undefined
}

/** A batch of one honest ping, and every answer to it and to what is refused of it as a whole. */
const oneOfEach = async (kit: Kit): Promise<[name: string, answer: Answer][]> => {
  const session = await kit.session()
  const next = kit.prepareBatch([kit.element(session)])
  const answers: [string, Answer][] = []
  for (const [name, request] of [...refusedWhole(next), ['an honest batch', next.request] as const])
    answers.push([name, await kit.sendBatch(next.elements, request)])
  return answers
}

/** Batches as a whole: where and how they are sent, and what is refused before anybody looks at their messages. */
export const batchChecks = [
  accepts('batch.endpoint', {
    needs: needsBatch,
    run: async kit => judgeAcceptance(await kit.sendBatch([kit.element(await kit.session())]), 'a batch of one ping'),
  }),
  rejects('batch.binding', {
    variant: 'method',
    subject: 'batch',
    wire: {
      GET: ({ request }) => ({
        ...removeHeader(removeHeader(request, 'Content-Length'), 'Content-Type'),
        method: 'GET',
        body: new Uint8Array(0),
      }),
      PUT: ({ request }) => ({ ...request, method: 'PUT' }),
      DELETE: ({ request }) => ({ ...request, method: 'DELETE' }),
    },
    expect: { plain: 'method_not_allowed', headers: { allow: /(^|[\s,])POST($|[\s,])/ } },
    after: leavesNoTrace,
  }),
  rejects('batch.binding', {
    variant: 'media-type',
    subject: 'batch',
    wire: {
      'text/plain': typed('text/plain'),
      none: ({ request }) => removeHeader(request, 'Content-Type'),
      'another charset': typed('application/json; charset=iso-8859-1'),
      'a stream of lines': typed('application/x-ndjson'),
    },
    expect: { plain: 'unsupported_media_type' },
    after: leavesNoTrace,
  }),
  accepts('batch.binding', {
    variant: 'media-types-accepted',
    needs: needsBatch,
    run: async kit => {
      const session = await kit.session()
      for (const value of [
        'application/json; charset=utf-8',
        'Application/JSON',
        'application/json ; charset="UTF-8"',
      ]) {
        const { elements, request } = kit.prepareBatch([kit.element(session)])
        const answer = await kit.sendBatch(elements, replaceHeader(request, 'Content-Type', value))
        const found = judgeAcceptance(answer, `a batch of type ${value}`)
        if (found) return found
      }
      return undefined
    },
  }),
  rejects('batch.binding', {
    variant: 'content-encoding',
    subject: 'batch',
    wire: { gzip: header('Content-Encoding', 'gzip'), identity: header('Content-Encoding', 'identity') },
    expect: { plain: 'unsupported_media_type' },
    after: leavesNoTrace,
  }),
  rejects('batch.binding', {
    variant: 'body-limit',
    subject: 'batch',
    // Only the beginning of the body is sent: an answer proves that its end was not waited for.
    wire: ({ request }, _twin, kit) =>
      replaceHeader(request, 'Content-Length', String(kit.target.limits.maxMessageBytes + 1)),
    expect: { plain: 'payload_too_large', headers: { connection: /close/i } },
    after: leavesNoTrace,
  }),
  accepts('conventions.limit-inclusive', {
    variant: 'batch-body',
    needs: { ...needsBatch, unobservable: tooLarge, alone: true },
    run: async kit => {
      const { elements, request } = kit.prepareBatch([kit.element(await kit.session())])
      const filling = Buffer.alloc(kit.target.limits.maxMessageBytes - request.body.length, ' ')
      const body = concat(request.body, filling)
      const answer = await kit.sendBatch(elements, withBody(request, body))
      return judgeAcceptance(answer, `a batch of ${body.length} bytes, the limit,`)
    },
  }),
  accepts('batch.binding', {
    variant: 'responses',
    needs: needsBatch,
    run: async kit => {
      for (const [name, answer] of await oneOfEach(kit)) {
        const found = judgeHeaders(answer)
        if (found) return { ...found, observed: `${name}: ${found.observed}` }
      }
      return undefined
    },
  }),
  rejects('batch.malformed', {
    subject: 'batch',
    bytes: {
      'no body': asText(() => ''),
      'not JSON': asText(() => 'hello'),
      'something after it': asText(json => `${json}x`),
      'a byte order mark': asText(json => concat(Uint8Array.of(0xef, 0xbb, 0xbf), encodeUtf8(json))),
      'not UTF-8': asText(json =>
        concat(encodeUtf8(json.slice(0, -2)), encodeUtf8(',"'), Uint8Array.of(0xff), encodeUtf8('"]}')),
      ),
      'half a surrogate pair in an element': asText(json => `${json.slice(0, -2)},"\\ud800"]}`),
      'an element that nests too deep for the whole': asText(() => `{"messages":[${nested(15)}]}`),
      'an array': asText(json => json.slice('{"messages":'.length, -1)),
      'one message alone': ({ envelope }) => JSON.stringify((envelope['messages'] as unknown[])[0]),
      'another member': asText(json => `${json.slice(0, -1)},"id":"x"}`),
      'another name': asText(json => json.replace('"messages"', '"Messages"')),
      'messages null': asText(() => '{"messages":null}'),
      'messages a message': ({ envelope }) => JSON.stringify({ messages: (envelope['messages'] as unknown[])[0] }),
      'messages a text': asText(() => '{"messages":"[]"}'),
      'nothing in it': asText(() => '{}'),
      'no messages': asText(() => '{"messages":[]}'),
    },
    expect: { plain: 'malformed' },
    after: leavesNoTrace,
  }),
  accepts('batch.malformed', {
    variant: 'nameless',
    also: ['error.message-id'],
    needs: needsBatch,
    run: async kit => {
      const answers = (await oneOfEach(kit)).filter(([, { kind }]) => kind !== 'batch')
      for (const [name, answer] of answers) {
        if (answer.kind !== 'plain') return brokenBy(answer, `${name}: a plain error`)
        if (parsePlainError(answer.body ?? new Uint8Array(0)).message_id !== undefined)
          return broken('message-id', `${name}: a plain error without message_id`, 'there is one')
      }
      return undefined
    },
  }),
  rejects('batch.limit', {
    subject: 'batch',
    tampered: {
      'one more than the limit': (_next, _twin, { target }) => ({
        messages: zeros(target.limits.maxBatch + 1).map(({ envelope }) => envelope),
      }),
      'an honest message among too many': ({ envelope }, _twin, { target }) => ({
        messages: [
          ...(envelope['messages'] as unknown[]).slice(0, 1),
          ...zeros(target.limits.maxBatch).map(each => each.envelope),
        ],
      }),
    },
    expect: { plain: 'payload_too_large' },
    after: leavesNoTrace,
  }),
  accepts('conventions.limit-inclusive', {
    variant: 'batch',
    needs: { ...needsBatch, unobservable: noRoomForErrors },
    run: async kit => {
      const { maxBatch } = kit.target.limits
      const [first, ...rest] = zeros(maxBatch)
      const session = await kit.session()
      const answer = await kit.sendBatch(first ? [...rest, kit.element(session)] : [])
      const what = `a batch of ${maxBatch} messages, the limit, is answered`
      if (answer.kind !== 'batch') return brokenBy(answer, what)
      return judgeAcceptance(answer.answers.at(-1)!, `${what}; its last one, a ping,`)
    },
  }),
  accepts('batch.headers-ignored', {
    needs: needsBatch,
    run: async kit => {
      const session = await kit.session()
      for (const [name, value] of [
        ['X-SAGE-DID', 'did:nobody:1'],
        ['X-SAGE-Message-ID', 'another'],
        ['X-SAGE-Context-ID', 'another'],
        ['X-SAGE-Task-ID', CLOSE_TASK],
        ['X-SAGE-Meta-Name', 'x'],
        ['X-SAGE-Unheard-Of', 'x'],
      ] as const) {
        const { elements, request } = kit.prepareBatch([kit.element(session)])
        const twice = addHeader(addHeader(request, name, value), name, `${value}x`)
        const found = judgeAcceptance(await kit.sendBatch(elements, twice), `a batch with ${name}, twice,`)
        if (found) return found
      }
      return undefined
    },
  }),
]
