import fc from 'fast-check'
import t from 'tap'
import { httpTransport } from '../../http/http-transport.js'
import type { Transport } from '../../transport/channel.js'
import { connect, type ConnectOptions } from '../connect.js'
import { createIdentity } from '../identity.js'
import type { StreamTask } from '../served-streams.js'
import { serve } from '../serve.js'
import type { ServeOptions } from '../agent.js'
import { TaskFailure } from '../tasks.js'

// Streams from one end to the other, over both transports.

const ECHO = 'sage/echo@v1'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const textOf = (chunk: Uint8Array): string => Buffer.from(chunk).toString()

const meet = async (options: Partial<ServeOptions> = {}, how: Partial<ConnectOptions> = {}) => {
  const capabilities = { ws: true, stream: true, ...options.capabilities }
  const agent = await serve({ drainMs: 100, ...options, identity: createIdentity(), capabilities })
  const session = await connect(agent.url, { identity: createIdentity(), expectedDid: agent.did, ...how })
  return {
    agent,
    session,
    async [Symbol.asyncDispose]() {
      await session.close({ timeoutMs: 1000 })
      await agent.close()
    },
  }
}

/** The chunks of an answer as texts, and the code of the error that came after them. */
const collect = async (answer: AsyncIterable<Uint8Array>): Promise<string[]> => {
  const got: string[] = []
  try {
    for await (const chunk of answer) got.push(textOf(chunk))
  } catch (error) {
    const { code, cause } = error as { code?: string; cause?: { code?: string } }
    got.push(`! ${code ?? String(error)}${code === 'outcome_unknown' ? ` ${cause?.code}` : ''}`)
  }
  return got
}

/** A promise, and what resolves it. */
const signal = () => {
  let raise = (): void => undefined
  const raised = new Promise<void>(resolve => (raise = resolve))
  return { raise, raised }
}

const ways = [{ transports: ['ws'] }, { transports: ['http'] }] as const

for (const how of ways)
  t.test(`${how.transports[0]}: an answer in chunks`, async t => {
    await using on = await meet({}, how)
    const { session } = on
    t.same(await collect(session.stream(ECHO, bytes('a'))), ['a'])
    t.same(await collect(session.stream(ECHO, [bytes('a')])), ['a'])
    t.same(await collect(session.stream(ECHO, [])), [], 'an empty last chunk only ends')
    const metadata = { chunk_size: '2' }
    t.same(await collect(session.stream(ECHO, bytes('abcde'), { metadata })), ['ab', 'cd', 'e'])
    const many = await collect(session.stream(ECHO, new Uint8Array(200), { metadata: { chunk_size: '1' } }))
    t.equal(many.length, 200, 'more than the window')
    t.same(await collect(session.stream('sage/ping@v1', bytes('a'))), ['! stream_violation'])
    await session.ping()
  })

t.test('http: more than one chunk is refused before anything is sent', async t => {
  await using on = await meet({}, { transports: ['http'] })
  t.same(await collect(on.session.stream(ECHO, [bytes('a'), bytes('b')])), ['! configuration'])
  const slow = async function* () {
    yield bytes('a')
    await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
  }
  t.same(await collect(on.session.stream(ECHO, slow())), ['a'], 'an end that takes a while is an end')
})

t.test('a stream echoed chunk by chunk is what was sent', async t => {
  await using on = await meet({ limits: { streamWindow: 3 } }, { transports: ['ws'] })
  const chunk = fc.uint8Array({ maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(chunk, { maxLength: 12 }), { minLength: 1, maxLength: 5 }), async streams => {
      const echoes = await Promise.all(
        streams.map(async chunks => {
          const got: Uint8Array[] = []
          for await (const each of on.session.stream(ECHO, chunks)) got.push(each)
          return got
        }),
      )
      for (const [index, chunks] of streams.entries()) {
        const sent = chunks.at(-1)?.length === 0 ? chunks.slice(0, -1) : chunks
        t.same(echoes[index], sent)
      }
    }),
    { numRuns: 25 },
  )
})

t.test('what an application sends as it comes is answered as it comes', async t => {
  await using on = await meet({}, { transports: ['ws'] })
  const say: ((text: string) => void)[] = []
  const input = async function* () {
    for (;;) yield bytes(await new Promise<string>(resolve => say.push(resolve)))
  }
  const answer = on.session.stream(ECHO, input())[Symbol.asyncIterator]()
  for (const word of ['one', 'two', 'three']) {
    while (say.length === 0) await new Promise(resolve => setImmediate(resolve))
    say.shift()!(word)
    const { value } = await answer.next()
    t.equal(textOf(value as Uint8Array), word)
  }
  await answer.return?.()
})

