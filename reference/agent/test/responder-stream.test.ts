import fc from 'fast-check'
import t from 'tap'
import { post } from './stage.js'
import { stage, StreamLine } from './stream-stage.js'

const s = (seq: number, end = false) => ({ id: 's', seq, end })

const VIOLATED = 'stream_violation'

t.test('an echo has a chunk for each chunk, in order, as they come, and the end with the last', async t => {
  await using on = await stage()
  const { line } = on
  const { id } = line.say(s(0), 'a')
  t.same(await line.next(), { message_id: id, said: '0 "a"' })
  line.say(s(1), '')
  t.same(await line.next(), { message_id: id, said: '1 ""' })
  line.say(s(2, true), 'c')
  t.same(await line.next(), { message_id: id, said: '2 "c" end' })
  t.same(await line.flush(), [])
})

t.test('an empty last chunk is echoed like any other', async t => {
  await using on = await stage()
  const { line } = on
  line.say(s(0, true))
  t.equal(await line.hears(), '0 "" end')
  line.say(s(0), 'a')
  t.equal(await line.hears(), '0 "a"', 'the id is free again')
  line.say(s(1, true))
  t.equal(await line.hears(), '1 "" end')
})

t.test('an empty last chunk that comes together with the one before is echoed too', async t => {
  await using on = await stage()
  const { line } = on
  for (const stream of [s(0), s(1), s(2, true)]) line.say(stream)
  t.same([await line.hears(), await line.hears(), await line.hears()], ['0 ""', '1 ""', '2 "" end'])
})

t.test('an echo cuts its plaintext where it is asked to', async t => {
  await using on = await stage()
  const { line } = on
  const cut = async (plaintext: string, chunk_size: string): Promise<string[]> => {
    line.say(s(0, true), plaintext, { metadata: { chunk_size } })
    const said = [await line.hears()]
    while (!said.at(-1)!.endsWith('end')) said.push(await line.hears())
    return said
  }
  t.same(await cut('abcde', '2'), ['0 "ab"', '1 "cd"', '2 "e" end'])
  t.same(await cut('abcd', '2'), ['0 "ab"', '1 "cd" end'])
  t.same(await cut('abcd', '9999999'), ['0 "abcd" end'])
  t.same(await cut('', '1'), ['0 "" end'])
  for (const bad of ['0', '01', '+1', '1.0', '10000000', '', 'x'])
    t.same(await cut('abcd', bad), ['0 malformed end'], bad)
  t.same(await cut('x'.repeat(1025), '1'), ['0 malformed end'], 'more than 1024 chunks')
  line.say(s(0), 'abcd', { metadata: { chunk_size: '2' } })
  t.equal(await line.hears(), '0 malformed end', 'the end is not there')
})

t.test('what breaks a stream ends it, with the id of its opening, and nothing else', async t => {
  await using on = await stage({ limits: { streamWindow: 2 } })
  const { line } = on
  const other = line.say({ id: 'other', seq: 0, end: false }, 'x')
  t.equal(await line.hears(), '0 "x"')
  const breaks: [string, (echoed: number) => unknown][] = [
    ['a gap', () => line.say(s(2), 'c')],
    ['a repeat', () => line.say(s(0), 'a')],
    ['another task', () => line.say(s(1), 'b', { task_id: 'sage/ping@v1' })],
    ['a credit below the window', () => line.say({ id: 's', credit: 1 })],
    ['a credit with a plaintext', () => line.say({ id: 's', credit: 9 }, 'x')],
    ['a cancellation with a plaintext', () => line.say({ id: 's', cancel: true }, 'x')],
    ['a credit for another task', () => line.say({ id: 's', credit: 9 }, '', { task_id: 'sage/ping@v1' })],
  ]
  for (const [what, violate] of breaks) {
    const { id } = line.say(s(0), 'a')
    t.equal(await line.hears(), '0 "a"')
    violate(1)
    t.same(await line.next(), { message_id: id, said: `1 ${VIOLATED} end` }, what)
    const late = line.say(s(1), 'b')
    t.same(
      await line.next(),
      { message_id: late.id, said: `0 ${VIOLATED} end` },
      `${what}: there is no such stream now`,
    )
  }
  line.say({ id: 'other', seq: 1, end: true }, 'y')
  t.same(await line.next(), { message_id: other.id, said: '1 "y" end' }, 'the other lives')
})

t.test('a credit may stay or grow, and never shrink', async t => {
  await using on = await stage({ limits: { streamWindow: 2 } })
  const { line } = on
  line.say(s(0), 'a')
  for (const credit of [2, 5, 5]) line.say({ id: 's', credit })
  t.equal(await line.hears(), '0 "a"')
  t.same(await line.flush(), [])
  line.say({ id: 's', credit: 4 })
  t.equal(await line.hears(), `1 ${VIOLATED} end`)
})

