import t from 'tap'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { createEntropy } from '../../entropy.js'
import { compressZeros, store } from '../../gzip/writer.js'
import { sealResponse } from '../../wire/session-message.js'
import { describeAnswer, readSessionAnswer, type Answer } from '../answer.js'
import { readBatchAnswer, type BatchElement } from '../batch.js'
import { ProbeSession, sealDraft, type SessionDraft } from '../session-draft.js'

const entropy = createEntropy(new Uint8Array(1), new Uint8Array(1), 'batches')
const identity = { did: 'did:key:z6Mk', sign: () => new Uint8Array(64) }

interface Answering {
  readonly plaintext?: Uint8Array
  readonly encoding?: string
  readonly error?: 'malformed'
}

/** A session whose responder answers as it is told. */
const responding = () => {
  const session = new ProbeSession('kid-1', 'ctx-1', identity, entropy(32), 1000n)
  let seq = 0n
  return (wish: Partial<SessionDraft> = {}) => {
    const draft = session.draft(entropy, { task_id: 'sage/ping@v1', ...wish })
    const { envelope, record } = sealDraft(draft)
    const element: BatchElement = { what: 'a ping', envelope, asked: { session, draft, record } }
    const respond = ({ plaintext = encodeUtf8(draft.id), encoding, error }: Answering = {}) => {
      const names = { message_id: draft.id, task_id: draft.task_id, kid: draft.kid }
      const said = { ...(error && { error }), ...(encoding !== undefined && { encoding }) }
      const sealing = { key: session.keys.s2cEnc, seq: seq++, nonce: entropy(12), plaintext }
      return sealResponse({ success: error === undefined, ...names, ...said }, record, sealing).response
    }
    return { element, asked: element.asked!, respond }
  }
}

const LIMIT = 65_536

const read = (elements: readonly BatchElement[], body: unknown, status = 200): Answer => {
  const response = { status, headers: [], body: encodeUtf8(JSON.stringify(body)) }
  return readBatchAnswer({ kind: 'response', response }, elements, LIMIT)
}

const kindsIn = (answer: Answer): string[] =>
  answer.kind === 'batch' ? answer.answers.map(({ kind }) => kind) : [answer.kind]

t.test('a response in each place is read as one that came alone', async t => {
  const ask = responding()
  const [one, other, third] = [ask(), ask(), ask()]
  const nobody: BatchElement = { what: 'zero', envelope: 0 }
  const error = { success: false, error: 'authentication_failed', message_id: third.asked.draft.id }
  const answer = read([one.element, other.element, third.element, nobody], {
    responses: [
      one.respond(),
      other.respond({ error: 'malformed', plaintext: new Uint8Array(0) }),
      error,
      { success: false, error: 'malformed' },
    ],
  })
  t.strictSame(kindsIn(answer), ['success', 'authenticated', 'plain', 'plain'])
  t.equal(
    describeAnswer(answer),
    'a batch response: 1 times accepted: a response of 36 bytes; 1 times authenticated error malformed; ' +
      '1 times plain error authentication_failed; 1 times plain error malformed',
  )
})

t.test('a response in the place of another is none', async t => {
  const ask = responding()
  const [one, other] = [ask(), ask()]
  const exchanged = read([one.element, other.element], { responses: [other.respond(), one.respond()] })
  t.strictSame(kindsIn(exchanged), ['unacceptable', 'unacceptable'])
  const nobody: BatchElement = { what: 'zero', envelope: 0 }
  t.strictSame(kindsIn(read([nobody], { responses: [one.respond()] })), ['unacceptable'])
})

t.test('what is no batch response of that many is refused as a whole', async t => {
  const { element, respond } = responding()()
  for (const body of [
    { responses: [] },
    { responses: [respond(), respond()] },
    { responses: {} },
    { responses: [respond()], x: 1 },
    {},
  ])
    t.strictSame(kindsIn(read([element], body)), ['unacceptable'])
  t.match(read([element], { success: false, error: 'malformed' }, 400), { kind: 'plain', error: 'malformed' })
  t.strictSame(readBatchAnswer({ kind: 'timeout' }, [element], LIMIT), { kind: 'timeout' })
})

t.test('what was compressed is inflated, and told from what was not', async t => {
  const ask = responding()
  const readOne = (answering: Answering): Answer => {
    const { asked, respond } = ask()
    const body = encodeUtf8(JSON.stringify(respond(answering)))
    return readSessionAnswer({ kind: 'message', body }, { ...asked, maxMessageBytes: LIMIT })
  }
  const text = encodeUtf8('compressed')
  const member = store(text)
  t.match(readOne({ plaintext: member, encoding: 'gzip' }), { kind: 'success', plaintext: text, member })
  t.notOk('member' in readOne({ plaintext: member }))
  t.match(readOne({ plaintext: compressZeros(LIMIT), encoding: 'gzip' }), { kind: 'success' })
  for (const answering of [
    { plaintext: compressZeros(LIMIT + 1), encoding: 'gzip' },
    { plaintext: text, encoding: 'gzip' },
    { plaintext: new Uint8Array(0), encoding: 'gzip', error: 'malformed' as const },
    { plaintext: text, encoding: 'deflate' },
  ])
    t.match(readOne(answering), { kind: 'unacceptable' })
})
