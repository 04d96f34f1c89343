import t from 'tap'
import type { WebSocket } from 'ws'
import type { Channel } from '../../transport/channel.js'
import { Shared } from '../../transport/shared.js'
import { channelParts } from '../channel-parts.js'
import type { ConnectionPool } from '../connection-pool.js'
import { createWebSocketTransport, poolOptions } from '../websocket-transport.js'
import { answerTo, message, options, start, textOf } from './answering.js'
import { StillClock } from './stage.js'

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** A server that answers when it is told to, and channels to it that share a pool. */
const stage = async (change: Partial<typeof poolOptions> = {}) => {
  const held: { readonly socket: WebSocket; readonly id: string }[] = []
  let isHeld = true
  const on = await start((socket, id) => {
    if (isHeld) held.push({ socket, id })
    else socket.send(answerTo(id))
  })
  const clock = new StillClock()
  const pools = new Shared<ConnectionPool>(1000, clock.monotonic)
  const parts = { ...channelParts, sweepMs: 5 }
  const transport = createWebSocketTransport(parts, pools, { ...poolOptions, ...change })
  const open = (more: Partial<typeof options> = {}): Promise<Channel> =>
    transport.open(on.endpoint, { ...options, monotonic: clock.monotonic, ...more })
  const release = (): void => {
    isHeld = false
    for (const { socket, id } of held.splice(0)) socket.send(answerTo(id))
  }
  const arrived = async (count: number): Promise<void> => {
    while (held.length < count) await turn()
  }
  const close = async (): Promise<void> => {
    await pools.close()
    await on[Symbol.asyncDispose]()
  }
  return { ...on, held, clock, open, release, arrived, [Symbol.asyncDispose]: close }
}

/** How many wait on each connection. */
const countsOf = (held: readonly { readonly socket: WebSocket }[]): number[] => {
  const counts = new Map<WebSocket, number>()
  for (const { socket } of held) counts.set(socket, (counts.get(socket) ?? 0) + 1)
  return [...counts.values()].sort()
}

const ask = (channel: Channel, name: string, count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, async (_, i) => textOf(await channel.exchange(message(`${name}-${i}`)))))

t.test(
  'channels share connections, and none is given more than it has room for while there may be another',
  async t => {
    await using on = await stage({ connections: 3 })
    const channels: Channel[] = []
    for (let i = 0; i < 64; i++) channels.push(await on.open())
    t.equal(on.upgrades.length, 1)
    const early = channels.splice(0, 48).map((channel, i) => ask(channel, `${i}`, 1))
    await on.arrived(48)
    t.same(countsOf(on.held), [16, 16, 16])
    const late = channels.map((channel, i) => ask(channel, `late-${i}`, 1))
    await on.arrived(64)
    t.same(countsOf(on.held), [21, 21, 22], 'where there may be no other, all take as many more')
    on.release()
    t.equal((await Promise.all([...early, ...late])).flat().length, 64)
    await ask(channels[0]!, 'again', 1)
    t.equal(on.upgrades.length, 3)
  },
)

t.test('who has something under way stays on its connection, and its messages arrive in their order', async t => {
  await using on = await stage({ connections: 3 })
  const [busy, other] = [await on.open(), await on.open()]
  const asked = ask(busy, 'busy', 40)
  await on.arrived(40)
  const more = ask(busy, 'more', 1)
  const others = ask(other, 'other', 1)
  await on.arrived(42)
  const [first] = on.held
  t.ok(on.held.filter(({ id }) => /busy|more/.test(id)).every(({ socket }) => socket === first?.socket))
  t.same(
    on.held.filter(({ id }) => id.startsWith('busy')).map(({ id }) => id),
    Array.from({ length: 40 }, (_, i) => `busy-${i}`),
  )
  t.not(on.held.find(({ id }) => id === 'other-0')?.socket, first?.socket, 'whoever else comes has another')
  on.release()
  await Promise.all([asked, more, others])
})

t.test('where no further connection can be made, the others carry on', async t => {
  await using on = await stage()
  const [a, b] = [await on.open(), await on.open()]
  const asked = ask(a, 'a', 16)
  await on.arrived(16)
  on.server.shouldHandle = () => false
  const others = ask(b, 'b', 2)
  await on.arrived(18)
  t.equal(new Set(on.held.map(({ socket }) => socket)).size, 1)
  on.release()
  await Promise.all([asked, others])
})

t.test('two who use the same id at once do not get each other’s answers', async t => {
  await using on = await stage({ connections: 1 })
  const [a, b] = [await on.open(), await on.open()]
  const asked = [ask(a, 'same', 1), ask(b, 'same', 1)]
  await on.arrived(2)
  t.not(on.held[0]?.socket, on.held[1]?.socket)
  on.release()
  t.same(await Promise.all(asked), [[answerTo('same-0')], [answerTo('same-0')]])
})

t.test('a channel that is closed takes nothing with it that is not its own', async t => {
  await using on = await stage()
  const [a, b] = [await on.open(), await on.open()]
  const lost = t.rejects(ask(a, 'a', 1), { code: 'connection_lost' })
  const kept = ask(b, 'b', 1)
  await on.arrived(2)
  await a.close()
  await lost
  on.release()
  t.same(await kept, [answerTo('b-0')])
  await t.rejects(a.exchange(message('c')), { code: 'unreachable' })
  t.equal(on.upgrades.length, 1)
})

t.test('a connection on which nobody waits ends after a while, and the next message makes another', async t => {
  await using on = await stage({ idleMs: 1000 })
  const channel = await on.open()
  const asked = ask(channel, 'a', 1)
  await on.arrived(1)
  on.clock.ms = 5000
  for (let turns = 0; turns < 20; turns++) await turn()
  t.same(on.closes, [], 'somebody waits')
  on.release()
  await asked
  on.clock.ms = 5999
  await ask(channel, 'b', 1)
  on.clock.ms = 6999
  while (on.closes.length === 0) await turn()
  t.same(on.closes, [1000])
  await ask(channel, 'c', 1)
  t.equal(on.upgrades.length, 2)
})

t.test('what had not left when its connection ended goes by another; what had is lost', async t => {
  await using on = await stage()
  const channel = await on.open()
  const [client] = on.server.clients
  client!.pause()
  const filling = 'x'.repeat(60_000)
  const sent = Array.from({ length: 400 }, async (_, i) => channel.exchange(message(`id-${i}`, { filling })))
  const settled = Promise.allSettled(sent)
  for (let turns = 0; turns < 50; turns++) await turn()
  client!.terminate()
  while (on.upgrades.length < 2) await turn()
  on.release()
  const outcomes = await settled
  const arrived = new Set(on.received.map(({ body }) => (JSON.parse(body) as { id: string }).id))
  t.equal(arrived.size, on.received.length, 'nothing arrives twice')
  let lost = 0
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') continue
    lost++
    t.match(outcome.reason, { code: 'connection_lost' }, `id-${i}`)
  }
  t.ok(lost > 0 && lost < 400, 'of 400 that were asked for some were on their way')
})

t.test('channels of other limits have connections of their own, and none is made when all are closed', async t => {
  await using on = await stage()
  await on.open()
  const other = await on.open({ maxMessageBytes: options.maxMessageBytes * 2 })
  t.equal(on.upgrades.length, 2)
  await on[Symbol.asyncDispose]()
  await t.rejects(other.exchange(message('a')), { code: 'unreachable' })
  await t.rejects(on.open(), { code: 'unreachable' })
})
