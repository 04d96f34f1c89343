import { connect as call, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { connect, createConnections, createIdentity, serve } from 'sage-conformance'

const identity = createIdentity()
const tasks = {
  'text/upper@v1': (plaintext: Uint8Array) => Buffer.from(Buffer.from(plaintext).toString().toUpperCase()),
}
const agent = await serve({ identity, capabilities: { ws: true }, tasks })

const calls = new Set<Socket>()
const line = createServer(near => {
  const far = call(Number(new URL(agent.url).port), '127.0.0.1')
  for (const socket of [near, far]) calls.add(socket.on('error', () => undefined))
  near.pipe(far).pipe(near)
})
await new Promise<void>(resolve => line.listen(0, '127.0.0.1', resolve))
const { port } = line.address() as AddressInfo

const connections = createConnections({ backOff: { firstMs: 50, maxMs: 1000 } })
const peer = { did: agent.did, kemKey: identity.kemPublicKey, endpoint: [`ws://127.0.0.1:${port}/ws`, agent.url] }
const session = await connect(agent.url, { identity: createIdentity(), peer, connections })
const ask = async (): Promise<void> => {
  const answer = await session.send('text/upper@v1', Buffer.from('still the same session'), { idempotent: true })
  console.log(session.transport, Buffer.from(answer).toString())
}
await ask()

line.close()
for (const socket of calls) socket.destroy()
await ask()

await new Promise<void>(resolve => line.listen(port, '127.0.0.1', resolve))
for (; session.transport !== 'ws'; await pause(50)) await session.ping()
await ask()

await session.close()
await connections.close()
line.close()
await agent.close()
