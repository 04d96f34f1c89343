import { gunzipSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { ECHO_TASK, PING_TASK, type SessionMessage } from '../../../schemas/index.js'
import { concat } from '../../bytes/concat.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { honestParts, type Parts } from '../../parts.js'
import { connect } from '../connect.js'
import { createIdentity } from '../identity.js'
import { honestSeams } from '../honest-seams.js'
import { createResponder } from '../responder.js'
import type { ResponderParts } from '../responder-parts.js'
import { serve } from '../serve.js'
import { post, StepInitiator } from './stage.js'
import { StreamLine } from './stream-stage.js'

// Compression inside the record, at both ends.

const gzip = { encoding: 'gzip' } as const
const accepted = { 'accept-encoding': 'gzip' }
const identity = createIdentity()
const given: number[] = []
const agent = await serve({
  identity,
  capabilities: { gzip: true, batch: true, ws: true, stream: true },
  limits: { maxMessageBytes: 65_536 },
  tasks: {
    double: plaintext => (given.push(plaintext.length), concat(plaintext, plaintext)),
    big: () => new Uint8Array(1_000_000),
  },
})
t.teardown(() => agent.close())
const initiator = new StepInitiator(agent, identity.kemPublicKey)

t.test('a compressed request is taken as what it was', async t => {
  const session = await initiator.shakeHands()
  const answerTo = async (task: string, plaintext: Uint8Array, change: Partial<SessionMessage> = gzip) => {
    const { json, bytes } = await session.send(session.seal(task, plaintext, change))
    return [json['error'] ?? json['encoding'], json['encoding'] === 'gzip' ? gunzipSync(bytes!).length : bytes?.length]
  }
  t.same(await answerTo('double', gzipSync(new Uint8Array(100))), [undefined, 200], 'small answers stay as they are')
  t.same(await answerTo('double', gzipSync(new Uint8Array(512))), ['gzip', 1024])
  t.same(await answerTo('double', new Uint8Array(512), { metadata: accepted }), ['gzip', 1024])
  t.same(await answerTo('double', new Uint8Array(512), {}), [undefined, 1024], 'nobody has asked')
  t.same(await answerTo('double', new Uint8Array(512), { metadata: { 'accept-encoding': 'br' } }), [undefined, 1024])
  t.same(await answerTo('big', new Uint8Array(), { metadata: accepted }), ['gzip', 1_000_000])
  t.same(await answerTo('big', new Uint8Array(), {}), ['payload_too_large', 0])
  t.same(await answerTo(ECHO_TASK, gzipSync('x')), ['gzip', 1], 'an echo keeps to the coding of the request')
  t.same(await answerTo(ECHO_TASK, new Uint8Array(2000), { metadata: accepted }), [undefined, 2000])
  t.same(await answerTo(PING_TASK, gzipSync(new Uint8Array(4096))), ['gzip', 4096])
  t.same(await answerTo(PING_TASK, gzipSync(new Uint8Array(4097))), ['payload_too_large', 0])
  t.same(await answerTo('double', gzipSync('x'), { encoding: 'br' }), ['encoding_unsupported', 0])
})

t.test('a bad member is malformed, one that is too large too large, and no task sees either', async t => {
  const session = await initiator.shakeHands()
  given.length = 0
  const codeOf = async (plaintext: Uint8Array, change: Partial<SessionMessage> = {}, task = 'double') => {
    const { json, bytes } = await session.send(session.seal(task, plaintext, { ...gzip, ...change }))
    t.equal(bytes?.length, 0)
    return json['error']
  }
  t.equal(await codeOf(encodeUtf8('plain')), 'malformed')
  t.equal(await codeOf(concat(gzipSync('x'), gzipSync('y'))), 'malformed')
  t.equal(await codeOf(gzipSync(new Uint8Array(65_537))), 'payload_too_large')
  t.same(given, [])
  await session.send(session.seal('double', gzipSync(new Uint8Array(65_536)), gzip))
  t.same(given, [65_536], 'the limit is inclusive')
  t.equal(await codeOf(encodeUtf8('plain'), {}, 'sage/close@v1'), 'malformed')
  t.equal((await session.ask(PING_TASK, 'still there')).plaintext, 'still there')
})

t.test('what is inflated makes room again, whatever comes of it', async t => {
  await using narrow = await serve({
    identity,
    capabilities: { gzip: true, ws: true, stream: true },
    caps: { inflatedBytes: 1 },
    limits: { maxMessageBytes: 65_536 },
    tasks: { fail: () => Promise.reject(new Error('on purpose')) },
  })
  const session = await new StepInitiator(narrow, identity.kemPublicKey).shakeHands()
  const line = await StreamLine.open(narrow.url, session)
  const hello = gzipSync('hello')
  const tasks = [ECHO_TASK, 'fail', PING_TASK]
  const plaintexts = [hello, encodeUtf8('plain'), gzipSync(new Uint8Array(65_537)), gzipSync(new Uint8Array(5000))]
  const asked = tasks.flatMap(task => plaintexts.map(plaintext => session.seal(task, plaintext, gzip)))
  const answers = await Promise.all(asked.map(message => session.send(message)))
  t.equal(answers.filter(({ status }) => status === 200).length, asked.length)
  line.say({ id: 'bad', seq: 0, end: true }, 'plain', gzip)
  t.equal(await line.hears(), '0 malformed end')
  line.say({ id: 'good', seq: 0, end: true }, hello, gzip)
  t.match(await line.hears(), /^0 "hello" gzip/)
  t.equal((await session.send(session.seal(ECHO_TASK, hello, gzip))).status, 200)
  await line.close()
})

t.test('task, coding, inflation, stream, arguments: the first error counts', async t => {
  const session = await initiator.shakeHands()
  const codeOf = async (task: string, plaintext: Uint8Array, change: Partial<SessionMessage>) =>
    (await session.send(session.seal(task, plaintext, change))).json['error']
  const wrongDelay = { metadata: { 'delay-ms': 'soon' } }
  t.equal(await codeOf('no/task', encodeUtf8('plain'), { encoding: 'br' }), 'task_unsupported')
  t.equal(await codeOf(ECHO_TASK, encodeUtf8('plain'), { encoding: 'br', ...wrongDelay }), 'encoding_unsupported')
  t.equal(await codeOf(ECHO_TASK, encodeUtf8('plain'), { ...gzip, ...wrongDelay }), 'malformed')
  t.equal(await codeOf(ECHO_TASK, gzipSync(new Uint8Array(65_537)), { ...gzip, ...wrongDelay }), 'payload_too_large')
  t.equal(await codeOf(ECHO_TASK, gzipSync('x'), { ...gzip, ...wrongDelay }), 'malformed')
})

t.test('in a batch a compressed close closes for what follows', async t => {
  const session = await initiator.shakeHands()
  const bytes = gzipSync(new Uint8Array(2000))
  const messages = [
    session.seal('double', bytes, gzip),
    session.seal('sage/close@v1', bytes, gzip),
    session.seal('double'),
  ]
  const { json } = await post(agent.url, { messages }, { path: '/batch' })
  const responses = json['responses'] as unknown as { error?: string; encoding?: string }[]
  t.same(
    responses.map(({ error, encoding }) => error ?? encoding),
    ['gzip', undefined, 'session_unknown'],
  )
})

t.test('each chunk of a stream is a member of its own, and keeps its place', async t => {
  const session = await initiator.shakeHands()
  const line = await StreamLine.open(agent.url, session)
  const chunk = (seq: number, end = false) => ({ id: 's', seq, end })
  line.say(chunk(0), gzipSync('a'), gzip)
  line.say(chunk(1), 'b')
  line.say(chunk(2), gzipSync('c'), gzip)
  line.say(chunk(3, true), gzipSync(''), gzip)
  const heard = [await line.hears()]
  while (!heard.at(-1)!.endsWith('end')) heard.push(await line.hears())
  // An echo has the coding of its chunk. The last chunk may stand alone, and empty.
  t.match(heard.join(), /^0 "a" gzip,1 "b",2 "c" gzip(?:,3 "" gzip)? end$/)
  line.say({ ...chunk(0), id: 'bad' }, 'no member', gzip)
  t.equal(await line.hears(), '0 malformed end')
  line.say({ ...chunk(0), id: 'later' }, gzipSync('a'), gzip)
  t.equal(await line.hears(), '0 "a" gzip')
  line.say({ ...chunk(1), id: 'later' }, gzipSync(new Uint8Array(65_537)), gzip)
  t.equal(await line.hears(), '1 payload_too_large end')
  line.say({ ...chunk(0), id: 'closed' }, gzipSync('a'), gzip)
  line.say({ id: 'closed', cancel: true })
  t.match(await line.hears(), /^. (?:"a" gzip|cancelled end)$/)
  line.socket.close()
})

t.test('an initiator compresses what is large enough, for a peer that declares it', async t => {
  const encodings: unknown[] = []
  const parts: Parts = {
    ...honestParts,
    requestAad: (message, all) => (encodings.push(message.encoding), honestParts.requestAad(message, all)),
  }
  await using watched = await createResponder(
    { identity: createIdentity(), capabilities: { gzip: true, batch: true } },
    { ...honestSeams, parts },
  )
  const session = await connect(watched.url, { identity: createIdentity() })
  const large = new Uint8Array(10_000).fill(65)
  for (const [plaintext, encoding] of [
    [large, 'gzip'],
    [large.subarray(0, 1023), undefined],
  ] as const) {
    t.same(await session.send(ECHO_TASK, plaintext, gzip), plaintext)
    t.same(encodings.splice(0), [encoding])
  }
  t.same(await session.send(ECHO_TASK, large, { metadata: accepted }), large)
  const [one] = await session.sendBatch([{ task: ECHO_TASK, plaintext: large, options: gzip }])
  t.same(one, { ok: true, plaintext: large })
  t.same(encodings.splice(0), [undefined, 'gzip'])
  t.equal((await session.send(ECHO_TASK, new Uint8Array(8_388_608), gzip)).length, 8_388_608, 'the limit')
  await t.rejects(session.send(ECHO_TASK, new Uint8Array(8_388_609), gzip), { code: 'payload_too_large' })
  await session.close()
  await using plain = await createResponder({ identity: createIdentity() }, { ...honestSeams, parts })
  await using other = await connect(plain.url, { identity: createIdentity() })
  encodings.length = 0
  t.same(await other.send(ECHO_TASK, large, gzip), large)
  t.same(encodings, [undefined])
})

/** What an initiator says to an answer of a responder that has one decision replaced. */
const saysTo = async (wrong: Partial<ResponderParts>, deflate: Parts['deflate'] = honestParts.deflate, asks = true) => {
  const { parts, responderParts } = honestSeams
  await using agent = await createResponder(
    { identity: createIdentity(), capabilities: { gzip: true } },
    { ...honestSeams, parts: { ...parts, deflate }, responderParts: { ...responderParts, ...wrong } },
  )
  await using session = await connect(agent.url, { identity: createIdentity() })
  const options = asks ? { metadata: accepted } : {}
  return session.send(ECHO_TASK, new Uint8Array(2000), options).then(
    answer => answer.length,
    ({ code, cause }: { code: string; cause?: { code: string } }) => `${code} ${cause?.code}`,
  )
}

t.test('an initiator honours no coding that it has not asked for, and no member that is not whole', async t => {
  const always: Partial<ResponderParts> = { answerEncoding: () => 'gzip' }
  t.equal(await saysTo(always), 2000)
  t.equal(await saysTo(always, undefined, false), 'outcome_unknown peer_rejected')
  t.equal(await saysTo(always, async bytes => concat(gzipSync(bytes), Uint8Array.of(0))), 'outcome_unknown malformed')
  t.equal(await saysTo(always, async bytes => bytes), 'outcome_unknown malformed')
  t.equal(await saysTo(always, async () => gzipSync(new Uint8Array(8_388_608))), 8_388_608)
  t.equal(await saysTo(always, async () => gzipSync(new Uint8Array(8_388_609))), 'outcome_unknown payload_too_large')
})

t.test('without the capability there is no compression', async t => {
  await using plain = await serve({ identity, tasks: { big: () => new Uint8Array(2000) } })
  t.notOk(plain.card.capabilities.includes('gzip'))
  t.ok(agent.card.capabilities.includes('gzip'))
  const session = await new StepInitiator(plain, identity.kemPublicKey).shakeHands()
  t.equal((await session.send(session.seal('big', gzipSync(''), gzip))).json['error'], 'encoding_unsupported')
  const { json } = await session.send(session.seal('big', '', { metadata: accepted }))
  t.equal(json['encoding'], undefined)
})
