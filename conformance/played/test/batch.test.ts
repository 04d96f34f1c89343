import t from 'tap'
import { defaultLimits, type Capability } from '../../../schemas/index.js'
import { createEntropy } from '../../probe/entropy.js'
import { createPlayedIdentity } from '../identity.js'
import { PlayedResponder } from '../played-responder.js'

const NOTHING = new Uint8Array(0)

/** A responder that has begun a run, and what it answers to a body at `/batch`. */
const start = (capabilities: readonly Capability[]) => {
  const entropy = createEntropy(Uint8Array.of(1), NOTHING, 'batches')
  const [identity, stranger] = [createPlayedIdentity(entropy), createPlayedIdentity(entropy)]
  const limits = { ...defaultLimits, maxBatch: 2 }
  const setting = { identity, stranger, limits, capabilities, card: true, entropy, now: () => 0n, quietMs: 0 }
  const responder = new PlayedResponder(setting, { origin: 'http://here', elsewhere: 'http://there' })
  const act = { task: 'a/b', answerOf: () => NOTHING, chunks: 1, payload: Uint8Array.of(1), together: 1 }
  const seen = responder.begin(act)
  const post = async (body: unknown, type = 'application/json') => {
    const headers = [
      ['Content-Type', type],
      ['X-SAGE-DID', 'did:of:nobody'],
    ] as const
    const bytes = Buffer.from(JSON.stringify(body))
    const reply = await responder.handle({ method: 'POST', path: '/batch', headers, body: bytes }, 'http://here')
    return { status: reply.status, ...(JSON.parse(Buffer.from(reply.body).toString()) as object) }
  }
  return { seen, post }
}

const malformed = { success: false, error: 'malformed' }

t.test('what stands in a batch is answered in its place, and headers mean nothing', async t => {
  const { seen, post } = start(['batch'])
  const unknown = { id: 'b', context_id: 'c', task_id: 'a/b@v1', did: 'did:key:z6Mk', kid: 'k', payload: 'AAAA' }
  t.same(await post({ messages: [7, { ...unknown, stream: { id: 's', seq: 0, end: true } }] }), {
    status: 200,
    responses: [malformed, { ...malformed, message_id: 'b' }],
  })
  const { responses } = (await post({ messages: [unknown, { id: 'a' }] })) as unknown as { responses: unknown[] }
  t.match(responses, [
    { success: false, message_id: 'b' },
    { ...malformed, message_id: 'a' },
  ])
  t.equal(seen.batches, 2)
  t.equal(seen.refusals.length, 4)
})

t.test('what is no batch, or too long a one, is refused as a whole', async t => {
  const { seen, post } = start(['batch'])
  for (const body of [{}, { messages: [] }, { messages: {} }, { messages: [1], more: 1 }])
    t.same(await post(body), { status: 400, ...malformed })
  t.match(await post({ messages: [1, 2, 3] }), { status: 413, error: 'payload_too_large' })
  t.match(await post({ messages: [1] }, 'text/plain'), { status: 415, error: 'unsupported_media_type' })
  t.equal(seen.batches, 0)
  t.match(await start([]).post({ messages: [1] }), { status: 404 }, 'nor is there one where none is declared')
})
