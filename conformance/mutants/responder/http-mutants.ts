import { all, insert, mutant, omit, wire, withJson, withoutHeader } from './mutant.js'

/** Every answer to a message without one of its headers. */
const without = (name: string) => wire(['handshake', 'session', 'error'], withoutHeader(name))

/** Responders that are wrong in HTTP or in what their errors say. */
export const httpMutants = [
  mutant('no-allow', ['http.method'], without('allow')),
  mutant(
    'media-type-to-the-letter',
    ['http.media-type/accepted-forms'],
    insert('http', ({ headers }) =>
      headers['content-type']?.[0] === 'application/json' ? undefined : 'unsupported_media_type',
    ),
  ),
  mutant(
    'body-limit-excluded',
    ['conventions.limit-inclusive/body'],
    insert('http', ({ bytes, maxMessageBytes }) => (bytes >= maxMessageBytes ? 'payload_too_large' : undefined)),
  ),
  mutant(
    'smuggling-answered-with-500',
    ['http.length-beside-chunked', 'http.length-repeated'],
    wire(['error'], (answer, { code, message }) =>
      code === 'malformed' && !message ? { ...answer, status: 500 } : answer,
    ),
  ),
  mutant(
    'every-path-served',
    ['http.unknown-path'],
    wire(['unknown-path'], answer => ({ ...answer, status: 200 })),
  ),
  mutant(
    'headers-refused',
    ['http.headers-agree/agreeing'],
    insert('http', ({ headers }) => (headers['x-sage-did'] ? 'malformed' : undefined)),
  ),
  mutant(
    'unknown-headers-refused',
    ['http.headers-never-instead'],
    insert('http', ({ headers }) => (headers['x-sage-unheard-of'] ? 'malformed' : undefined)),
  ),
  mutant(
    'errors-as-text',
    ['http.response-json'],
    wire(['error'], answer => ({ ...answer, headers: { ...answer.headers, 'content-type': 'text/plain' } })),
  ),
  mutant('answers-cacheable', ['http.no-store'], without('cache-control')),
  ...(['method_not_allowed', 'unsupported_media_type', 'payload_too_large', 'task_unsupported'] as const).map(refusal =>
    mutant(
      `${refusal.replaceAll('_', '-')}-cacheable`,
      ['http.no-store'],
      wire(['error'], (answer, { code }) => (code === refusal ? withoutHeader('cache-control')(answer) : answer)),
    ),
  ),
  mutant('no-challenge', ['http.www-authenticate'], without('www-authenticate')),
  mutant(
    'failures-told-apart',
    ['error.uniform'],
    wire(['error'], (answer, { code, message }) =>
      code === 'authentication_failed' && message?.kind === 'handshake'
        ? withJson(answer, body => ({ ...body, detail: 'handshake refused' }))
        : answer,
    ),
  ),
  mutant(
    'errors-without-id',
    ['error.message-id'],
    wire(['error'], answer => withJson(answer, ({ message_id: _, ...rest }) => rest)),
  ),
  mutant(
    'unsupported-handshakes-without-id',
    ['error.message-id/handshake'],
    wire(['error'], (answer, { code }) =>
      code === 'task_unsupported' ? withJson(answer, ({ message_id: _, ...rest }) => rest) : answer,
    ),
  ),
  mutant(
    'errors-name-any-id',
    ['error.message-id'],
    wire(['error'], answer => withJson(answer, body => ({ message_id: 'unknown', ...body }))),
  ),
  mutant(
    'errors-repeat-the-payload',
    ['error.no-echo'],
    wire(['error'], (answer, { message }) =>
      message?.kind === 'handshake'
        ? withJson(answer, body => ({
            ...body,
            detail: Buffer.from(message.payloadBytes).toString('utf8').slice(0, 500),
          }))
        : answer,
    ),
  ),
  mutant(
    'every-error-200',
    ['error.plain-until-open'],
    wire(['error'], answer => ({ ...answer, status: 200 })),
  ),
  mutant(
    'errors-with-a-code',
    ['error.plain-until-open'],
    wire(['error'], answer => withJson(answer, body => ({ ...body, code: 7 }))),
  ),
  mutant(
    'session-errors-403',
    ['error.plain-until-open'],
    wire(['error'], (answer, { code }) => (code === 'session_unknown' ? { ...answer, status: 403 } : answer)),
  ),
  mutant(
    'only-announced-bytes-counted',
    ['http.body-limit/chunked'],
    all(
      omit('http', 'http.body-limit'),
      insert('http', ({ headers, maxMessageBytes }) =>
        Number(headers['content-length']?.[0] ?? 0) > maxMessageBytes ? 'payload_too_large' : undefined,
      ),
    ),
    { limits: { maxMessageBytes: 65_536 } },
  ),
]