t.test(
  'a consumer that stops reading stops the task, within the windows, and nothing else on the connection',
  async t => {
    const window = 4
    let given = 0
    const streams: Record<string, StreamTask> = {
      'count/up@v1': async function* () {
        for (;;) yield bytes(String(given++))
      },
    }
    await using on = await meet({ streams, limits: { streamWindow: window } }, { transports: ['ws'] })
    const answer = on.session.stream('count/up@v1', bytes(''))[Symbol.asyncIterator]()
    for (let i = 0; i < 10; i++) t.equal(textOf((await answer.next()).value as Uint8Array), String(i))
    for (let i = 0; i < 20; i++) await on.session.ping()
    t.ok(given <= 10 + window + 2, `${given} chunks were made, of which 10 were taken`)
    t.same(await collect(on.session.stream(ECHO, [bytes('a'), bytes('b')])), ['a', 'b'])
    await answer.return?.()
  },
)

t.test('a task that stops taking stops the initiator, within the windows', async t => {
  const window = 4
  const { raise, raised } = signal()
  const streams: Record<string, StreamTask> = {
    'wait/first@v1': async function* (chunks) {
      await raised
      yield* chunks
    },
  }
  await using on = await meet({ streams, limits: { streamWindow: window } }, { transports: ['ws'] })
  let taken = 0
  const input = async function* () {
    for (; taken < 30; taken++) yield bytes('x')
  }
  const answer = collect(on.session.stream('wait/first@v1', input()))
  for (let i = 0; i < 20; i++) await on.session.ping()
  t.ok(taken <= window + 2, `${taken} chunks were taken from the application`)
  raise()
  t.equal((await answer).length, 30)
})

t.test('http: an answer that nobody reads stops the task', async t => {
  let given = 0
  const streams: Record<string, StreamTask> = {
    'much/data@v1': async function* () {
      for (; given < 2000; given++) yield new Uint8Array(100_000)
    },
  }
  await using on = await meet({ streams }, { transports: ['http'] })
  const answer = on.session.stream('much/data@v1', bytes(''))[Symbol.asyncIterator]()
  t.equal((await answer.next()).value?.length, 100_000)
  for (let before = -1; before !== given;) {
    before = given
    for (let i = 0; i < 20; i++) await on.session.ping()
  }
  t.ok(given < 1000, `${given} of 2000 chunks were made when nobody read any more`)
  await answer.return?.()
})

t.test('leaving a loop cancels the stream, and so does cancel()', async t => {
  const stopped: string[] = []
  const streams: Record<string, StreamTask> = {
    'count/up@v1': async function* () {
      try {
        for (let i = 0; ; i++) {
          yield bytes(String(i))
          await new Promise(resolve => setImmediate(resolve))
        }
      } finally {
        stopped.push('count')
      }
    },
  }
  for (const how of ways) {
    await using on = await meet({ streams }, how)
    const got: string[] = []
    for await (const chunk of on.session.stream('count/up@v1', bytes(''))) if (got.push(textOf(chunk)) === 3) break
    t.same(got, ['0', '1', '2'])
    const answer = on.session.stream('count/up@v1', bytes(''))
    const iterator = answer[Symbol.asyncIterator]()
    await iterator.next()
    await answer.cancel()
    await t.rejects(iterator.next(), { code: 'cancelled' })
    while (stopped.length < 2) await on.session.ping()
    stopped.length = 0
  }
})

t.test('a signal ends a stream: before it was opened nothing was sent, after that nobody knows', async t => {
  for (const how of ways) {
    await using on = await meet({ capabilities: { echo: true } }, how)
    const early = AbortSignal.abort()
    t.same(await collect(on.session.stream(ECHO, bytes('a'), { signal: early })), ['! aborted'])
    const late = new AbortController()
    const metadata = { 'delay-ms': '9999' }
    const answer = collect(on.session.stream(ECHO, bytes('a'), { signal: late.signal, metadata }))
    await on.session.ping()
    late.abort()
    t.same(await answer, ['! outcome_unknown aborted'])
    await on.session.ping()
  }
})

t.test('a peer that is silent when it is its turn is given up in time', async t => {
  for (const how of ways) {
    await using on = await meet({}, how)
    const metadata = { 'delay-ms': '9999' }
    const answer = on.session.stream(ECHO, bytes('a'), { timeoutMs: 30, metadata })
    t.same(await collect(answer), ['! outcome_unknown timeout'])
  }
})

t.test('an application that takes its time is not taken for a silent peer', async t => {
  await using on = await meet({}, { transports: ['ws'] })
  const slow = async function* () {
    for (const word of ['a', 'b', 'c']) {
      await new Promise(resolve => setTimeout(resolve, 60))
      yield bytes(word)
    }
  }
  t.same(await collect(on.session.stream(ECHO, slow(), { timeoutMs: 40 })), ['a', 'b', 'c'])
})

