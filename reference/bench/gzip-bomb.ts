import { monitorEventLoopDelay } from 'node:perf_hooks'
import { gzipSync } from 'node:zlib'
import { connectWith } from '../agent/connect.js'
import { honestInitiatorSeams } from '../agent/initiator-seams.js'
import { createIdentity, isSageError, serve } from '../index.js'

// What does a gzip bomb cost its target? `node dist/reference/bench/gzip-bomb.js [requests]` sends so many (200 by default), all
// at once, of about a thousandth of what they would inflate to, and as many of the same size that inflate to themselves
// beside them. Both ends are in this process. The memory is to stay within what the caps allow, and the event loop free.

const MIB = 2 ** 20
const SAMPLE_MS = 2

const bomb = gzipSync(Buffer.alloc(64 * MIB), { level: 9 })
const harmless = gzipSync(Buffer.alloc(bomb.length), { level: 0 })

const agent = await serve({
  identity: createIdentity(),
  capabilities: { gzip: true, ws: true },
  tasks: { 'bytes/drop@v1': () => new Uint8Array() },
})
// An initiator that says gzip and leaves the plaintext as it is: the member is made above.
const seams = {
  ...honestInitiatorSeams,
  initiatorParts: { ...honestInitiatorSeams.initiatorParts, requestEncoding: () => 'gzip' as const },
  parts: { ...honestInitiatorSeams.parts, deflate: (plaintext: Uint8Array) => Promise.resolve(plaintext) },
}
const session = await connectWith(agent.url, { identity: createIdentity(), expectedDid: agent.did }, seams)

const answerTo = async (plaintext: Uint8Array): Promise<string> => {
  try {
    await session.send('bytes/drop@v1', plaintext)
    return 'success'
  } catch (error) {
    if (isSageError(error)) return error.code
    throw error
  }
}

const requests = Number(process.argv[2] ?? 200)
console.log(`${requests} requests at once, ${bomb.length} bytes each`)
for (const [name, plaintext] of [
  ['inflates to itself', harmless],
  [`inflates to ${64 * MIB} bytes (${Math.round((64 * MIB) / bomb.length)}:1)`, bomb],
] as const) {
  await answerTo(plaintext)
  const rss = (): number => process.memoryUsage.rss()
  const before = rss()
  let peak = before
  const timer = setInterval(() => (peak = Math.max(peak, rss())), SAMPLE_MS)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  const answers = new Set(await Promise.all(Array.from({ length: requests }, () => answerTo(plaintext))))
  const { user, system } = process.cpuUsage(cpu)
  clearInterval(timer)
  delay.disable()
  console.log(
    `${name}: ${[...answers].join(', ')}; ${((performance.now() - started) / requests).toFixed(1)} ms and ` +
      `${((user + system) / 1000 / requests).toFixed(1)} ms of CPU each, ` +
      `${Math.round(before / MIB)} MiB resident before, ${Math.round(peak / MIB)} at most; ` +
      `event loop held up for ${(delay.percentile(99) / 1e6).toFixed(1)} ms (p99)`,
  )
}

await session.close()
await agent.close()
