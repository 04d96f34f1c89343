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
