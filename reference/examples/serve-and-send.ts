import { connect, createIdentity, serve } from 'sage-conformance'

const agent = await serve({
  identity: createIdentity(),
  tasks: { 'text/upper@v1': plaintext => Buffer.from(Buffer.from(plaintext).toString().toUpperCase()) },
})

const session = await connect(agent.url, { identity: createIdentity(), expectedDid: agent.did })
const answer = await session.send('text/upper@v1', Buffer.from('hello'))
console.log(Buffer.from(answer).toString())

await session.close()
await agent.close()
