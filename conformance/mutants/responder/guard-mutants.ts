import { MAX_PING_BYTES, PING_TASK } from '../../../schemas/index.js'
import { honestSeams } from '../../../reference/agent/honest-seams.js'
import { insert, move, mutant, omit, type ListName, type ResponderMutant } from './mutant.js'

// One mutant for every guard of the responder: the same agent without it. Nobody has to think of these.

/** What a guard's absence trips, where that is not just the check with the guard's own id. */
const trips: Readonly<Record<string, readonly string[]>> = {
  'batch.not-a-request': ['batch.not-a-request', 'batch.not-a-request/handshake'],
  'handshake.capacity': ['handshake.capacity'],
  'http.loopback-host': [
    'http.loopback-host',
    'http.loopback-host/upgrade',
    'http.loopback-host/health',
    'http.loopback-host/metrics',
  ],
  'handshake.signature': ['handshake.signature', 'handshake.signature/other-key'],
  'record.once': ['record.once', 'record.replay'],
  'record.replay': ['record.replay', 'record.replay/behind-the-highest', 'stream.broken-continuation/replayed'],
  'stream.gap': ['stream.gap', 'stream.gap/repeated', 'stream.violation-contained/spliced'],
  'stream.task-changed': ['stream.task-changed', 'stream.task-changed/control'],
  'stream.credit-shrinks': ['stream.credit-shrinks', 'stream.credit-shrinks/below-the-window'],
  'stream.unknown': ['stream.unknown', 'stream.unknown/over', 'stream.other-connection'],
  'task.echo-chunks-form': ['task.echo-chunks-form', 'task.echo-chunks-form/not-ended'],
  'task.encoding': ['task.encoding', 'error.precedence/session'],
  'task.unknown': ['task.unknown', 'error.precedence/session'],
}

/** Guards whose absence changes nothing that anybody could see, and why. What they guard is mutated by hand. */
export const withoutEffect: Readonly<Record<string, string>> = {
  'card.published': 'what another method than GET and HEAD comes to at the card is left open (card-without-head)',
  'handshake.low-order':
    'X25519 itself refuses such a point, a step later and in the same words (low-order-points-taken)',
  'ws.in-flight': 'how many it takes is its own to choose: without a bound nothing is refused (crowds-rate-limited)',
  'record.min-length': 'a record that short does not open either, in the same words (short-record-malformed)',
}

/** How the responder is run where a guard shows only under low limits. */
const limitsFor: Readonly<Record<string, ResponderMutant['serve']>> = {
  'handshake.capacity': { limits: { maxSessionsPerDid: 3 } },
  'stream.limit': { limits: { maxStreams: 2 } },
  'task.stream': { capabilities: { stream: false } },
}

const lists = Object.keys(honestSeams.guards) as ListName[]

const idsOf = (list: ListName): string[] => [...new Set(honestSeams.guards[list].map(([id]) => id as string))]

const omitted = lists.flatMap(list =>
  idsOf(list)
    .filter(id => withoutEffect[id] === undefined)
    .map(id => mutant(`without-${id}`, trips[id] ?? [id], omit(list, id as never), limitsFor[id])),
)

/** The same guards in another order, where the order can be seen. */
const moved = [
  mutant(
    'nonce-burnt-before-the-signature',
    ['handshake.nonce-after-checks'],
    move('handshake', 'handshake.nonce-single-use', 'handshake.signature'),
  ),
  mutant(
    'nonce-burnt-before-the-responder',
    ['handshake.nonce-after-checks'],
    move('handshake', 'handshake.nonce-single-use', 'handshake.resp-did'),
  ),
  mutant(
    'nonce-burnt-before-the-time',
    ['handshake.nonce-after-checks'],
    move('handshake', 'handshake.nonce-single-use', 'handshake.ts-fresh'),
  ),
  mutant(
    'nonce-burnt-before-the-info',
    ['handshake.nonce-after-checks'],
    move('handshake', 'handshake.nonce-single-use', 'handshake.info-match'),
  ),
  mutant(
    'nonce-burnt-before-the-export-ctx',
    ['handshake.nonce-after-checks'],
    move('handshake', 'handshake.nonce-single-use', 'handshake.export-ctx-match'),
  ),
  mutant(
    'nonce-forgotten-when-the-rest-fails',
    ['handshake.nonce-stands'],
    move('handshake', 'handshake.low-order', 'handshake.nonce-single-use'),
  ),
  mutant(
    'length-before-session',
    ['error.precedence/session'],
    move('session', 'record.min-length', 'session.unknown'),
  ),
  mutant(
    'did-before-session',
    ['error.precedence/session'],
    move('session', 'message.did-initiator', 'session.unknown'),
  ),
  mutant(
    'context-before-session',
    ['error.precedence/session'],
    move('session', 'message.context-handshake', 'session.unknown'),
  ),
  mutant('media-type-before-method', ['error.precedence/http'], move('http', 'http.media-type', 'http.method')),
  mutant('size-before-method', ['error.precedence/http'], move('http', 'http.body-limit', 'http.method')),
  mutant('size-before-media-type', ['error.precedence/http'], move('http', 'http.body-limit', 'http.media-type')),
  mutant(
    'size-before-content-encoding',
    ['error.precedence/http'],
    move('http', 'http.body-limit', 'http.content-encoding'),
  ),
  mutant('encoding-before-task', ['error.precedence/session'], move('task', 'task.encoding', 'task.unknown')),
  mutant(
    'ping-limit-before-encoding',
    ['error.precedence/session'],
    insert(
      'task',
      ({ message, plaintext }) =>
        message.task_id === PING_TASK && plaintext.length > MAX_PING_BYTES ? 'payload_too_large' : undefined,
      'task.encoding',
    ),
  ),
]

/** Responders that lack a guard, or have one in the wrong place. */
export const guardMutants: readonly ResponderMutant[] = [...omitted, ...moved]
