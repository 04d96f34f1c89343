import t from 'tap'
import type { SessionMessage } from '../../../schemas/index.js'
import { parseBase64 } from '../../bytes/base64.js'
import type { JsonObject } from '../../bytes/json.js'
import { honestParts as parts } from '../../parts.js'
import { openRecord } from '../../session/record.js'
import { createIdentity } from '../identity.js'
import { serve } from '../serve.js'
import { post, StepInitiator, type Answer, type PostOptions, type StepSession } from './stage.js'

// What a responder makes of a batch.

const identity = createIdentity()
const order: string[] = []
const agent = await serve({
  identity,
  capabilities: { batch: true },
  limits: { maxBatch: 8, maxMessageBytes: 65_536 },
  tasks: {
    big: plaintext => new Uint8Array(Number(Buffer.from(plaintext).toString())),
    note: plaintext => (order.push(Buffer.from(plaintext).toString()), plaintext),
  },
})
t.teardown(() => agent.close())
const initiator = new StepInitiator(agent, identity.kemPublicKey)

type Response = JsonObject & { readonly message_id?: string; readonly error?: string; readonly success: boolean }

const postBatch = (body: object | string, options: PostOptions = {}): Promise<Answer> =>
  post(agent.url, body, { path: '/batch', ...options })

const responsesTo = async (messages: readonly unknown[]): Promise<readonly Response[]> => {
  const { status, json, headers } = await postBatch({ messages })
  t.equal(status, 200)
  t.match(headers, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  t.same(Object.keys(json), ['responses'])
  return json['responses'] as unknown as Response[]
}

const opened = (session: StepSession, message: SessionMessage, response: Response): string => {
  const { data, ...envelope } = response
  const callerAad = parts.responseAad(envelope as never, parts.requestHash(parseBase64(message.payload), parts), parts)
  const record = parseBase64(String(data))
  return Buffer.from(openRecord({ key: session.keys.s2cEnc, callerAad, record }).plaintext).toString()
}

t.test('messages of several sessions are answered in their order, each as if alone', async t => {
  const [one, two] = [await initiator.shakeHands(), await initiator.shakeHands()]
  const asked = [
    one.seal('sage/echo@v1', 'a'),
    two.seal('sage/echo@v1', 'b'),
    one.seal('no/task'),
    one.seal('note', 'c'),
  ]
  const responses = await responsesTo(asked)
  t.same(
    responses.map(({ message_id }) => message_id),
    asked.map(({ id }) => id),
  )
  t.same(
    responses.map(({ success, error }) => error ?? success),
    [true, true, 'task_unsupported', true],
  )
  const texts = [one, two, one, one].map((session, i) => opened(session, asked[i]!, responses[i]!))
  t.same(texts, ['a', 'b', '', 'c'])
})

t.test('what is no request is malformed in its place, and spoils nothing', async t => {
  const session = await initiator.shakeHands()
  const { message: handshake } = initiator.offer()
  const stream = { id: 's', seq: 0, end: true }
  const bad = [7, null, 'text', [], {}, { id: 'known' }, { id: 'no token!' }, handshake]
  const streamed = session.seal('sage/echo@v1', 'x', { stream })
  const halves = [bad.slice(0, 4), [...bad.slice(4), streamed]]
  const ids: unknown[] = []
  for (const half of halves) {
    const good = [session.seal('sage/ping@v1', '1'), session.seal('sage/ping@v1', '2')]
    const responses = await responsesTo([good[0], ...half, good[1]])
    t.same([responses.at(0)!.message_id, responses.at(-1)!.message_id], [good[0]!.id, good[1]!.id])
    for (const { success, error, message_id, kid } of responses.slice(1, -1)) {
      t.same({ success, error, kid }, { success: false, error: 'malformed', kid: undefined })
      ids.push(message_id)
    }
  }
  const none = undefined
  t.same(ids, [none, none, none, none, none, 'known', none, handshake.id, streamed.id])
})

t.test('records are opened one after the other: a second copy is refused, and a close ends what follows', async t => {
  const session = await initiator.shakeHands()
  const first = session.seal('note', 'first')
  const before = session.seal('sage/echo@v1', 'before', { metadata: { 'delay-ms': '50' } })
  const close = session.seal('sage/close@v1')
  const after = session.seal('note', 'after')
  const responses = await responsesTo([first, first, before, close, after])
  t.same(
    responses.map(({ success, error }) => error ?? success),
    [true, 'authentication_failed', true, true, 'session_unknown'],
  )
  t.equal(opened(session, before, responses[2]!), 'before')
  t.same(order.slice(-1), ['first'])
  const next = await initiator.shakeHands()
  await responsesTo(['1', '2', '3', '4', '5', '6'].map(text => next.seal('note', text)))
  t.same(order.slice(-6), ['1', '2', '3', '4', '5', '6'])
})

t.test('a batch that is no batch is refused as a whole, and without an id', async t => {
  const session = await initiator.shakeHands()
  const message = session.seal('sage/ping@v1')
  const wrong = [
    '{',
    '[]',
    {},
    { messages: [] },
    { messages: {} },
    { messages: [message], id: 'x' },
    { message },
    message,
  ]
  for (const body of wrong) {
    const { status, json } = await postBatch(body)
    t.match({ status, ...json }, { status: 400, error: 'malformed', message_id: undefined }, JSON.stringify(body))
  }
  const most = Array.from({ length: 8 }, () => 0)
  t.match(await postBatch({ messages: [...most, message] }), { status: 413, json: { error: 'payload_too_large' } })
  t.equal((await responsesTo([...most.slice(1), message]))[7]!.success, true, 'nothing was opened before')
})

t.test('it is taken like a message, but what headers say of it is not looked at', async t => {
  const session = await initiator.shakeHands()
  const batch = { messages: [session.seal('sage/ping@v1')] }
  t.match(await postBatch('', { method: 'GET' }), { status: 405, headers: { allow: 'POST' } })
  t.equal((await postBatch(batch, { headers: { 'content-type': 'text/plain' } })).status, 415)
  t.equal((await postBatch(batch, { headers: { 'content-encoding': 'gzip' } })).status, 415)
  t.match(await postBatch(' '.repeat(65_537)), { status: 413, headers: { connection: 'close' } })
  const headers = { 'x-sage-did': ['did:x:other', 'did:x:third'], 'x-sage-task-id': 'no/task' }
  t.equal((await postBatch(batch, { headers })).status, 200)
})

t.test('what does not fit into the response is too large, and nothing else', async t => {
  const session = await initiator.shakeHands()
  const sizes = ['16000', '16000', '30000', '100', '100']
  const responses = await responsesTo(sizes.map(size => session.seal('big', size)))
  t.same(
    responses.map(({ error }) => error),
    [undefined, undefined, 'payload_too_large', undefined, undefined],
  )
})

t.test('a response of exactly the limit is sent', async t => {
  const session = await initiator.shakeHands()
  const lengthWith = async (size: number): Promise<readonly [number, readonly Response[]]> => {
    const { text, json } = await postBatch({
      messages: [session.seal('big', String(size)), 0, session.seal('sage/ping@v1'), session.seal('big', '24000')],
    })
    return [text.length, json['responses'] as unknown as Response[]]
  }
  const [length] = await lengthWith(300)
  // Three bytes of plaintext are four of base64; what is left over goes into the length of the last answer.
  const size = 300 + 3 * Math.floor((65_536 - length) / 4)
  const [most, responses] = await lengthWith(size)
  t.ok(most <= 65_536 && most > 65_536 - 4, String(most))
  t.same(
    responses.map(({ error }) => error),
    [undefined, 'malformed', undefined, undefined],
  )
  const [, over] = await lengthWith(size + 3)
  t.same(
    over.map(({ error }) => error),
    [undefined, 'malformed', undefined, 'payload_too_large'],
  )
})

t.test('where not even the shortest answers fit, the batch is refused', async t => {
  await using agent = await serve({
    identity: createIdentity(),
    capabilities: { batch: true },
    limits: { maxBatch: 1024, maxMessageBytes: 65_536 },
  })
  const messages = Array.from({ length: 1024 }, () => ({ id: 'x'.repeat(50) }))
  t.match(await post(agent.url, { messages }, { path: '/batch' }), { status: 413 })
})

t.test('without the capability there is no such path', async t => {
  await using silent = await serve({ identity: createIdentity() })
  t.notOk(silent.card.capabilities.includes('batch'))
  t.equal((await post(silent.url, { messages: [] }, { path: '/batch' })).status, 404)
  t.same(agent.card.capabilities, ['batch', 'echo'])
})
