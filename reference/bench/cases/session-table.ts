import { readFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { systemClock } from '../../agent/clock.js'
import { createState } from '../../agent/create-state.js'
import { honestSeams } from '../../agent/honest-seams.js'
import { createIdentity } from '../../agent/identity.js'
import { LocalSessions } from '../../agent/local-sessions.js'
import { startSweeping } from '../../agent/sweeper.js'
import { SessionSlab } from '../../session/session-slab.js'
import type { BenchCase, Figures, Trial } from '../bench-case.js'
import { NaiveTable } from '../naive-sessions.js'

const MANY = 1_000_000
const SOME = 100_000
const NAIVE = 'Map of objects'
const MB = 1_000_000

/** A clock that goes on when it is told to. */
const clock = { ...systemClock, at: 0, monotonic: () => clock.at }

/** The table of a responder as it is served, without its caps. */
const createTable = (): LocalSessions => {
  const { sessions } = createState(
    {
      identity: createIdentity(),
      clock,
      caps: { sessions: 2 * MANY, provisionalSessions: 2 * MANY },
      limits: { maxSessionsPerDid: MANY },
    },
    honestSeams,
  )
  if (sessions instanceof LocalSessions) return sessions
  throw new Error('the sessions of this responder are not in this process')
}

const writeKeys = (into: Uint8Array, offset: number): void => {
  into.fill(1, offset, offset + 64)
}

// Names as those of real sessions, in their form and length, and new texts each time, as out of a message.
const uuidOf = (number: number): string => {
  const digits = (number >>> 0).toString(16).padStart(8, '0')
  return `${digits}-${digits.slice(4)}-4000-8000-0000${digits}`
}
const kidOf = (number: number): string => `kid-${uuidOf(Math.imul(number, 0x9e3779b1))}`
const didOf = (number: number): string => `did:key:z6Mk${String(number).padStart(44, 'A')}`

/** What makes the session of a number, which accepts a record; `perDid` sessions have one DID. */
type Make = (number: number) => void

const makeIn =
  (table: ReturnType<typeof createTable>, perDid: number): Make =>
  number => {
    const initDid = didOf(Math.floor(number / perDid))
    table.add({ kid: kidOf(number), initDid, contextId: uuidOf(number) }, writeKeys).accept(0n)
  }

const makeNaive =
  (table: NaiveTable, perDid: number): Make =>
  number => {
    const { window } = table.add(kidOf(number), didOf(Math.floor(number / perDid)), uuidOf(number))
    window[0] = 1
  }

const collect = (): void => {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

/** What so many live sessions take: `rss` in megabytes of the whole process, the others in bytes a session. */
const memoryOf = (count: number, create: () => Make): Figures => {
  const make = create()
  collect()
  const before = process.memoryUsage()
  for (let number = 0; number < count; number++) make(number)
  collect()
  const after = process.memoryUsage()
  // Whoever may be called again has not been collected.
  make(count)
  const each = (of: 'rss' | 'heapUsed' | 'arrayBuffers'): number => (after[of] - before[of]) / count
  return { rss: after.rss / MB, resident: each('rss'), live: each('heapUsed'), slabs: each('arrayBuffers') }
}

const memory = (count: number, create: () => Make): Trial => ({ trial: () => memoryOf(count, create) })

/** Sessions that are made in a turn of the event loop: as many as handshakes could be answered in it at the very most. */
const MADE_IN_A_TURN = 50

/** Milliseconds that this thread has run: Linux tells, elsewhere it is all that have passed. */
const ranMs = (): number => {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6
  } catch {
    return performance.now()
  }
}

/**
 * Sessions are made, a few in each turn of the event loop, and all are over at once: `pause` is the longest turn, `busy` the
 * longest time in one that this thread ran, both in milliseconds. What a busy machine adds is in the first alone.
 */
const pausesOf = async (make: Make, left: () => number, startEnding: () => () => void): Promise<Figures> => {
  const figures = { pause: 0, busy: 0 }
  let [turn, ran] = [performance.now(), ranMs()]
  const look = (): void => {
    figures.pause = Math.max(figures.pause, performance.now() - turn)
    figures.busy = Math.max(figures.busy, ranMs() - ran)
    turn = performance.now()
    ran = ranMs()
  }
  for (let number = 0; number < SOME; number++) {
    make(number)
    if (number % MADE_IN_A_TURN > 0) continue
    await nextTurn()
    look()
  }
  clock.at += 60_000
  const stop = startEnding()
  while (left() > 0) {
    await nextTurn()
    look()
  }
  stop()
  return figures
}

const lookUps = (count: number): (() => string) => {
  const kids = Buffer.from(Array.from({ length: count }, (_, number) => kidOf(number)).join(''), 'latin1')
  let next = 0
  return () => {
    next = (next + 7919) % count
    return kids.toString('latin1', 40 * next, 40 * next + 40)
  }
}

/** The sessions of a responder, beside objects in a map. */
export const sessionTableCases: readonly BenchCase[] = [
  {
    name: 'session/slab',
    unit: 'session',
    about: 'A row is taken for a session and released: nothing of it is on the heap.',
    rows: [
      { figure: 'time' },
      { figure: 'bytes', goal: { sense: 'at most', value: 0 } },
      { figure: 'allocations', goal: { sense: 'at most', value: 0 } },
    ],
    setUp: () => {
      const slab = new SessionSlab({ maxRecords: 1_000_000n })
      const contextId = uuidOf(1)
      return { subject: { operation: () => slab.end(slab.take(contextId, 0, writeKeys)) }, baselines: {} }
    },
  },
  {
    name: 'session/make-and-release',
    unit: 'session',
    about: 'A session comes into the table and ends, with its names, its handle and its entries in the index.',
    rows: [
      { figure: 'cpu', against: NAIVE },
      { figure: 'bytes', against: NAIVE, goal: { sense: 'at most', value: 0.1 } },
    ],
    setUp: () => {
      const [table, naive] = [createTable(), new NaiveTable(clock.monotonic)]
      const [kid, initDid, contextId] = [kidOf(1), didOf(1), uuidOf(1)]
      const names = { kid, initDid, contextId }
      return {
        subject: { operation: () => table.add(names, writeKeys).end() },
        baselines: { [NAIVE]: { operation: () => naive.end(naive.add(kid, initDid, contextId)) } },
      }
    },
  },
  {
    name: 'session/find',
    unit: 'look-up',
    about: 'A session is looked up by the kid of a message, among a hundred thousand.',
    rows: [
      { figure: 'cpu', against: NAIVE },
      { figure: 'bytes', against: NAIVE },
    ],
    setUp: () => {
      const [table, naive] = [createTable(), new NaiveTable(clock.monotonic)]
      const [make, makeToo] = [makeIn(table, 10), makeNaive(naive, 10)]
      for (let number = 0; number < SOME; number++) {
        make(number)
        makeToo(number)
      }
      const [next, nextToo] = [lookUps(SOME), lookUps(SOME)]
      return {
        subject: { operation: () => table.find(next()) },
        baselines: { [NAIVE]: { operation: () => naive.find(nextToo()) } },
      }
    },
  },
  {
    name: 'session/a-million',
    unit: 'session',
    about: 'A million live sessions, ten of each DID; the maps of objects hold a hundred thousand.',
    maxRounds: 3,
    rows: [
      { figure: 'rss', goal: { sense: 'at most', value: 500 } },
      { figure: 'resident', against: NAIVE },
      { figure: 'live', goal: { sense: 'at most', value: 10 } },
      { figure: 'slabs' },
    ],
    setUp: () => ({
      subject: memory(MANY, () => makeIn(createTable(), 10)),
      baselines: { [NAIVE]: memory(SOME, () => makeNaive(new NaiveTable(clock.monotonic), 10)) },
    }),
  },
  {
    name: 'session/a-million-dids',
    unit: 'session',
    about: 'A million live sessions, each of a DID of its own.',
    maxRounds: 3,
    rows: [
      {
        figure: 'rss',
        goal: { sense: 'at most', value: 500 },
        bounds: 'A row and its DID are 397 bytes; the rest is the process before its first session.',
      },
    ],
    setUp: () => ({ subject: memory(MANY, () => makeIn(createTable(), 1)), baselines: {} }),
  },
  {
    name: 'session/expiry',
    unit: 'session',
    about: 'A hundred thousand sessions are made, each of a DID of its own, and all are over at the same moment.',
    maxRounds: 5,
    rows: [
      {
        figure: 'pause',
        goal: { sense: 'at most', value: 10 },
        bounds: 'What else the machine does: of the longest turn this thread ran no more than the next row says.',
      },
      { figure: 'busy', goal: { sense: 'at most', value: 10 } },
      { figure: 'busy', against: NAIVE },
    ],
    setUp: () => {
      const ended = async (): Promise<Figures> => {
        const table = createTable()
        return pausesOf(
          makeIn(table, 1),
          () => table.size,
          () => startSweeping(table, 1),
        )
      }
      const endedNaively = async (): Promise<Figures> => {
        const table = new NaiveTable(clock.monotonic)
        const sweeping = (): (() => void) => {
          table.sweep()
          return () => undefined
        }
        return pausesOf(makeNaive(table, 1), () => table.size, sweeping)
      }
      return { subject: { trial: ended }, baselines: { [NAIVE]: { trial: endedNaively } } }
    },
  },
]
