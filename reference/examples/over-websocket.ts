import { connect, createIdentity, serve, type Transport } from 'sage-conformance'

const tasks = {
  'text/upper@v1': (plaintext: Uint8Array) => Buffer.from(Buffer.from(plaintext).toString().toUpperCase()),
}
const agent = await serve({ identity: createIdentity(), capabilities: { ws: true }, tasks })
const { http = '', ws = '' } = agent.card.endpoints
console.log(new URL(http).protocol, new URL(ws).protocol, new URL(ws).pathname)

const options = { identity: createIdentity(), expectedDid: agent.did }
const none: Transport = { name: 'none', schemes: ['none'], open: () => Promise.reject(new Error('never asked')) }

for (const session of [
  await connect(agent.url, options),
  await connect(agent.url, { ...options, transports: ['http'] }),
  await connect(ws, options),
  await connect(agent.url, { ...options, transports: [none, 'http', 'ws'] }),
]) {
  const answers = await Promise.all(['a', 'b', 'c'].map(text => session.send('text/upper@v1', Buffer.from(text))))
  console.log(session.transport, answers.map(answer => Buffer.from(answer).toString()).join(''))
  await session.close()
}

await agent.close()
