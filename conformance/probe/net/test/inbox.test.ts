import fc from 'fast-check'
import t from 'tap'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { NotFrames, opcodes, type ReadFrame } from '../frames.js'
import { Inbox, type Arrived, type Until } from '../inbox.js'

/** Longer than any test: whoever waits so long waits for what a test gives, or for the end. */
const LONG_MS = 60_000

const frame = (text: string, change: Partial<ReadFrame> = {}): ReadFrame => ({
  fin: true,
  reserved: 0,
  opcode: opcodes.text,
  masked: false,
  payload: encodeUtf8(text),
  ...change,
})
const answerTo = (id: unknown, more = ''): string => JSON.stringify({ message_id: id, more })
const answer = (id?: string): Until => ({ kind: 'answer', id })

/** Waits without keeping the test from ending. */
const waiting = (inbox: Inbox, until: Until): { readonly got: () => Arrived | undefined } => {
  let got: Arrived | undefined
  void inbox.wait(until, LONG_MS).then(arrived => (got = arrived))
  return { got: () => got }
}

/** All that follows at once from what has been done. */
const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

const closed = { kind: 'closed', code: 1008 } as const
const ended = { kind: 'ended', code: undefined } as const

const bodyOf = (arrived: Arrived | undefined): string | undefined =>
  arrived?.kind === 'message' ? Buffer.from(arrived.body).toString() : arrived?.kind

t.test('answers find their messages by id, whatever order they come in', async () => {
  const ids = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,4}$/), { minLength: 1, maxLength: 8 })
  const orders = ids.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
  await fc.assert(
    fc.asyncProperty(orders, async ([asked, answered]) => {
      const inbox = new Inbox()
      const all = asked.map(id => inbox.wait(answer(id), LONG_MS))
      for (const id of answered) inbox.frame(frame(answerTo(id)))
      const bodies = (await Promise.all(all)).map(bodyOf)
      return bodies.every((body, index) => body === answerTo(asked[index]))
    }),
    { numRuns: 50 },
  )
})

t.test("a second answer is nobody's, though only one other message waits", async t => {
  const inbox = new Inbox()
  const [a, b] = [waiting(inbox, answer('a')), waiting(inbox, answer('b'))]
  inbox.frame(frame(answerTo('a', 'first')))
  inbox.frame(frame(answerTo('a', 'second')))
  await settled()
  t.equal(bodyOf(a.got()), answerTo('a', 'first'))
  t.equal(b.got(), undefined)
  inbox.frame(frame(answerTo('b')))
  await settled()
  t.equal(bodyOf(b.got()), answerTo('b'))
})

t.test("an answer that comes too late is nobody's", async t => {
  const inbox = new Inbox()
  t.strictSame(await inbox.wait(answer('late'), 1), { kind: 'timeout' })
  const next = waiting(inbox, answer('next'))
  inbox.frame(frame(answerTo('late')))
  await settled()
  t.equal(next.got(), undefined)
  inbox.end('over')
})

t.test(
  "what comes without the right id is the answer where only one message waits, and nobody's where two do",
  async t => {
    for (const odd of [answerTo('other'), answerTo(7), '{}', 'no JSON', '', '{"message_id":"a","message_id":"a"}']) {
      const inbox = new Inbox()
      const only = waiting(inbox, answer('a'))
      inbox.frame(frame(odd))
      await settled()
      t.equal(bodyOf(only.got()), odd)

      const [first, second] = [waiting(inbox, answer('b')), waiting(inbox, answer('c'))]
      inbox.frame(frame(odd))
      await settled()
      t.strictSame([first.got(), second.got()], [undefined, undefined], odd)
      inbox.end('over')
    }
  },
)

t.test('a message without an id has for its answer what answers no other', async t => {
  const inbox = new Inbox()
  const [named, nameless] = [waiting(inbox, answer('a')), waiting(inbox, answer())]
  inbox.frame(frame('{"success":false}'))
  inbox.frame(frame(answerTo('a')))
  await settled()
  t.equal(bodyOf(nameless.got()), '{"success":false}')
  t.equal(bodyOf(named.got()), answerTo('a'))
})

