import t from 'tap'
import { concat } from '../../bytes/framing.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { createEntropy } from '../../entropy.js'
import type { StreamFields } from '../../wire/aad.js'
import { encodeBody } from '../../wire/body.js'
import type { Answer } from '../answer.js'
import { sealDraft, type SessionDraft } from '../session-draft.js'
import { StreamReader } from '../stream-reader.js'
import { ScriptedStream, scriptedSession, type SaidPart } from './scripted-stream.js'

const entropy = createEntropy(Uint8Array.of(1), Uint8Array.of(2), 'stream-reader')
const chunk = (seq: number, end = false): StreamFields => ({ id: 's', seq, end })

/** Somebody who reads a stream, and somebody who says whatever is wanted in it. */
const begin = (allowed?: number) => {
  const session = scriptedSession()
  const draft: SessionDraft = session.draft(entropy, { task_id: 'sage/echo@v1', stream: chunk(0, true) })
  const { envelope, record } = sealDraft(draft)
  const reader = new StreamReader(session, { draft, record }, allowed === undefined ? undefined : () => allowed)
  const responder = new ScriptedStream(session)
  responder.take(encodeBody(envelope))
  const said = (stream: StreamFields | undefined, part?: SaidPart): Answer =>
    reader.read({ kind: 'message', body: responder.say(stream, part) })
  return { draft, record, reader, responder, said }
}

const lines = (...each: Uint8Array[]): Uint8Array => concat(...each.flatMap(line => [line, encodeUtf8('\n')]))
const answered = (body: Uint8Array, type = 'application/x-ndjson', status = 200) =>
  ({ kind: 'response', response: { status, headers: [['content-type', type]], body } }) as const

t.test('chunks and credits are read in their order, and the end', async t => {
  const { said } = begin(2)
  t.match(said(chunk(0), { plaintext: 'ab' }), { kind: 'chunk', end: false, plaintext: encodeUtf8('ab'), seq: 0n })
  t.match(said({ id: 's', credit: 33 }), { kind: 'credit', credit: 33 })
  t.match(said(chunk(1, true)), { kind: 'chunk', end: true, plaintext: new Uint8Array(0) })
})

t.test('an error ends a stream, beyond the credit too', async t => {
  const { said } = begin(1)
  said(chunk(0))
  t.match(said(chunk(1, true), { error: 'cancelled' }), { kind: 'authenticated', error: 'cancelled' })
})

t.test('whatever an initiator must not take is unacceptable, with the reason', async t => {
  const other = begin(9).record
  const wrong: [name: string, stream: StreamFields | undefined, part: SaidPart, why: RegExp][] = [
    ['another message', chunk(0), { message_id: 'other' }, /message_id/],
    ['another task', chunk(0), { task_id: 'sage/ping@v1' }, /task_id/],
    ['another session', chunk(0), { kid: 'kid-2' }, /kid/],
    ['another stream', { id: 't', seq: 0, end: false }, {}, /stream\.id/],
    ['no stream', undefined, {}, /stream\.id/],
    ['another record', chunk(0), { boundTo: other }, /aead/],
    ['a gap', chunk(1), {}, /chunk 1 in the place of chunk 0/],
    ['an error that goes on', chunk(0), { error: 'internal' }, /not the end/],
    ['an error in a control', { id: 's', credit: 3 }, { error: 'internal' }, /no chunk/],
    ['a cancellation', { id: 's', cancel: true }, {}, /only an initiator/],
    ['no error of the registry', chunk(0, true), { error: 'oops' }, /schema/],
  ]
  for (const [name, stream, part, why] of wrong)
    t.match(begin(9).said(stream, part), { kind: 'unacceptable', why }, name)
})

t.test('nothing may come after the end, and nothing beyond the credit', async t => {
  const over = begin(9)
  over.said(chunk(0, true))
  t.match(over.said(chunk(1, true)), { kind: 'unacceptable', why: /after the last chunk/ })
  t.match(over.said({ id: 's', credit: 99 }), { kind: 'unacceptable', why: /after the last chunk/ })
  const greedy = begin(1)
  greedy.said(chunk(0))
  t.match(greedy.said(chunk(1)), { kind: 'unacceptable', why: /beyond the credit/ })
})

t.test('a repeated part does not open twice', async t => {
  const { reader, responder } = begin(9)
  const body = responder.say(chunk(0))
  reader.read({ kind: 'message', body })
  t.match(reader.read({ kind: 'message', body }), { kind: 'unacceptable', why: /window|replay/ })
})

t.test('over HTTP every line is a part, and there is no credit', async t => {
  const { reader, responder } = begin()
  const body = lines(responder.say(chunk(0), { plaintext: 'a' }), responder.say(chunk(1, true)))
  t.match(reader.readAll(answered(body, 'Application/X-NDJSON')), [
    { kind: 'chunk', end: false, response: { status: 200 } },
    { kind: 'chunk', end: true },
  ])
  const controlled = begin()
  const parts = controlled.reader.readAll(answered(lines(controlled.responder.say({ id: 's', credit: 9 }))))
  t.match(parts[0], { kind: 'unacceptable', why: /a control over HTTP/ })
})

t.test('an answer over HTTP that is no stream to its end is told from one that is', async t => {
  const whole = (say: (responder: ScriptedStream) => Answer['body'], type?: string, status?: number) => {
    const { reader, responder } = begin()
    return reader.readAll(answered(say(responder) ?? new Uint8Array(0), type, status)).at(-1)
  }
  const last = (responder: ScriptedStream): Uint8Array => responder.say(chunk(0, true))
  t.match(
    whole(responder => lines(last(responder))),
    { kind: 'chunk', end: true },
  )
  t.match(whole(last), { kind: 'unacceptable', why: /line feed/ })
  t.match(
    whole(responder => lines(responder.say(chunk(0)))),
    { why: /ends before/ },
  )
  t.match(
    whole(responder => lines(last(responder), new Uint8Array(0))),
    { kind: 'unacceptable' },
  )
  t.match(
    whole(responder => lines(concat(last(responder), encodeUtf8('{}')))),
    { kind: 'unacceptable' },
  )
  t.match(
    whole(responder => lines(last(responder)), 'application/json'),
    { why: /media type/ },
  )
  t.match(
    whole(() => encodeUtf8('{"success":false,"error":"malformed"}'), 'application/json', 400),
    { kind: 'plain' },
  )
  t.match(begin().reader.readAll({ kind: 'timeout' }), [{ kind: 'timeout' }])
})