t.test('how a task ends is how the answer ends', async t => {
  const streams: Record<string, StreamTask> = {
    'fail/late@v1': async function* () {
      yield bytes('a')
      throw new TaskFailure(bytes('sold out'))
    },
    'fail/inside@v1': async function* () {
      yield bytes('a')
      throw new Error('what went wrong inside stays inside')
    },
    'fail/type@v1': async function* () {
      yield 'a' as unknown as Uint8Array
    },
    'fail/size@v1': async function* () {
      yield new Uint8Array(65_536)
    },
    'fail/call@v1': () => {
      throw new Error('not even that')
    },
    'end/late@v1': async function* () {
      yield bytes('a')
      await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
    },
  }
  for (const how of ways) {
    await using on = await meet({ streams, limits: { maxMessageBytes: 65_536 } }, how)
    const ask = (task: string) => collect(on.session.stream(task, bytes('x')))
    t.same(await ask('fail/late@v1'), ['a', '! application_failed'])
    t.same(await ask('fail/inside@v1'), ['a', '! internal'])
    t.same(await ask('fail/type@v1'), ['! internal'])
    t.same(await ask('fail/size@v1'), ['! payload_too_large'])
    t.same(await ask('fail/call@v1'), ['! internal'])
    t.same(await ask('end/late@v1'), ['a'], 'the empty chunk that ends it is not given')
    t.same(await ask('never/heard-of@v1'), ['! task_unsupported'])
  }
})

t.test('what an application throws, or cannot send, ends the stream at both ends', async t => {
  let running = 0
  const streams: Record<string, StreamTask> = {
    'take/all@v1': async function* (chunks) {
      running++
      try {
        yield* chunks
      } finally {
        running--
      }
    },
  }
  await using on = await meet({ streams, limits: { maxMessageBytes: 65_536 } }, { transports: ['ws'] })
  const breaks = async function* () {
    yield bytes('a')
    throw new RangeError('of the application')
  }
  const got = await collect(on.session.stream('take/all@v1', breaks()))
  t.match(got.at(-1), /RangeError/)
  const large = [bytes('a'), new Uint8Array(65_536)]
  t.match((await collect(on.session.stream('take/all@v1', large))).at(-1), /payload_too_large/)
  t.match((await collect(on.session.stream(ECHO, 'text' as never))).at(-1), /TypeError/)
  await on.session.ping()
  t.equal(running, 0)
})

t.test('no stream without the capability, and none once the session is closed', async t => {
  await using on = await meet({ capabilities: { stream: false } })
  t.throws(() => on.session.stream(ECHO, bytes('a')), { code: 'configuration' })
  const bare: Transport = {
    ...httpTransport,
    open: async (...how) => {
      const { exchange, close } = await httpTransport.open(...how)
      return { exchange, close }
    },
  }
  await using plain = await meet({}, { transports: [bare] })
  t.throws(() => plain.session.stream(ECHO, bytes('a')), { code: 'configuration', message: /transport/ })
  await using other = await meet()
  await other.session.close()
  t.throws(() => other.session.stream(ECHO, bytes('a')), { code: 'session_closed' })
})

t.test('a session that is closed waits for its streams, save those that nobody has begun to take', async t => {
  await using on = await meet({}, { transports: ['ws'] })
  const untouched = on.session.stream(ECHO, [bytes('a'), bytes('b')])
  const { raise, raised } = signal()
  const input = async function* () {
    yield bytes('a')
    await raised
    yield bytes('b')
  }
  const answer = collect(on.session.stream(ECHO, input()))
  const closed = on.session.close()
  raise()
  t.same(await answer, ['a', 'b'])
  await closed
  t.same(await collect(untouched), ['! cancelled'])
})

t.test('a responder that goes away leaves a failure, never a short success', async t => {
  for (const how of ways) {
    await using on = await meet({}, how)
    const answer = on.session.stream(ECHO, bytes('abc'), { metadata: { 'delay-ms': '9999' } })
    const got = collect(answer)
    await on.session.ping()
    await on.agent.close({ signal: AbortSignal.abort() })
    t.same(await got, ['! outcome_unknown connection_lost'])
  }
})

t.test('records run out in the middle of a stream: a failure', async t => {
  await using on = await meet({ limits: { maxSessionRecords: 16, streamWindow: 2 } }, { transports: ['ws'] })
  const many = Array.from({ length: 40 }, () => bytes('x'))
  t.match((await collect(on.session.stream(ECHO, many))).at(-1), /outcome_unknown/)
  await using over = await meet({ limits: { maxSessionRecords: 16 } }, { transports: ['http'] })
  const metadata = { chunk_size: '1' }
  const cut = await collect(over.session.stream(ECHO, new Uint8Array(30), { metadata }))
  t.match(cut.at(-1), /outcome_unknown/)
})

t.test('each chunk is compressed by itself, where the peer can do that', async t => {
  const capabilities = { gzip: true }
  const sizes = [10, 5000, 20, 3000]
  for (const how of ways) {
    await using on = await meet({ capabilities }, how)
    const chunks = (how.transports[0] === 'ws' ? sizes : [5000]).map(size => new Uint8Array(size).fill(size % 251))
    const got: number[] = []
    for await (const chunk of on.session.stream(ECHO, chunks, { encoding: 'gzip' })) got.push(chunk.length)
    t.same(
      got,
      chunks.map(({ length }) => length),
    )
  }
})
