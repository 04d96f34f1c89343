import t from 'tap'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { NotFrames, opcodes } from '../frames.js'
import { Inbox, type Arrived } from '../inbox.js'

const LONG = 10_000

/** A message arrives that answers `id`, or none. */
const arrive = (inbox: Inbox, id: string | undefined, text = ''): void => {
  const payload = encodeUtf8(JSON.stringify({ message_id: id, text }))
  inbox.frame({ opcode: opcodes.text, fin: true, masked: false, reserved: 0, payload })
}

const textOf = (arrived: Arrived): unknown =>
  arrived.kind === 'message' ? JSON.parse(Buffer.from(arrived.body).toString())['text'] : arrived.kind

const opened = async (inbox: Inbox, id: string, stream = id): Promise<void> => {
  await inbox.wait({ kind: 'sent', id, stream }, LONG)
}

t.test('messages of a stream are kept in the order in which they came, until somebody asks', async t => {
  const inbox = new Inbox()
  await opened(inbox, 'a')
  for (const text of ['one', 'two', 'three']) arrive(inbox, 'a', text)
  t.equal(textOf(await inbox.wait({ kind: 'next', id: 'a' }, LONG)), 'one')
  t.equal(textOf(await inbox.wait({ kind: 'queued', id: 'a' }, LONG)), 'two')
  t.equal(textOf(await inbox.wait({ kind: 'next', id: 'a' }, LONG)), 'three')
  t.equal(textOf(await inbox.wait({ kind: 'queued', id: 'a' }, LONG)), 'nothing')
})

t.test('who waits first is given first', async t => {
  const inbox = new Inbox()
  await opened(inbox, 'a')
  const [first, second] = [inbox.wait({ kind: 'next', id: 'a' }, LONG), inbox.wait({ kind: 'next', id: 'a' }, LONG)]
  arrive(inbox, 'a', 'one')
  arrive(inbox, 'a', 'two')
  t.strictSame([textOf(await first), textOf(await second)], ['one', 'two'])
})

t.test('what answers a further message belongs to the stream, and streams do not mix', async t => {
  const inbox = new Inbox()
  await opened(inbox, 'a')
  await opened(inbox, 'b')
  await opened(inbox, 'a2', 'a')
  arrive(inbox, 'b', 'of b')
  arrive(inbox, 'a2', 'of a')
  t.equal(textOf(await inbox.wait({ kind: 'next', id: 'a' }, LONG)), 'of a')
  t.equal(textOf(await inbox.wait({ kind: 'next', id: 'b' }, LONG)), 'of b')
})

t.test('the answer to a single message goes past what is kept of a stream', async t => {
  const inbox = new Inbox()
  await opened(inbox, 'a')
  const answer = inbox.wait({ kind: 'answer', id: 'ping' }, LONG)
  arrive(inbox, 'a', 'chunk')
  arrive(inbox, 'ping', 'pong')
  t.equal(textOf(await answer), 'pong')
  t.equal(textOf(await inbox.wait({ kind: 'queued', id: 'a' }, LONG)), 'chunk')
})

t.test('where a stream alone is waited for, a wrong name is a wrong answer', async t => {
  const inbox = new Inbox()
  await opened(inbox, 'a')
  const next = inbox.wait({ kind: 'next', id: 'a' }, LONG)
  arrive(inbox, 'nobody', 'misnamed')
  t.equal(textOf(await next), 'misnamed')
})

t.test('what came before the connection ended can be read after it, and then its end', async t => {
  const inbox = new Inbox()
  await opened(inbox, 'a')
  arrive(inbox, 'a', 'last words')
  inbox.close(1001)
  inbox.end('the connection ended')
  t.equal(textOf(await inbox.wait({ kind: 'next', id: 'a' }, LONG)), 'last words')
  t.match(await inbox.wait({ kind: 'next', id: 'a' }, LONG), { kind: 'closed', code: 1001 })
  t.match(await inbox.wait({ kind: 'queued', id: 'a' }, LONG), { kind: 'closed', code: 1001 })
})

t.test('a stream that nobody reads is kept within bounds', async t => {
  const many = new Inbox()
  await opened(many, 'a')
  for (let count = 0; count < 4096; count++) arrive(many, 'a')
  t.throws(() => arrive(many, 'a'), NotFrames)
  const long = new Inbox()
  await opened(long, 'a')
  const mebibytes = 'x'.repeat(2 ** 24)
  for (let count = 0; count < 3; count++) arrive(long, 'a', mebibytes)
  await long.wait({ kind: 'next', id: 'a' }, LONG)
  arrive(long, 'a', mebibytes)
  t.throws(() => arrive(long, 'a', mebibytes), NotFrames, 'what was read makes room')
})