t.test("what comes before anything is asked is nobody's", async t => {
  const inbox = new Inbox()
  inbox.frame(frame(answerTo('a')))
  t.strictSame(await inbox.wait(answer('a'), 1), { kind: 'timeout' })
})

t.test('the first message that answered nothing is remembered, and no answer is one', async t => {
  const stray = { kind: 'stray' } as const
  const strays: [name: string, (inbox: Inbox) => Promise<unknown>][] = [
    ['before anything was asked', async inbox => inbox.frame(frame(answerTo('x')))],
    [
      'a second answer',
      async inbox => {
        const got = inbox.wait(answer('a'), LONG_MS)
        for (const text of [answerTo('a'), answerTo('a', 'second')]) inbox.frame(frame(text))
        await got
      },
    ],
    [
      'a late answer',
      async inbox => {
        await inbox.wait(answer('late'), 1)
        inbox.frame(frame(answerTo('late')))
      },
    ],
  ]
  for (const [name, come] of strays) {
    const inbox = new Inbox()
    t.strictSame(await inbox.wait(stray, LONG_MS), { kind: 'sent' }, `nothing ${name}`)
    await come(inbox)
    inbox.frame(frame('{"later":1}'))
    const first = await inbox.wait(stray, LONG_MS)
    t.match(first, { kind: 'message' }, name)
    t.not(bodyOf(first), '{"later":1}')
  }
  const honest = new Inbox()
  const got = honest.wait(answer('a'), LONG_MS)
  honest.frame(frame(answerTo('a')))
  await got
  t.strictSame(await honest.wait(stray, LONG_MS), { kind: 'sent' })
})

t.test('a message in fragments is put together, and has no flaw', async t => {
  const inbox = new Inbox()
  const got = inbox.wait(answer('a'), LONG_MS)
  const whole = answerTo('a', 'é')
  const bytes = encodeUtf8(whole)
  // One cut is inside the last character.
  const cut = whole.indexOf('é') + 1
  inbox.frame(frame('', { fin: false, payload: bytes.subarray(0, 5) }))
  inbox.frame(frame('', { fin: false, opcode: opcodes.continuation, payload: bytes.subarray(5, cut) }))
  inbox.frame(frame('', { fin: false, opcode: opcodes.continuation }))
  inbox.frame(frame('', { opcode: opcodes.continuation, payload: bytes.subarray(cut) }))
  t.strictSame(await got, { kind: 'message', body: Buffer.from(bytes), flaw: undefined })
})

t.test('what is wrong with the frames of a message is said of that message and of no other', async t => {
  const text = answerTo('a')
  const cases: [flaw: string, frames: ReadFrame[]][] = [
    ['a masked frame', [frame(text, { masked: true })]],
    ['a frame with reserved bits', [frame(text, { reserved: 4 })]],
    ['a binary message', [frame(text, { opcode: opcodes.binary })]],
    ['a frame of opcode 3', [frame(text, { opcode: 3 })]],
    ['a frame that does not go on with what was begun', [frame(text, { opcode: opcodes.continuation })]],
    ['a frame that does not go on with what was begun', [frame(text, { fin: false }), frame('')]],
    ['a masked frame', [frame(text, { fin: false }), frame('', { opcode: opcodes.continuation, masked: true })]],
    ['a binary message', [frame(text, { fin: false, opcode: opcodes.binary }), frame('', { opcode: 0 })]],
  ]
  for (const [flaw, frames] of cases) {
    const inbox = new Inbox()
    const got = inbox.wait(answer('a'), LONG_MS)
    for (const each of frames) inbox.frame(each)
    t.match(await got, { kind: 'message', flaw }, flaw)
    const next = inbox.wait(answer('b'), LONG_MS)
    inbox.frame(frame(answerTo('b')))
    t.match(await next, { kind: 'message', flaw: undefined }, `after ${flaw}`)
  }
})

