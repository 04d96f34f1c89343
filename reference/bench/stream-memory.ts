import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { connect, createIdentity, serve, type Session } from '../index.js'

// Does a long stream cost memory? `node dist/reference/bench/stream-memory.js [MiB]` sends so much (1024 by default) in each
// direction, with the responder in a process of its own, and prints the resident memory of both ends: it is to stay flat.

const CHUNK_BYTES = 65_536
const MIB = 2 ** 20
const SAMPLE_MS = 20

function* chunksOf(bytes: number): Generator<Uint8Array> {
  const chunk = new Uint8Array(CHUNK_BYTES).fill(7)
  for (let sent = 0; sent < bytes; sent += CHUNK_BYTES) yield chunk
}

const bytesIn = async (chunks: AsyncIterable<Uint8Array>): Promise<number> => {
  let bytes = 0
  for await (const { length } of chunks) bytes += length
  return bytes
}

interface Memory {
  readonly before: number
  readonly peak: number
  readonly after: number
}

/** Watches the resident memory of this process from now on; each call gives what it was since the one before. */
const watchMemory = (): (() => Memory) => {
  const rss = (): number => process.memoryUsage.rss()
  let before = rss()
  let peak = before
  setInterval(() => (peak = Math.max(peak, rss())), SAMPLE_MS).unref()
  return () => {
    const memory = { before, peak: Math.max(peak, rss()), after: rss() }
    before = peak = memory.after
    return memory
  }
}

/** The responder: gives as many bytes as it is asked for, or takes all and says how many they were. */
const respond = async (): Promise<void> => {
  const agent = await serve({
    identity: createIdentity(),
    capabilities: { ws: true },
    streams: {
      'bytes/give@v1': (_chunks, { metadata }) => from(chunksOf(Number(metadata['bytes']))),
      'bytes/take@v1': async function* (chunks) {
        yield Buffer.from(String(await bytesIn(chunks)))
      },
    },
  })
  const look = watchMemory()
  process.on('message', () => process.send?.(look()))
  process.send?.({ url: agent.url, did: agent.did })
}

async function* from(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks
}

const down = (session: Session, bytes: number): Promise<number> =>
  bytesIn(session.stream('bytes/give@v1', new Uint8Array(), { metadata: { bytes: String(bytes) } }))

const up = async (session: Session, bytes: number): Promise<number> => {
  let said = ''
  for await (const part of session.stream('bytes/take@v1', chunksOf(bytes))) said += Buffer.from(part).toString()
  return Number(said)
}

const line = (what: string, { before, peak, after }: Memory): void =>
  console.log(
    `  ${what}: ${[before, peak, after].map(bytes => `${Math.round(bytes / MIB)} MiB`.padStart(8)).join(' ')}`,
  )

const measure = async (mib: number): Promise<void> => {
  const child = fork(fileURLToPath(import.meta.url), ['responder'])
  const hear = async <Value>(): Promise<Value> => ((await once(child, 'message')) as [Value])[0]
  const { url, did } = await hear<{ url: string; did: string }>()
  const look = watchMemory()
  console.log(`${mib} MiB in chunks of ${CHUNK_BYTES} bytes; resident before, at most, after`)
  for (const [direction, run, transport] of [
    ['responder to initiator', down, 'ws'],
    ['initiator to responder', up, 'ws'],
    ['responder to initiator', down, 'http'],
  ] as const) {
    const session = await connect(url, { identity: createIdentity(), expectedDid: did, transports: [transport] })
    child.send('look')
    await hear()
    look()
    const start = performance.now()
    if ((await run(session, mib * MIB)) !== mib * MIB) throw new Error('not all of it has arrived')
    const seconds = (performance.now() - start) / 1000
    console.log(`${direction} over ${transport}, ${(mib / seconds).toFixed(1)} MiB/s`)
    child.send('look')
    line('responder', await hear())
    line('initiator', look())
    await session.close()
  }
  child.kill()
}

if (process.argv[2] === 'responder') await respond()
else await measure(Number(process.argv[2] ?? 1024))
