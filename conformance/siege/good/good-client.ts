import { connect, createIdentity, type Session } from '../../../reference/index.js'
import type { Experience } from './latencies.js'

const ECHO = 'sage/echo@v1'
const TIMEOUT_MS = 10_000
/** Milliseconds from one exchange to the next, where the one before was quicker. */
const EVERY_MS = 10
const BATCH = 8

/** One exchange: does it, and says whether the answer is right. */
type Exchange = () => Promise<boolean>

/** A client that does honest things, one after the other, and looks at every answer. */
export interface GoodClient {
  /** What it has experienced since it was asked the last time. */
  take(): Experience
  /** Says goodbye. */
  close(): Promise<void>
}

const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0

const wholeOf = async (chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const pieces: Uint8Array[] = []
  for await (const chunk of chunks) pieces.push(chunk)
  return Buffer.concat(pieces)
}

/** Does an exchange every ten milliseconds, and keeps how long it took. */
export const keepGoing = (exchanges: readonly Exchange[], end: () => Promise<void>): GoodClient => {
  let [took, wrong, lost, why]: [number[], number, number, string[]] = [[], 0, 0, []]
  let isClosing = false
  const once = async (exchange: Exchange): Promise<void> => {
    const began = performance.now()
    try {
      const isRight = await exchange()
      took.push(performance.now() - began)
      if (isRight) return
      wrong++
      why.push('an answer was wrong')
    } catch (error) {
      lost++
      why.push(String(error))
    }
  }
  const go = async (): Promise<void> => {
    for (let turn = 0; !isClosing; turn++) {
      const began = performance.now()
      await once(exchanges[turn % exchanges.length]!)
      const left = EVERY_MS - (performance.now() - began)
      if (left > 0) await new Promise(resolve => setTimeout(resolve, left))
    }
  }
  const going = go()
  return {
    take: () => {
      const experience = { took, wrong, lost, why: why.slice(0, 10) }
      ;[took, wrong, lost, why] = [[], 0, 0, []]
      return experience
    },
    close: async () => {
      isClosing = true
      await going
      await end()
    },
  }
}

/** A good client of a responder: one session that lives as long as it does, and now and then a new one. */
export const goodClient = async (url: string, transport: 'http' | 'ws'): Promise<GoodClient> => {
  const identity = createIdentity()
  const join = (): Promise<Session> => connect(url, { identity, transports: [transport], timeoutMs: TIMEOUT_MS })
  const session = await join()
  const kilobyte = Buffer.alloc(1024, 'siege')
  const small = Buffer.from('still here')
  const ping: Exchange = () => session.ping().then(() => true)
  const echo: Exchange = async () => same(await session.send(ECHO, kilobyte), kilobyte)
  const stream: Exchange = async () =>
    same(await wholeOf(session.stream(ECHO, kilobyte, { metadata: { chunk_size: '256' } })), kilobyte)
  const batch: Exchange = async () => {
    const answers = await session.sendBatch(Array.from({ length: BATCH }, () => ({ task: ECHO, plaintext: small })))
    return answers.length === BATCH && answers.every(each => each.ok && same(each.plaintext, small))
  }
  const newcomer: Exchange = async () => {
    const another = await join()
    await another.ping()
    await another.close()
    return true
  }
  const exchanges = [ping, echo, stream, echo, batch, echo, ping, echo, newcomer]
  return keepGoing(exchanges, () => session.close())
}