t.test('no more is sent than the credit allows, and all that it allows; an error needs none', async t => {
  await using on = await stage({ limits: { streamWindow: 2 } })
  const { line } = on
  line.say(s(0, true), 'abcdef', { metadata: { chunk_size: '1' } })
  t.equal(await line.hears(), '0 "a"')
  t.equal(await line.hears(), '1 "b"')
  t.same(await line.flush(), [])
  line.say({ id: 's', credit: 3 })
  t.equal(await line.hears(), '2 "c"')
  t.same(await line.flush(), [])
  line.say(s(1), 'x')
  t.equal(await line.hears(), `3 ${VIOLATED} end`, 'a chunk after the end')
})

t.test('the credit is raised as the task takes chunks, and beyond it nothing is taken', async t => {
  let go = (): void => undefined
  const gone = new Promise<void>(resolve => (go = resolve))
  const streams = {
    'wait/first@v1': async function* (chunks: AsyncIterable<Uint8Array>) {
      await gone
      yield* chunks
    },
  }
  await using on = await stage({ limits: { streamWindow: 2 }, streams })
  const { line } = on
  const task = { task_id: 'wait/first@v1' }
  line.say(s(0), 'a', task)
  line.say(s(1), 'b', task)
  t.same(await line.flush(), [])
  line.say({ id: 'r', seq: 0, end: false }, 'a', task)
  line.say({ id: 'r', seq: 1, end: false }, 'b', task)
  line.say({ id: 'r', seq: 2, end: false }, 'c', task)
  t.equal(await line.hears(), `0 ${VIOLATED} end`)
  go()
  t.equal(await line.hears(), '0 "a"')
  t.equal(await line.hears(), '1 "b"')
  line.say({ id: 's', credit: 9 }, '', task)
  line.say(s(2), 'c', task)
  const credit = await line.credit()
  t.ok(credit >= 3 && credit <= 5, `a credit of ${credit}`)
  t.equal(await line.hears(), '2 "c"')
})

t.test('a chunk that names no live stream is answered by itself; a control is ignored', async t => {
  await using on = await stage()
  const { line, agent, session } = on
  const unknown = line.say(s(1), 'x')
  t.same(await line.next(), { message_id: unknown.id, said: `0 ${VIOLATED} end` })
  line.say({ id: 's', credit: 40 })
  line.say({ id: 's', cancel: true })
  line.say({ id: 's', cancel: true }, 'not empty')
  t.same(await line.flush(), [])
  line.say(s(0), 'a')
  t.equal(await line.hears(), '0 "a"')
  const second = await StreamLine.open(agent.url, session)
  const moved = second.say(s(1), 'b')
  t.same(await second.next(), { message_id: moved.id, said: `0 ${VIOLATED} end` }, 'on another connection')
  second.say({ id: 's', cancel: true })
  t.same(await second.flush(), [])
  second.say(s(0), 'of its own')
  t.equal(await second.hears(), '0 "of its own"')
  line.say(s(1, true), 'b')
  t.equal(await line.hears(), '1 "b" end', 'it has lived on')
  await second.close()
})

t.test('streams of two sessions share a connection, and not their ids', async t => {
  await using on = await stage()
  const { line, initiator } = on
  const other = await initiator.shakeHands()
  line.say(s(0), 'a')
  t.equal(await line.hears(), '0 "a"')
  const message = other.seal('sage/echo@v1', 'b', { stream: s(1) })
  line.put(message, other)
  t.same(await line.next(), { message_id: message.id, said: `0 ${VIOLATED} end` })
  line.say(s(1, true), 'b')
  t.equal(await line.hears(), '1 "b" end')
})