t.test('a ping counts once, be it before it was waited for or after', async t => {
  const inbox = new Inbox()
  inbox.put({ kind: 'ping' })
  inbox.put({ kind: 'ping' })
  t.strictSame(await inbox.wait({ kind: 'ping' }, 1), { kind: 'ping' })
  t.strictSame(await inbox.wait({ kind: 'ping' }, 1), { kind: 'ping' })
  t.strictSame(await inbox.wait({ kind: 'ping' }, 1), { kind: 'timeout' })
  const later = inbox.wait({ kind: 'ping' }, LONG_MS)
  inbox.put({ kind: 'ping' })
  t.strictSame(await later, { kind: 'ping' })
  t.strictSame(await inbox.wait({ kind: 'ping' }, 1), { kind: 'timeout' })
})

t.test('a pong is that of a ping with the same content', async t => {
  const inbox = new Inbox()
  const pong = waiting(inbox, { kind: 'pong', payload: '0a' })
  inbox.put({ kind: 'pong', payload: '0b' })
  await settled()
  t.equal(pong.got(), undefined)
  inbox.put({ kind: 'pong', payload: '0a' })
  await settled()
  t.strictSame(pong.got(), { kind: 'pong', payload: '0a' })
})

t.test('a close frame ends every wait but the one for the end, which tells its code', async t => {
  const inbox = new Inbox()
  const [asked, pinged, end] = [
    waiting(inbox, answer('a')),
    waiting(inbox, { kind: 'ping' }),
    waiting(inbox, { kind: 'end' }),
  ]
  inbox.close(1008)
  inbox.close(1000)
  await settled()
  t.strictSame([asked.got(), pinged.got(), end.got()], [closed, closed, undefined], 'the first code counts')
  t.strictSame(await inbox.wait(answer('b'), LONG_MS), closed, 'nothing comes after it')
  inbox.end('ECONNRESET')
  await settled()
  t.strictSame(end.got(), { kind: 'ended', code: 1008 })
  t.strictSame(await inbox.wait({ kind: 'end' }, LONG_MS), { kind: 'ended', code: 1008 })
  t.strictSame(await inbox.wait(answer('c'), LONG_MS), closed)
})

t.test('the end without a close frame says why, and is remembered', async t => {
  const inbox = new Inbox()
  const [asked, end] = [waiting(inbox, answer('a')), waiting(inbox, { kind: 'end' })]
  inbox.end('ECONNRESET')
  inbox.end('the connection ended')
  await settled()
  t.strictSame([asked.got(), end.got()], [{ kind: 'reset', reason: 'ECONNRESET' }, ended])
  t.strictSame(await inbox.wait({ kind: 'ping' }, LONG_MS), { kind: 'reset', reason: 'ECONNRESET' })
  t.strictSame(await inbox.wait({ kind: 'sent' }, LONG_MS), { kind: 'reset', reason: 'ECONNRESET' })
  t.strictSame(await inbox.wait({ kind: 'end' }, LONG_MS), ended)
})

t.test('who only sends waits for nothing', async t => {
  t.strictSame(await new Inbox().wait({ kind: 'sent' }, LONG_MS), { kind: 'sent' })
})

t.test('a message beyond what the suite reads is given up, in many bytes or in many frames', async t => {
  const piece = new Uint8Array(2 ** 24)
  const goOn = (inbox: Inbox, payload: Uint8Array) => (): void =>
    inbox.frame(frame('', { fin: false, opcode: opcodes.continuation, payload }))
  const heavy = new Inbox()
  for (let sent = 0; sent < 4; sent++) goOn(heavy, piece)()
  t.throws(goOn(heavy, Uint8Array.of(1)), NotFrames)
  const crumbled = new Inbox()
  for (let sent = 0; sent < 2 ** 16; sent++) goOn(crumbled, new Uint8Array(0))()
  t.throws(goOn(crumbled, new Uint8Array(0)), NotFrames)
})

t.test('a flood of what nobody asked for is given up: pings, pongs, and messages', async t => {
  const floods: Record<string, (inbox: Inbox) => void> = {
    pings: inbox => inbox.put({ kind: 'ping' }),
    pongs: inbox => inbox.put({ kind: 'pong', payload: '' }),
    messages: inbox => inbox.frame(frame(answerTo('nobody'))),
  }
  for (const [name, send] of Object.entries(floods)) {
    const inbox = new Inbox()
    for (let sent = 0; sent < 4096; sent++) send(inbox)
    t.throws(() => send(inbox), NotFrames, name)
  }
})
