import { connect, createIdentity, isSageError, serve, type StreamTask } from 'sage-conformance'

const upper: StreamTask = async function* (chunks) {
  for await (const chunk of chunks) yield Buffer.from(Buffer.from(chunk).toString().toUpperCase())
}
const count: StreamTask = async function* (_chunks, { metadata }) {
  for (let left = Number(metadata['from']); left > 0; left--) yield Buffer.from(`${left}`)
}
const streams = { 'text/upper@v1': upper, 'count/down@v1': count }
const agent = await serve({ identity: createIdentity(), capabilities: { ws: true }, streams })

async function* words() {
  for (const word of ['as', 'they', 'come']) yield Buffer.from(word)
}

for (const transport of ['ws', 'http'] as const) {
  const identity = createIdentity()
  const session = await connect(agent.url, { identity, expectedDid: agent.did, transports: [transport] })
  for await (const chunk of session.stream('count/down@v1', new Uint8Array(), { metadata: { from: '1000000' } })) {
    console.log(Buffer.from(chunk).toString())
    if (Number(Buffer.from(chunk).toString()) < 999_999) break
  }
  try {
    const answer = session.stream('text/upper@v1', words())
    for await (const chunk of answer) console.log(Buffer.from(chunk).toString())
  } catch (error) {
    if (!isSageError(error)) throw error
    console.log(transport, error.code)
  }
  await session.close()
}

await agent.close()
