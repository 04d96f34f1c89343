import t from 'tap'
import { askAll, readEnvironment } from '../client-peer.js'
import { connect, createIdentity, serve } from '../index.js'

const told = { SAGE_URL: 'http://localhost', SAGE_EXPECTED_DID: 'did:x:abc', SAGE_TASK: 'a/b', SAGE_PAYLOAD: 'hello' }

t.test('what the environment says is what is asked', async t => {
  const { options, payload, ...asked } = readEnvironment(told)
  t.same(asked, { url: 'http://localhost', task: 'a/b', requests: 1 })
  t.equal(Buffer.from(payload).toString(), 'hello')
  t.match(options, { expectedDid: 'did:x:abc', transports: undefined, peer: undefined })
  const kemKey = Buffer.alloc(32, 7)
  const more = readEnvironment({ ...told, SAGE_REQUESTS: '3', SAGE_KEM_KEY: kemKey.toString('base64url') })
  t.match(more, { requests: 3, options: { peer: { did: 'did:x:abc' } } })
  t.same(more.options.peer?.kemKey, new Uint8Array(kemKey))
  for (const name of Object.keys(told))
    t.throws(() => readEnvironment({ ...told, [name]: undefined }), { message: `${name} is not set` })
})

t.test('SAGE_TRANSPORT forces a transport', async t => {
  await using agent = await serve({ identity: createIdentity(), capabilities: { ws: true } })
  for (const transport of ['http', 'ws']) {
    const { url, options, ...asked } = readEnvironment({
      ...told,
      SAGE_URL: agent.url,
      SAGE_EXPECTED_DID: agent.did,
      SAGE_TASK: 'sage/echo@v1',
      SAGE_REQUESTS: '2',
      SAGE_TRANSPORT: transport,
    })
    await using session = await connect(url, options)
    t.equal(session.transport, transport)
    t.same(
      (await askAll(session, asked)).map(answer => Buffer.from(answer).toString()),
      ['hello', 'hello'],
    )
  }
  t.throws(() => readEnvironment({ ...told, SAGE_TRANSPORT: 'tcp' }), { message: 'SAGE_TRANSPORT is http or ws' })
})

t.test('SAGE_BATCH, SAGE_STREAM and SAGE_ENCODING say in what the payload is sent', async t => {
  t.match(readEnvironment({ ...told, SAGE_BATCH: '1', SAGE_ENCODING: 'gzip' }), { as: 'batch', encoding: 'gzip' })
  t.match(readEnvironment({ ...told, SAGE_STREAM: '1' }), { as: 'stream', encoding: undefined })
  for (const [wrong, message] of [
    [{ SAGE_BATCH: 'yes' }, 'SAGE_BATCH is 1'],
    [{ SAGE_STREAM: '' }, 'SAGE_STREAM is 1'],
    [{ SAGE_ENCODING: 'br' }, 'SAGE_ENCODING is gzip'],
    [{ SAGE_BATCH: '1', SAGE_STREAM: '1' }, 'SAGE_BATCH and SAGE_STREAM do not go together'],
  ] as const)
    t.throws(() => readEnvironment({ ...told, ...wrong }), { message })
})

t.test('a batch, a stream and a compressed payload get their answers', async t => {
  const capabilities = { batch: true, gzip: true, stream: true }
  await using agent = await serve({ identity: createIdentity(), capabilities })
  const ask = async (more: Readonly<Record<string, string>>): Promise<string[]> => {
    const address = { SAGE_URL: agent.url, SAGE_EXPECTED_DID: agent.did, SAGE_TASK: 'sage/echo@v1' }
    const { url, options, ...asked } = readEnvironment({ ...told, ...address, ...more })
    await using session = await connect(url, options)
    return (await askAll(session, asked)).map(answer => Buffer.from(answer).toString())
  }
  const long = 'hello '.repeat(200)
  t.same(await ask({ SAGE_BATCH: '1', SAGE_REQUESTS: '3' }), ['hello', 'hello', 'hello'])
  t.same(await ask({ SAGE_STREAM: '1' }), ['hello'])
  t.same(await ask({ SAGE_ENCODING: 'gzip', SAGE_PAYLOAD: long }), [long])
  await t.rejects(ask({ SAGE_BATCH: '1', SAGE_REQUESTS: '2', SAGE_TASK: 'no/such-task' }), { code: 'task_unsupported' })
})
