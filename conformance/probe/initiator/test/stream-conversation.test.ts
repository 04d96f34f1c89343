import t from 'tap'
import { defaultLimits, type Stream } from '../../../../schemas/index.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { createEntropy } from '../../entropy.js'
import type { Arrived } from '../../net/inbox.js'
import type { Network } from '../../net/network.js'
import { Conversation } from '../conversation.js'
import { StreamConversation } from '../stream-conversation.js'
import type { Target } from '../target.js'
import { AnswerKeeper } from '../transcript.js'
import { ScriptedStream, scriptedSession } from './scripted-stream.js'

const chunk = (seq: number, end = false) => ({ seq, end })

/** What a responder does when a message of the stream has come: it says something, or nothing. */
type Script = (member: Stream, say: (stream: Partial<Stream>, plaintext?: string, error?: string) => void) => void

/** A stream with a window of two chunks, and a responder that follows a script. Nothing is sent anywhere. */
const begin = (script: Script) => {
  const session = scriptedSession()
  const responder = new ScriptedStream(session)
  const waiting: Arrived[] = []
  const heard: Stream[] = []
  const network: Network = {
    exchange: () => Promise.reject(new Error('nothing goes over HTTP')),
    upgrade: () =>
      Promise.resolve({
        exchanged: { kind: 'response', response: { status: 101, headers: [], body: new Uint8Array(0) } },
        connection: 0,
      }),
    converse: (_connection, frames, until) => {
      for (const { payload } of frames) {
        const { stream } = responder.take(payload)
        heard.push(stream!)
        script(stream!, (member, plaintext, error) => {
          const said = { ...(plaintext !== undefined && { plaintext }), ...(error !== undefined && { error }) }
          waiting.push({ kind: 'message', body: responder.say({ id: stream!.id, ...member }, said) })
        })
      }
      if (until.kind === 'sent') return Promise.resolve({ kind: 'sent' })
      return Promise.resolve(waiting.shift() ?? { kind: until.kind === 'queued' ? 'nothing' : 'timeout' })
    },
  }
  const target = { limits: { ...defaultLimits, streamWindow: 2 }, ws: new URL('ws://a/'), http: new URL('http://a/') }
  const conversation = new Conversation({
    ...network,
    target: target as unknown as Target,
    identity: session.identity,
    entropy: createEntropy(Uint8Array.of(1), Uint8Array.of(2), 'stream'),
    now: () => 0n,
    resolve: () => new Uint8Array(32),
    transport: 'ws',
    timeoutMs: 1000,
    keeper: new AnswerKeeper(),
  })
  return { stream: new StreamConversation(conversation, session), heard, waiting, conversation }
}

/** An echo that gives credit as it takes chunks, and sends as many as it may. */
const echoing = (): Script => {
  const held: { readonly seq: number; readonly end: boolean }[] = []
  let allowed = 2
  return (member, say) => {
    if ('credit' in member) allowed = member.credit
    if ('seq' in member) {
      say({ credit: member.seq + 3 })
      held.push(chunk(member.seq, member.end))
    }
    while (held[0] && held[0].seq < allowed) {
      const { seq, end } = held.shift()!
      say(chunk(seq, end), `echo ${seq}`)
    }
  }
}

t.test('further chunks wait for credit, and what comes meanwhile is read later, in its order', async t => {
  const { stream, heard } = begin(echoing())
  for (let count = 0; count < 5; count++) t.ok(await stream.chunk())
  const last = await stream.finish()
  t.match(last, { kind: 'chunk', end: true })
  t.strictSame(
    stream.received.map(each => Buffer.from(each).toString()),
    [0, 1, 2, 3, 4, 5].map(seq => `echo ${seq}`),
  )
  const controls = heard.flatMap(member => ('credit' in member ? [member.credit] : []))
  t.ok(controls.length > 0, 'an honest initiator gives credit as it reads')
  t.strictSame(
    controls,
    [...controls].sort((a, b) => a - b),
  )
})

t.test('a stream without credit is not sent beyond it', async t => {
  const { stream, heard } = begin(() => undefined)
  t.ok(await stream.chunk())
  t.ok(await stream.chunk())
  t.notOk(await stream.chunk())
  t.equal(heard.length, 2)
  t.match(await stream.next(), { kind: 'timeout' })
})

t.test('an error while credit is awaited is what is read next', async t => {
  const { stream } = begin((member, say) => {
    if ('seq' in member && member.seq === 1) {
      say(chunk(0), 'one')
      say(chunk(1, true), '', 'internal')
    }
  })
  await stream.open()
  await stream.chunk()
  t.notOk(await stream.hasRoom())
  t.match(await stream.next(), { kind: 'chunk' })
  t.match(await stream.next(), { kind: 'authenticated', error: 'internal' })
  t.match(await stream.pending(), { kind: 'nothing' })
})

t.test('credits are no news, and what comes after the end is', async t => {
  const { stream } = begin((_member, say) => {
    say({ credit: 9 })
    say(chunk(0, true))
    say({ credit: 10 })
  })
  await stream.open(encodeUtf8('x'), true)
  t.match(await stream.next(), { kind: 'chunk', end: true })
  t.match(await stream.pending(), { kind: 'unacceptable', why: /after the last chunk/ })
})

t.test('a part may say anything before it is sealed, and what is drafted honestly stays in order', async t => {
  const { stream, heard } = begin(echoing())
  await stream.open()
  await stream.send({ ...stream.draftChunk(), stream: { id: stream.id, seq: 7, end: true } })
  await stream.send(stream.draftCredit(40))
  await stream.send(stream.draft({ cancel: true }))
  t.match(heard, [{ seq: 0, end: false }, { seq: 7, end: true }, { credit: 40 }, { cancel: true }])
})

t.test('the transcript tells what was in each part, and where it was waited for', async t => {
  const { stream, conversation } = begin(echoing())
  await stream.open(encodeUtf8('hello'), true)
  await stream.finish()
  const { transcript } = conversation
  t.match(transcript, [
    { what: 'upgrade' },
    { sealed: { seq: '0', plaintext: '68656c6c6f' }, request: { connection: 0, until: { kind: 'sent' } } },
    { what: 'stream', opened: { seq: '0' }, judged: 'a credit of 3 chunks', request: { until: { kind: 'next' } } },
    { what: 'stream', opened: { seq: '1', plaintext: '6563686f2030' }, judged: /the last chunk/ },
  ])
})
