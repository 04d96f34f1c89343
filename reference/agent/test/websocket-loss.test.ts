import { createHook } from 'node:async_hooks'
import { execFile } from 'node:child_process'
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { connect } from '../connect.js'
import { createIdentity } from '../identity.js'
import { serve } from '../serve.js'

// What becomes of requests when their connection ends, and of everything that was opened for them.

const identity = createIdentity()
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** A responder that counts, behind a line that can be cut. */
const stage = async () => {
  let release = (): void => undefined
  const released = new Promise<void>(resolve => (release = resolve))
  const calls = { slow: 0, fast: 0 }
  const signals: AbortSignal[] = []
  const tasks = {
    'test/slow@v1': async (plaintext: Uint8Array, { signal }: { signal: AbortSignal }) => {
      calls.slow++
      signals.push(signal)
      await released
      return plaintext
    },
    'test/fast@v1': (plaintext: Uint8Array) => {
      calls.fast++
      return plaintext
    },
  }
  const agent = await serve({ identity, tasks, capabilities: { ws: true }, drainMs: 0 })
  const sockets = new Set<Socket>()
  const line = createServer(near => {
    const far = connectSocket(Number(new URL(agent.url).port), '127.0.0.1')
    near.pipe(far).pipe(near)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  await new Promise<void>(resolve => line.listen(0, '127.0.0.1', resolve))
  const endpoint = `ws://127.0.0.1:${(line.address() as AddressInfo).port}/ws`
  const peer = { did: identity.did, kemKey: identity.kemPublicKey, endpoint }
  const cut = (): void => sockets.forEach(socket => socket.destroy())
  const close = async (): Promise<void> => {
    release()
    line.close()
    cut()
    await agent.close()
  }
  const open = () => connect(endpoint, { identity: createIdentity(), peer })
  return { calls, signals, release, cut, line, open, [Symbol.asyncDispose]: close }
}

const BYTES = Buffer.from('x')

t.test('when the connection is lost, everybody who waits is told at once, and nothing is sent again', async t => {
  await using on = await stage()
  await using session = await on.open()
  const waiting = Array.from({ length: 100 }, () => session.send('test/slow@v1', BYTES, { timeoutMs: 60_000 }))
  while (on.calls.slow < 100) await turn()
  on.cut()
  for (const result of await Promise.allSettled(waiting))
    t.match(result, { reason: { code: 'outcome_unknown', cause: { code: 'connection_lost' } } })
  while (!on.signals.every(({ aborted }) => aborted)) await turn()
  t.same(await session.send('test/fast@v1', BYTES), BYTES, 'the next goes over another connection, in the same session')
  t.same(on.calls, { slow: 100, fast: 1 })
  on.line.close()
  on.cut()
  // Whether the connection is gone is known for sure only once it has been tried.
  await session.send('test/fast@v1', BYTES).catch(() => undefined)
  await t.rejects(
    session.send('test/fast@v1', BYTES),
    { code: 'unreachable' },
    'and where there is none, nothing is sent',
  )
  t.same(on.calls, { slow: 100, fast: 1 })
})

t.test('a responder that shuts down is a connection that is lost', async t => {
  const stuck = { 'test/stuck@v1': () => new Promise<Uint8Array>(() => undefined) }
  const agent = await serve({ identity, tasks: stuck, capabilities: { ws: true }, drainMs: 0 })
  await using session = await connect(agent.url, { identity: createIdentity(), transports: ['ws'] })
  const waiting = session.send('test/stuck@v1', BYTES)
  await session.ping()
  await Promise.all([
    t.rejects(waiting, { code: 'outcome_unknown', cause: { code: 'connection_lost' } }),
    agent.close(),
  ])
})

t.test('who gives up, or waits no longer, leaves the connection to the others', async t => {
  await using on = await stage()
  await using session = await on.open()
  const abort = new AbortController()
  const other = session.send('test/slow@v1', BYTES)
  const given = session.send('test/slow@v1', BYTES, { signal: abort.signal })
  const late = session.send('test/slow@v1', BYTES, { timeoutMs: 200 })
  const failures = Promise.allSettled([given, late])
  while (on.calls.slow < 3) await turn()
  abort.abort()
  t.match(await failures, [
    { reason: { code: 'outcome_unknown', cause: { code: 'aborted' } } },
    { reason: { code: 'outcome_unknown', cause: { code: 'timeout' } } },
  ])
  t.same(await session.send('test/fast@v1', BYTES), BYTES)
  on.release()
  t.same(await other, BYTES)
  t.same(on.calls, { slow: 3, fast: 1 })
})

t.test('closing leaves no timer and no socket behind, after a loss as after an orderly end', async t => {
  await using on = await stage()
  const live = new Map<number, string>()
  const hook = createHook({
    init: (id, type) => void (/^(Timeout|TCPWRAP|TCPCONNECTWRAP)$/.test(type) && live.set(id, type)),
    destroy: id => void live.delete(id),
  })
  const session = await on.open()
  await session.ping()
  await session.close()
  hook.enable()
  for (const isLost of [false, true]) {
    const session = await on.open()
    const waiting = session.send('test/slow@v1', BYTES).catch(() => undefined)
    await session.ping()
    if (isLost) on.cut()
    await session.close({ timeoutMs: 20 })
    await waiting
  }
  // The kernel takes its time to say that a connection is closed; what was left behind stays for much longer than this.
  for (const began = performance.now(); live.size > 0 && performance.now() - began < 2000;) await turn()
  hook.disable()
  t.same([...live.values()], [])
})

t.test('sessions and connections that nobody closes keep no process alive', async t => {
  const agent = await serve({ identity, capabilities: { ws: true } })
  const door = fileURLToPath(new URL('../../index.js', import.meta.url))
  const script = `
    import { connect, createConnections, createIdentity } from ${JSON.stringify(door)}
    for (const connections of [undefined, createConnections()])
      for (const transport of ['ws', 'http']) {
        const options = { identity: createIdentity(), transports: [transport], connections }
        const session = await connect(${JSON.stringify(agent.url)}, options)
        await session.ping()
        console.log(session.transport)
      }`
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 })
  t.equal((await run).stdout, 'ws\nhttp\nws\nhttp\n')
  await agent.close()
})
