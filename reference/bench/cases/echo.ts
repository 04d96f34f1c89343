import { paths } from '../../agent/endpoints.js'
import type { BenchCase, Contest, Repeated } from '../bench-case.js'
import { HttpLoad, postOf } from '../load/http-load.js'
import { createSealer, type Sealer } from '../load/sealer.js'
import { WebSocketLoad } from '../load/ws-load.js'
import { SEALING_PATH } from '../servers/bare-server.js'
import { startServer, type BenchServer } from '../servers/start-server.js'

const CONNECTIONS = 16
/** Messages at once on each WebSocket connection. */
const PER_SOCKET = 4
const KIB = 1024

/** Holds whatever else a responder does: its own reading of JSON, schemas, guards, deadlines. */
const QUEUE_BOUND =
  'as many requests wait for one another with both: each waits as much longer as the processor works longer'
const AEAD_BOUND =
  'two runs of the AEAD in node:crypto, by themselves: see the figures of `bare, and two AEADs` beside the bare server'

interface Stage {
  readonly reference: BenchServer
  readonly bare: BenchServer
  readonly sealer: Sealer
}

const setStage = async (): Promise<Stage> => {
  const [reference, bare] = await Promise.all([startServer('reference'), startServer('bare')])
  return { reference, bare, sealer: await createSealer(reference.url, reference.did!) }
}

const clear = async ({ reference, bare }: Stage): Promise<void> => {
  await Promise.all([reference.stop(), bare.stop()])
}

const popped = <Value>(queue: Value[]): Value => {
  const next = queue.pop()
  if (next === undefined) throw new Error('more calls than messages that were sealed for them')
  return next
}

/** Messages to the reference are sealed before each round, and sent in it in their order. */
const overHttp = (load: HttpLoad, seal: (calls: number) => Promise<Buffer[]>, server: BenchServer): Repeated => {
  let queue: Buffer[] = []
  return {
    concurrency: CONNECTIONS,
    prepare: async calls => void (queue = (await seal(calls)).reverse()),
    operation: () => load.exchange(popped(queue)),
    elsewhere: server.elsewhere,
  }
}

/** The same message as often as it is asked for. */
const always =
  <Message>(message: Message) =>
  async (calls: number): Promise<Message[]> =>
    Array.from({ length: calls }, () => message)

const httpEcho = async (): Promise<Contest> => {
  const stage = await setStage()
  const { reference, bare, sealer } = stage
  const [url, bareUrl] = [new URL(reference.url + paths.messages), new URL(bare.url)]
  const [load, bareLoad] = await Promise.all([HttpLoad.open(url, CONNECTIONS), HttpLoad.open(bareUrl, CONNECTIONS)])
  const [same] = await sealer.seal(1, KIB)
  const repeated = (url: URL): Repeated => overHttp(bareLoad, always(postOf(url, same!)), bare)
  return {
    subject: overHttp(load, async calls => (await sealer.seal(calls, KIB)).map(body => postOf(url, body)), reference),
    baselines: {
      'bare node:http': repeated(bareUrl),
      'bare, and two AEADs': repeated(new URL(SEALING_PATH, bareUrl)),
    },
    tearDown: () => {
      load.close()
      bareLoad.close()
      return clear(stage)
    },
  }
}

const SEALING_BOUND = 'a batch saves HTTP and nothing else: the cheaper HTTP is, the less'

/** Messages in a batch. */
const BATCH = 32

const batchOf = (url: URL, bodies: readonly Uint8Array[]): Buffer =>
  postOf(url, Buffer.from(`{"messages":[${bodies.map(body => Buffer.from(body).toString()).join()}]}`))

const httpBatch = async (bytes: number): Promise<Contest> => {
  const reference = await startServer('reference')
  const sealer = await createSealer(reference.url, reference.did!)
  const [url, batchUrl] = [new URL(reference.url + paths.messages), new URL(reference.url + paths.batch)]
  const load = await HttpLoad.open(url, CONNECTIONS)
  const sealBatches = async (calls: number): Promise<Buffer[]> => {
    const batches: Buffer[] = []
    while (batches.length < calls) batches.push(batchOf(batchUrl, await sealer.seal(BATCH, bytes)))
    return batches
  }
  return {
    subject: { ...overHttp(load, sealBatches, reference), units: BATCH },
    baselines: {
      'single messages': overHttp(
        load,
        async calls => (await sealer.seal(calls, bytes)).map(body => postOf(url, body)),
        reference,
      ),
    },
    tearDown: () => {
      load.close()
      return reference.stop()
    },
  }
}

