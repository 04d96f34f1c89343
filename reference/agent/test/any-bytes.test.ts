import fc from 'fast-check'
import t from 'tap'
import { PlainError, statusOf, type PlainErrorCode } from '../../../schemas/index.js'
import { schemaParser } from '../../bytes/schema.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import type { AgentEvent } from '../agent-event.js'
import { createIdentity } from '../identity.js'
import { serve } from '../serve.js'
import { post, StepInitiator } from './stage.js'

const faults: AgentEvent[] = []
const identity = createIdentity()
const agent = await serve({ identity, log: event => event.event === 'fault' && faults.push(event) })
t.teardown(() => agent.close())

const parsePlainError = schemaParser(PlainError, 'plain error')

/** Refuses these bytes with a plain error as its schema has it, that repeats nothing of them but a valid `id`. */
const isRefusedWell = async (body: Uint8Array): Promise<boolean> => {
  const { status, json } = await post(agent.url, body)
  const { error, message_id: id } = parsePlainError(json)
  return (
    status === statusOf(error as PlainErrorCode) &&
    error !== 'internal' &&
    (id === undefined || body.includes(id.charCodeAt(0)))
  )
}

const initiator = new StepInitiator(agent, identity.kemPublicKey)
const session = await initiator.shakeHands()
const names = [
  'id',
  'context_id',
  'task_id',
  'did',
  'kid',
  'payload',
  'signature',
  'role',
  'encoding',
  'stream',
  'metadata',
  '__proto__',
]
// Empty metadata are the same as none: the one member that may be added to an honest message without changing it.
const changesNothing = (name: string, value: unknown): boolean => name === 'metadata' && JSON.stringify(value) === '{}'
const member = fc
  .tuple(fc.constantFrom(...names), fc.jsonValue())
  .filter(([name, value]) => !changesNothing(name, value))

t.test('whatever bytes arrive, the answer is a plain error of the registry', async t => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json().map(encodeUtf8))
  await fc.assert(fc.asyncProperty(bytes, isRefusedWell), { numRuns: 150 })
  t.same(faults, [])
})

t.test('whatever an honest message is changed into, it is refused and harms nothing', async t => {
  const honest = fc.boolean().map(isFirst => (isFirst ? initiator.offer().message : session.seal('sage/ping@v1', 'x')))
  const changed = fc.tuple(honest, fc.array(member, { minLength: 1, maxLength: 3 })).map(([message, members]) => {
    const kept = Object.entries(message).filter(([name]) => !members.some(([other]) => other === name))
    const written = [...kept, ...members].map(entry => entry.map(part => JSON.stringify(part)).join(':'))
    return encodeUtf8(`{${written.join()}}`)
  })
  await fc.assert(fc.asyncProperty(changed, isRefusedWell), { numRuns: 150 })
  t.same(faults, [])
  t.equal((await session.ask('sage/ping@v1', 'x')).plaintext, 'x')
})