t.test('what is not served as a stream is refused, and so is one stream too many', async t => {
  await using on = await stage({
    limits: { maxStreams: 2 },
    tasks: { 'only/asked@v1': x => x },
    streams: {
      'only/streamed@v1': async function* (chunks) {
        yield* chunks
      },
    },
  })
  const { line, session } = on
  for (const task_id of ['sage/ping@v1', 'sage/close@v1', 'only/asked@v1']) {
    const { id } = line.say(s(0, true), 'a', { task_id })
    t.same(await line.next(), { message_id: id, said: `0 ${VIOLATED} end` }, task_id)
  }
  line.say(s(0, true), 'a', { task_id: 'never/heard-of@v1' })
  t.equal(await line.hears(), '0 task_unsupported end')
  line.put(session.seal('only/streamed@v1', 'a'))
  t.equal(await line.hears(), 'task_unsupported')
  line.say(s(0, true), 'a', { task_id: 'only/streamed@v1' })
  t.equal(await line.hears(), '0 "a" end')
  for (const id of ['one', 'two']) {
    line.say({ id, seq: 0, end: false }, 'a')
    t.equal(await line.hears(), '0 "a"')
  }
  line.say({ id: 'three', seq: 0, end: false }, 'a')
  t.equal(await line.hears(), `0 ${VIOLATED} end`)
  line.say({ id: 'one', seq: 1, end: true }, 'b')
  t.equal(await line.hears(), '1 "b" end')
  line.say({ id: 'three', seq: 0, end: true }, 'a')
  t.equal(await line.hears(), '0 "a" end', 'there is room again')
})

t.test('a further message that does not open gets a plain error, and the stream lives', async t => {
  await using on = await stage()
  const { line, session } = on
  line.say(s(0), 'a')
  t.equal(await line.hears(), '0 "a"')
  const broken = session.seal('sage/echo@v1', 'b', { stream: s(1) })
  line.put({ ...broken, metadata: { added: 'later' } })
  t.same(await line.next(), { message_id: broken.id, said: 'authentication_failed' })
  line.put({ ...broken })
  t.equal(await line.hears(), '1 "b"')
  line.say(s(2, true), 'c')
  t.equal(await line.hears(), '2 "c" end')
})

t.test('a cancelled stream ends with that, and its task is told', async t => {
  let signal: AbortSignal | undefined
  let thrown: unknown
  const streams = {
    'wait/forever@v1': async function* (chunks: AsyncIterable<Uint8Array>, request: { signal: AbortSignal }) {
      signal = request.signal
      try {
        yield* chunks
      } catch (error) {
        thrown = error
        throw error
      }
    },
  }
  await using on = await stage({ streams })
  const { line } = on
  const task = { task_id: 'wait/forever@v1' }
  const { id } = line.say(s(0), 'a', task)
  t.equal(await line.hears(), '0 "a"')
  line.say({ id: 's', cancel: true }, '', task)
  t.same(await line.next(), { message_id: id, said: '1 cancelled end' })
  t.equal(signal?.aborted, true)
  t.match(thrown, { code: 'cancelled' })
  line.say({ id: 's', cancel: true }, '', task)
  t.same(await line.flush(), [], 'it is late now')
})

t.test('a session that is closed ends its streams, on whatever connection, and no others', async t => {
  await using on = await stage()
  const { line, agent, initiator, session } = on
  const second = await StreamLine.open(agent.url, session)
  const other = await StreamLine.open(agent.url, await initiator.shakeHands())
  for (const each of [line, second, other]) {
    each.say(s(0), 'a')
    t.equal(await each.hears(), '0 "a"')
  }
  await session.ask('sage/close@v1')
  t.equal(await line.hears(), '1 cancelled end')
  t.equal(await second.hears(), '1 cancelled end')
  other.say(s(1, true), 'b')
  t.equal(await other.hears(), '1 "b" end')
  await second.close()
  await other.close()
})

t.test('a connection that ends takes its streams along: their tasks are stopped', async t => {
  let stopped = (): void => undefined
  const isStopped = new Promise<void>(resolve => (stopped = resolve))
  const streams = {
    'wait/forever@v1': async function* (chunks: AsyncIterable<Uint8Array>) {
      try {
        yield* chunks
      } finally {
        stopped()
      }
    },
  }
  await using on = await stage({ streams })
  const { line, agent, session } = on
  const second = await StreamLine.open(agent.url, session)
  second.say(s(0), 'a', { task_id: 'wait/forever@v1' })
  t.equal(await second.hears(), '0 "a"')
  await second.close()
  await isStopped
  line.say(s(0, true), 'the session lives')
  t.equal(await line.hears(), '0 "the session lives" end')
})