const overWs = (load: WebSocketLoad, seal: (calls: number) => Promise<string[]>, server: BenchServer): Repeated => {
  let queue: string[] = []
  return {
    concurrency: CONNECTIONS * PER_SOCKET,
    prepare: async calls => void (queue = (await seal(calls)).reverse()),
    operation: () => load.exchange(popped(queue)),
    elsewhere: server.elsewhere,
  }
}

const openSockets = ({ url }: BenchServer, path: string): Promise<WebSocketLoad> =>
  WebSocketLoad.open(new URL(url.replace('http', 'ws') + path), CONNECTIONS, KIB)

const wsEcho = async (): Promise<Contest> => {
  const stage = await setStage()
  const { reference, bare, sealer } = stage
  const load = await openSockets(reference, paths.ws)
  const [bareLoad, sealingLoad] = [await openSockets(bare, '/'), await openSockets(bare, SEALING_PATH)]
  const sealTexts = async (calls: number): Promise<string[]> =>
    (await sealer.seal(calls, KIB)).map(body => Buffer.from(body).toString())
  const [same] = await sealTexts(1)
  return {
    subject: overWs(load, sealTexts, reference),
    baselines: {
      'bare ws': overWs(bareLoad, always(same!), bare),
      'bare, and two AEADs': overWs(sealingLoad, always(same!), bare),
    },
    tearDown: () => {
      for (const each of [load, bareLoad, sealingLoad]) each.close()
      return clear(stage)
    },
  }
}

/** Protected messages beside bare ones, the servers in processes of their own and the clients alike. */
export const echoCases: readonly BenchCase[] = [
  {
    name: 'echo/http',
    unit: 'message',
    about:
      'The responder answers protected echoes of 1 KiB over 16 kept connections, sealed beforehand; the bare server reads and writes the same JSON.',
    roundMs: 250,
    warmUps: 40,
    rows: [
      { figure: 'time', against: 'bare node:http', goal: { sense: 'at least', value: 0.75 }, bounds: AEAD_BOUND },
      { figure: 'cpu', against: 'bare node:http', goal: { sense: 'at least', value: 0.75 }, bounds: AEAD_BOUND },
      { figure: 'cpu', against: 'bare, and two AEADs' },
      { figure: 'p99', against: 'bare node:http', goal: { sense: 'at most', value: 3 }, bounds: QUEUE_BOUND },
    ],
    setUp: httpEcho,
  },
  {
    name: 'echo/ws',
    unit: 'message',
    about: `The same over WebSocket: 16 connections, ${PER_SOCKET} messages at once on each.`,
    roundMs: 250,
    warmUps: 40,
    rows: [
      { figure: 'time', against: 'bare ws', goal: { sense: 'at least', value: 0.4 }, bounds: AEAD_BOUND },
      { figure: 'cpu', against: 'bare ws', goal: { sense: 'at least', value: 0.4 }, bounds: AEAD_BOUND },
      { figure: 'cpu', against: 'bare, and two AEADs' },
      { figure: 'p99', against: 'bare ws', goal: { sense: 'at most', value: 3 }, bounds: QUEUE_BOUND },
    ],
    setUp: wsEcho,
  },
  ...[64, KIB].map(bytes => ({
    name: `batch/${bytes}-bytes`,
    unit: 'message',
    about: `The responder answers protected echoes of ${bytes} bytes, ${BATCH} to a batch, over 16 kept connections.`,
    roundMs: 250,
    warmUps: 40,
    rows: [
      { figure: 'time', against: 'single messages', goal: { sense: 'at least', value: 3 }, bounds: SEALING_BOUND },
      { figure: 'cpu', against: 'single messages', goal: { sense: 'at least', value: 3 }, bounds: SEALING_BOUND },
    ] as const,
    setUp: () => httpBatch(bytes),
  })),
]
