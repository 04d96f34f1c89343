import t from 'tap'
import { encodeUtf8 } from '../../bytes/utf8.js'
import type { AgentEvent } from '../agent-event.js'
import { connect } from '../connect.js'
import { createIdentity } from '../identity.js'
import { serve } from '../serve.js'
import { TaskFailure } from '../tasks.js'
import { post, StepInitiator } from './stage.js'

const secret = 'do-not-write-this-down'

/** A responder whose tasks fail with the secret in every place that an exception has. */
const stage = async () => {
  const events: AgentEvent[] = []
  const identity = createIdentity()
  const fail = (error: unknown) => (): never => {
    throw error
  }
  const tasks = {
    'fail/message': fail(new Error(secret, { cause: secret })),
    'fail/name': fail(Object.assign(new Error('x'), { name: secret })),
    'fail/code': fail(Object.assign(new TypeError('x'), { code: `E ${secret}` })),
    'fail/text': fail(secret),
    'fail/nothing': fail(undefined),
    'fail/own-terms': fail(new TaskFailure(encodeUtf8(secret))),
    'fail/file': fail(Object.assign(new Error(secret), { code: 'ENOENT' })),
  }
  const agent = await serve({ identity, tasks, log: event => events.push(event) })
  return { events, identity, tasks, agent, [Symbol.asyncDispose]: () => agent.close() }
}

t.test('events say who, which served task and what came of it', async t => {
  await using on = await stage()
  const identity = createIdentity()
  const session = await connect(on.agent.url, { identity })
  await session.ping()
  await t.rejects(session.send('never/heard-of', encodeUtf8(secret)))
  await t.rejects(session.send('fail/file', encodeUtf8(secret)))
  await session.close()
  await post(on.agent.url, '{')
  const { did } = identity
  t.same(on.events, [
    { event: 'handshake', did },
    { event: 'task', did, task: 'sage/ping@v1', outcome: 'success' },
    { event: 'task', did, task: 'unknown', outcome: 'task_unsupported' },
    { event: 'fault', error: 'Error ENOENT' },
    { event: 'task', did, task: 'fail/file', outcome: 'internal' },
    { event: 'task', did, task: 'sage/close@v1', outcome: 'success' },
    { event: 'refusal', code: 'malformed' },
  ])
})

t.test('no event has content, keys, names that a peer chose, or what an exception says', async t => {
  await using on = await stage()
  const initiator = new StepInitiator(on.agent, on.identity.kemPublicKey)
  const session = await initiator.shakeHands({ ctx: `ctx-${secret}`, id: `id-${secret}`, nonce: `n-${secret}` })
  for (const task of [...Object.keys(on.tasks), `never/${secret}`])
    await session.send(session.seal(task, secret, { id: `id-${secret}`, metadata: { note: secret } }))
  await post(on.agent.url, { id: secret, context_id: secret, [secret]: secret })
  await post(on.agent.url, { ...initiator.offer().message, did: `did:web:${secret}` })

  const text = JSON.stringify(on.events)
  t.ok(on.events.length > 10)
  t.notMatch(text, secret)
  const { signingKey, kemKey } = on.identity
  const keys = [signingKey, kemKey, initiator.identity.signingKey, session.keys.c2sEnc, session.keys.s2cEnc]
  for (const hidden of [session.kid, session.contextId, ...keys.flatMap(written)]) t.notOk(text.includes(hidden))
})

const written = (key: Uint8Array): string[] =>
  (['hex', 'base64', 'base64url'] as const).map(encoding => Buffer.from(key).toString(encoding))

t.test('a log that throws disturbs nobody', async () => {
  await using agent = await serve({
    identity: createIdentity(),
    log: () => {
      throw new Error('the disk is full')
    },
  })
  const session = await connect(agent.url, { identity: createIdentity() })
  await session.ping()
  await session.close()
})
