import { connect, createIdentity, serve } from 'sage-conformance'

const agent = await serve({
  identity: createIdentity(),
  capabilities: { batch: true },
  tasks: { 'text/upper@v1': plaintext => Buffer.from(Buffer.from(plaintext).toString().toUpperCase()) },
})
const session = await connect(agent.url, { identity: createIdentity(), expectedDid: agent.did })

const words = ['one', 'post', 'for', 'all']
const settled = await session.sendBatch([
  ...words.map(word => ({ task: 'text/upper@v1', plaintext: Buffer.from(word) })),
  { task: 'text/lower@v1', plaintext: Buffer.from('BUT THIS') },
])
for (const outcome of settled) console.log(outcome.ok ? Buffer.from(outcome.plaintext).toString() : outcome.error.code)

await session.close()
await agent.close()