t.test('over HTTP the answer is a line for each chunk', async t => {
  await using on = await stage()
  const { agent, session } = on
  const ask = async (stream: object, plaintext: string, metadata = {}) => {
    const message = session.seal('sage/echo@v1', plaintext, { stream: stream as never, metadata })
    const answer = await fetch(`${agent.url}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
    })
    return { answer, text: await answer.text() }
  }
  const { answer, text } = await ask(s(0, true), 'abcde', { chunk_size: '2' })
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('content-type'), 'application/x-ndjson')
  t.equal(answer.headers.get('cache-control'), 'no-store')
  t.ok(text.endsWith('\n'))
  const lines = text.split('\n').slice(0, -1)
  t.same(
    lines.map(line => (JSON.parse(line) as { stream: object }).stream),
    [s(0), s(1), s(2, true)],
  )
  for (const stream of [s(0), s(1, true), { id: 's', credit: 40 }, { id: 's', cancel: true }]) {
    const { answer, text } = await ask(stream, '')
    t.equal(answer.headers.get('content-type'), 'application/x-ndjson')
    t.match(JSON.parse(text), { success: false, error: VIOLATED, stream: s(0, true) })
  }
  const many = await ask(s(0, true), 'x'.repeat(100), { chunk_size: '1' })
  t.equal(many.text.split('\n').length, 101, 'no credit is needed')
  const plain = await post(agent.url, { ...session.seal('sage/echo@v1', 'a', { stream: s(0, true) }), task_id: 'x' })
  t.match(plain, { status: 401, headers: { 'content-type': 'application/json' } })
})

/** A task that takes nothing until it is told to. */
const stalled = () => {
  let go = (): void => undefined
  const gone = new Promise<void>(resolve => (go = resolve))
  const task = async function* (chunks: AsyncIterable<Uint8Array>) {
    await gone
    yield* chunks
  }
  return { go, streams: { 'wait/first@v1': task }, task: { task_id: 'wait/first@v1' } }
}

t.test('what waits for tasks on a connection is bounded: a chunk too many is refused, and can come again', async t => {
  const { go, streams, task } = stalled()
  await using on = await stage({ streams, caps: { streamBytesPerConnection: 3000 } })
  const { line } = on
  line.say(s(0), 'a'.repeat(1000), task)
  line.say({ id: 'other', seq: 0, end: false }, 'b'.repeat(1000), task)
  const refused = line.say(s(1), 'c'.repeat(1000), task)
  t.same(await line.next(), { message_id: refused.id, said: 'unavailable' })
  line.say(s(1), 'd', task)
  line.say({ id: 'other', cancel: true }, '', task)
  t.equal(await line.hears(), '0 cancelled end', 'controls are never refused for that')
  go()
  t.match(await line.hears(), /^0 "a/)
  t.equal(await line.hears(), '1 "d"', 'the stream has lived on')
})

t.test('a responder that drains takes nothing new, and lets streams come to their end', async t => {
  await using on = await stage({ drainMs: 5000 })
  const { line, agent } = on
  line.say(s(0), 'a')
  t.equal(await line.hears(), '0 "a"')
  const closed = agent.close()
  const late = line.say({ id: 'new', seq: 0, end: true }, 'x')
  t.same(await line.next(), { message_id: late.id, said: 'unavailable' })
  line.say({ id: 's', credit: 100 })
  line.say(s(1, true), 'b')
  t.equal(await line.hears(), '1 "b" end')
  t.equal(await line.closed, 1001)
  await closed
})

t.test('a connection on which nobody reads stops the tasks, whatever the credit', async t => {
  let given = 0
  const streams = {
    'much/data@v1': async function* () {
      for (;;) yield new Uint8Array(60_000).fill(given++)
    },
  }
  await using on = await stage({ streams })
  const { line, agent, session } = on
  line.socket.pause()
  line.say(s(0, true), '', { task_id: 'much/data@v1' })
  line.say({ id: 's', credit: 1_000_000 }, '', { task_id: 'much/data@v1' })
  for (let before = -1; before !== given;) {
    before = given
    for (let i = 0; i < 20; i++) await post(agent.url, session.seal('sage/ping@v1'))
  }
  t.ok(given > 0 && given < 500, `${given} chunks were made`)
  line.socket.resume()
  line.socket.terminate()
})

t.test('one message breaks one stream, and chunks of many streams may come in any mixture', async t => {
  await using on = await stage({ limits: { streamWindow: 4 } })
  const { line } = on
  const order = fc.array(fc.nat({ max: 4 }), { minLength: 5, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(order, async order => {
      const sent = new Map<number, number>()
      const expected: string[] = []
      const said: string[] = []
      for (const which of order) {
        const seq = sent.get(which) ?? 0
        sent.set(which, seq + 1)
        line.say({ id: `s${which}`, seq, end: false }, `${which}`)
        said.push(await line.hears())
        expected.push(`${seq} "${which}"`)
        line.say({ id: `s${which}`, credit: seq + 8 })
      }
      for (const [which, seq] of sent) {
        line.say({ id: `s${which}`, seq, end: true })
        said.push(await line.hears())
        expected.push(`${seq} "" end`)
      }
      t.same(said, expected)
    }),
    { numRuns: 20 },
  )
})
