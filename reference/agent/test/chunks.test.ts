import fc from 'fast-check'
import t from 'tap'
import { Bell } from '../bell.js'
import { ChunkQueue } from '../chunk-queue.js'
import { MarkedChunks, type MarkedChunk } from '../marked-chunks.js'
import { cut } from '../served-streams.js'
import { ConnectionStreams, StreamTable } from '../stream-table.js'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const textOf = (chunk: Uint8Array): string => Buffer.from(chunk).toString()

const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<string[]> => {
  const got: string[] = []
  for await (const chunk of chunks) got.push(textOf(chunk))
  return got
}

const all = async (marked: MarkedChunks): Promise<MarkedChunk[]> => {
  const got: MarkedChunk[] = []
  do got.push(await marked.next())
  while (got.at(-1)?.isLast === false)
  return got
}

const nextTurn = (): Promise<void> => new Promise(resolve => setImmediate(() => resolve()))

t.test('a queue gives what was pushed, in order, whoever is first', async t => {
  const taken: number[] = []
  const queue = new ChunkQueue(() => taken.push(queue.length))
  const early = queue.next()
  queue.push(bytes('a'), false)
  queue.push(bytes('bc'), false)
  t.equal(queue.bytes, 2)
  t.same(await early, { done: false, value: bytes('a') })
  queue.push(bytes('d'), true)
  t.same(await collect(queue), ['bc', 'd'])
  t.equal(queue.bytes, 0)
  t.same(taken, [0, 1, 0])
  t.same(await queue.next(), { done: true, value: undefined })
})

t.test('an empty last chunk is given only to whoever wants it', async t => {
  for (const [wanted, got] of [
    [false, ['a', '']],
    [true, ['a', '', '']],
  ] as const) {
    const queue = new ChunkQueue(undefined, wanted)
    for (const [text, isLast] of [
      ['a', false],
      ['', false],
      ['', true],
    ] as const)
      queue.push(bytes(text), isLast)
    t.same(await collect(queue), got)
  }
})

t.test('an end with an error comes after what waits; a failure at once, and the first one counts', async t => {
  const ended = new ChunkQueue()
  ended.push(bytes('a'), false)
  ended.end(new Error('first'))
  ended.end(new Error('second'))
  t.same(await ended.next(), { done: false, value: bytes('a') })
  await t.rejects(ended.next(), /first/)
  ended.fail(new Error('third'))
  await t.rejects(ended.next(), /first/)
  const failed = new ChunkQueue()
  failed.push(bytes('a'), true)
  failed.fail(new Error('first'))
  await t.rejects(failed.next(), /first/)
  t.equal(failed.bytes, 0)
  const over = new ChunkQueue()
  over.push(bytes(''), true)
  over.fail(new Error('too late'))
  t.same(await over.next(), { done: true, value: undefined })
})

t.test('whoever takes no more gets nothing more', async t => {
  const queue = new ChunkQueue()
  const waiting = queue.next()
  t.equal(queue.isAwaited, true)
  await queue.return()
  t.same(await waiting, { done: true, value: undefined })
  const other = new ChunkQueue()
  other.push(bytes('a'), false)
  await other.return()
  t.equal(other.bytes, 0)
  t.same(await other.next(), { done: true, value: undefined })
})

t.test('every chunk of an application that is there is given, and the last one is marked', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3 }), { maxLength: 8 }), async chunks => {
      const given = await all(
        new MarkedChunks(
          (async function* () {
            yield* chunks
          })(),
        ),
      )
      const expected = chunks.length === 0 ? [new Uint8Array()] : chunks
      t.same(
        given.map(({ chunk }) => chunk),
        expected,
      )
      t.same(
        given.map(({ isLast }) => isLast),
        expected.map((_chunk, at) => at === expected.length - 1),
      )
    }),
  )
})

t.test('a chunk is not held back for the question whether it is the last', async t => {
  let end = (): void => undefined
  const isEnd = new Promise<void>(resolve => (end = resolve))
  const marked = new MarkedChunks(
    (async function* () {
      yield bytes('a')
      await isEnd
    })(),
  )
  t.same(await marked.next(), { chunk: bytes('a'), isLast: false })
  end()
  t.same(await marked.next(), { chunk: new Uint8Array(), isLast: true })
})

t.test('what an application throws comes after the chunk before it', async t => {
  const marked = new MarkedChunks(
    (async function* () {
      yield bytes('a')
      throw new RangeError('of the application')
    })(),
  )
  t.same(await marked.next(), { chunk: bytes('a'), isLast: false })
  await t.rejects(marked.next(), RangeError)
  await t.rejects(
    new MarkedChunks(
      (async function* () {
        yield 'a' as never
      })(),
    ).next(),
    TypeError,
  )
})

t.test('an application of which nothing more is wanted is told, and may do what it likes', async t => {
  let isStopped = false
  const source = {
    next: () => Promise.resolve({ done: false as const, value: bytes('a') }),
    return: () => {
      isStopped = true
      throw new Error('of the application')
    },
  }
  const marked = new MarkedChunks({ [Symbol.asyncIterator]: () => source as never })
  await marked.next()
  marked.stop()
  await nextTurn()
  t.equal(isStopped, true)
})

t.test('the parts of a plaintext are the plaintext', async t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 45 }), (plaintext, size) => {
      const parts = [...cut(plaintext, size)]
      return (
        Buffer.concat(parts).equals(plaintext) &&
        parts.length === Math.max(1, Math.ceil(plaintext.length / size)) &&
        parts.slice(0, -1).every(({ length }) => length === size)
      )
    }),
  )
  t.pass()
})

t.test('a bell that has rung is heard by whoever comes next, once', async t => {
  const bell = new Bell()
  bell.ring()
  bell.ring()
  await bell.rung()
  let isHeard = false
  const waiting = bell.rung().then(() => (isHeard = true))
  await nextTurn()
  t.equal(isHeard, false)
  bell.ring()
  await waiting
})

t.test('streams are kept by connection and name; one that is over makes room for another of its name', async t => {
  const table = new StreamTable((kid, id) => `${kid}|${id}`)
  const [here, there] = [{}, {}]
  const stream = (kid: string, id: string, bytes = 0) => ({ kid, id, bytes })
  const first = stream('k', 's', 5)
  table.of(here).add(first)
  table.of(here).add(stream('k', 't', 7))
  t.equal(table.of(here).find('k', 's'), first)
  t.equal(table.of(there).find('k', 's'), undefined)
  t.equal(table.of(here).find('other', 's'), undefined)
  t.same([table.of(here).size, table.of(here).bytes], [2, 12])
  table.of(here).remove(first)
  const second = stream('k', 's')
  table.of(here).add(second)
  table.of(here).remove(first)
  t.equal(table.of(here).find('k', 's'), second, 'what is over twice takes nobody along')
})

t.test('the messages of one stream are done in turn, those of others at once', async t => {
  const streams = new ConnectionStreams((kid, id) => `${kid}|${id}`)
  const done: string[] = []
  let go = (): void => undefined
  const gone = new Promise<void>(resolve => (go = resolve))
  const slow = streams.inTurn('k', 's', async () => {
    await gone
    done.push('slow')
    throw new Error('and it failed')
  })
  const next = streams.inTurn('k', 's', () => done.push('next'))
  t.equal(
    streams.inTurn('k', 't', () => done.push('other')),
    1,
  )
  go()
  await t.rejects(Promise.resolve(slow))
  await next
  t.same(done, ['other', 'slow', 'next'])
  await nextTurn()
  t.equal(
    streams.inTurn('k', 's', () => done.push('now')),
    4,
    'nobody waits any longer',
  )
})
