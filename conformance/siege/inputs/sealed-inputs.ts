import { gzipSync } from 'node:zlib'
import { MAX_PING_BYTES, PING_TASK } from '../../../schemas/index.js'
import { encodeBase64 } from '../../probe/bytes/base64.js'
import { be64, concat } from '../../probe/bytes/framing.js'
import { sealDraft, sealDraftWith, type SessionDraft } from '../../probe/initiator/session-draft.js'
import { recordAad } from '../../probe/session/record.js'
import { requestAad } from '../../probe/wire/aad.js'
import type { Input, Route } from './input.js'
import type { Workshop } from './workshop.js'

const REFUSED = ['plain:authentication_failed'] as const
const MALFORMED = ['opened:malformed'] as const
const SUCCESS = ['opened:success'] as const

const anyRoute: readonly Route[] = ['http', 'ws', 'batch', 'batch', 'batch']

interface Case {
  readonly constraint: string
  readonly draft: SessionDraft
  readonly expected: readonly string[]
  readonly routes?: readonly Route[]
}

const NO_NUMBERS = [
  '',
  '-1',
  '01',
  '00',
  '+1',
  '1.0',
  '1e1',
  ' 1',
  '1 ',
  '0x1',
  'a',
  'null',
  '1,0',
  '10000',
  '99999999999999999999',
]

/** What is wrong, or just right, inside a record that opens: arguments of tasks, members of gzip, sizes. */
function* contents({ request, dice, token }: Pick<Workshop, 'request' | 'dice' | 'token'>): Generator<Case> {
  const { plaintext } = request()
  for (const delay of NO_NUMBERS)
    yield {
      constraint: 'task.echo-delay-form',
      draft: request({ metadata: { 'delay-ms': delay } }),
      expected: MALFORMED,
    }
  for (const delay of ['0', '1'])
    yield { constraint: 'task.echo-delay-form', draft: request({ metadata: { 'delay-ms': delay } }), expected: SUCCESS }
  const stream = () => ({ id: token(), seq: 0, end: true })
  const chunks = (size: string, bytes: number): SessionDraft =>
    request({ stream: stream(), metadata: { chunk_size: size }, plaintext: dice.bytes(bytes) })
  for (const size of ['0', ...NO_NUMBERS.filter(text => text !== '10000'), '10000000'])
    yield { constraint: 'task.echo-chunks-form', draft: chunks(size, 8), expected: MALFORMED, routes: ['http'] }
  yield { constraint: 'task.echo-chunks-form', draft: chunks('1', 1025), expected: MALFORMED, routes: ['http'] }
  for (const [size, bytes] of [
    ['1', 64],
    ['9999999', 64],
  ] as const)
    yield { constraint: 'task.echo-chunks-form', draft: chunks(size, bytes), expected: SUCCESS, routes: ['http'] }
  for (const bytes of [MAX_PING_BYTES, MAX_PING_BYTES + 1])
    yield {
      constraint: 'task.ping-limit',
      draft: request({ task_id: PING_TASK, plaintext: new Uint8Array(bytes) }),
      expected: bytes > MAX_PING_BYTES ? ['opened:payload_too_large'] : SUCCESS,
    }
  const member = gzipSync(plaintext)
  const damaged = (at: number): Uint8Array => {
    const bytes = Uint8Array.from(member)
    bytes[at < 0 ? bytes.length + at : at]! ^= 1
    return bytes
  }
  const broken = [
    member.subarray(0, -1),
    concat(member, member),
    concat(member, Uint8Array.of(0)),
    ...[0, 1, 2, -1, -4, -5, -8].map(damaged),
    new Uint8Array(0),
    plaintext,
  ]
  for (const bytes of broken)
    yield { constraint: 'gzip.one-member', draft: request({ encoding: 'gzip', plaintext: bytes }), expected: MALFORMED }
  yield { constraint: 'gzip.one-member', draft: request({ encoding: 'gzip', plaintext: member }), expected: SUCCESS }
}

const input = (constraint: string, envelope: object, id: string, route: Route, expected: readonly string[]): Input => ({
  kind: 'sealed',
  constraint,
  isKept: expected.some(outcome => outcome === 'opened:success'),
  body: JSON.stringify(envelope),
  id,
  route,
  expected,
})

/** Records that are sealed rightly, around what is not. */
export function* sealedInputs(workshop: Workshop): Generator<Input> {
  const { dice } = workshop
  const tools = {
    request: (wish?: Partial<SessionDraft>) => workshop.request(wish),
    token: () => workshop.token(),
    dice,
  }
  for (const { constraint, draft, expected, routes = anyRoute } of contents(tools))
    yield input(constraint, sealDraft(draft).envelope, draft.id, dice.pick(routes), expected)
}

/** Each member of the envelope, as somebody on the path would change it after the record was sealed. */
const changes: readonly (readonly [string, (envelope: Record<string, unknown>, workshop: Workshop) => object])[] = [
  ['message.id-bound', (envelope, workshop) => ({ ...envelope, id: workshop.token() })],
  ['message.task-bound', envelope => ({ ...envelope, task_id: 'sage/close@v1' })],
  ['message.encoding-bound', envelope => ({ ...envelope, encoding: 'gzip' })],
  ['message.metadata-bound', envelope => ({ ...envelope, metadata: { added: '' } })],
]

/** Records that must not open: each rule of session.md and messages.md about one. */
export function* recordInputs(workshop: Workshop): Generator<Input> {
  const { dice } = workshop
  const of = (constraint: string, envelope: object, id: string): Input => ({
    ...input(constraint, envelope, id, dice.pick(anyRoute), REFUSED),
    kind: 'record',
  })
  for (const [constraint, change] of changes) {
    const { envelope, record: _ } = sealDraft(workshop.request())
    const changed = change({ ...envelope }, workshop) as { readonly id: string }
    yield of(constraint, changed, changed.id)
  }
  const flipped = (record: Uint8Array): Uint8Array => {
    const bytes = Uint8Array.from(record)
    bytes[dice.under(bytes.length)]! ^= 1 << dice.under(8)
    return bytes
  }
  for (const [constraint, alter] of [
    ['record.tag', flipped],
    ['record.min-length', (record: Uint8Array) => record.subarray(0, dice.under(36))],
    ['record.tag', (record: Uint8Array) => concat(record, Uint8Array.of(0))],
    ['record.tag', (record: Uint8Array) => record.subarray(0, -1)],
  ] as const) {
    const draft = workshop.request({ plaintext: dice.bytes(8) })
    const { envelope, record } = sealDraft(draft)
    yield of(constraint, { ...envelope, payload: encodeBase64(alter(record)) }, draft.id)
  }
  const limit = BigInt(workshop.target.limits.maxSessionRecords)
  for (const seq of [limit, limit + 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
    const draft = workshop.request({ seq })
    yield of('record.seq-limit', sealDraft(draft).envelope, draft.id)
  }
  const { key, ...lying } = workshop.request()
  yield of(
    'keys.direction',
    sealDraftWith({ ...lying, key }, { key: dice.bytes(32), aad: recordAad(lying.seq, requestAad(lying)) }).envelope,
    lying.id,
  )
  const bare = workshop.request()
  yield of('record.layout', sealDraftWith(bare, { key: bare.key, aad: be64(bare.seq) }).envelope, bare.id)
}
