import { connect, createIdentity, isSageError, serve, TaskFailure } from 'sage-conformance'

const tasks = {
  'stock/reserve@v1': () => {
    throw new TaskFailure(Buffer.from('sold out'))
  },
  'stock/count@v1': () => {
    throw new Error('what went wrong inside stays inside')
  },
  'stock/audit@v1': () => new Promise<Uint8Array>(() => undefined),
}
const agent = await serve({ identity: createIdentity(), tasks, drainMs: 0 })
const session = await connect(agent.url, { identity: createIdentity(), expectedDid: agent.did })

for (const task of [...Object.keys(tasks), 'stock/sell@v1'])
  try {
    await session.send(task, Buffer.from('7'), { timeoutMs: 100, signal: AbortSignal.timeout(60_000) })
  } catch (error) {
    if (!isSageError(error)) throw error
    const { code, cause } = error
    if (cause instanceof TaskFailure)
      console.log(`${task} answered ${code} "${Buffer.from(cause.plaintext).toString()}"`)
    else console.log(`${task} ended in ${code}, ${isSageError(cause, 'timeout') ? 'too late' : 'somehow'}`)
  }

await session.close({ timeoutMs: 100 })
await agent.close()
