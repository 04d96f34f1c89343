import { gunzipSync } from 'node:zlib'
import t from 'tap'
import type { RequirementId, Transport } from '../../../schemas/index.js'
import { inProcessClient } from '../../mutants/initiator/in-process.js'
import { initiator, omit, parts, type Fault } from '../../mutants/initiator/mutant.js'
import type { CheckResult } from '../../runner/result.js'
import { clientChecks } from '../all.js'
import type { Client } from '../client.js'
import { runClientChecks } from '../run-client.js'

type Seams = Parameters<Fault>[0]

const run = (client: Client, transport: Transport, ids: readonly string[]): Promise<CheckResult[]> => {
  const environment = {
    client,
    timeoutMs: 5000,
    quietMs: 300,
    seed: new Uint8Array(1),
    salt: new Uint8Array(1),
    levelOf: () => 'MUST',
    signal: new AbortController().signal,
  }
  return runClientChecks(
    clientChecks.filter(({ id }) => ids.includes(id)),
    environment,
    4,
    {},
    [transport],
  )
}

const ofCapabilities = clientChecks.filter(({ circumstances }) => circumstances.capabilities).map(({ id }) => id)

for (const transport of ['http', 'ws'] as const)
  t.test(`an initiator that does as it should passes every check of the capabilities over ${transport}`, async t => {
    const results = await run(inProcessClient({}), transport, ofCapabilities)
    t.ok(results.length > 8)
    for (const { check, state, observed } of results) t.equal(state, 'pass', `${check} ${observed ?? ''}`)
  })

const streamParts =
  (replace: Partial<Seams['streamParts']>): Fault =>
  honest => ({ ...honest, streamParts: { ...honest.streamParts, ...replace } })

const guards =
  (replace: Partial<Seams['guards']>): Fault =>
  honest => ({ ...honest, guards: { ...honest.guards, ...replace } })

const NAMES: RequirementId = 'stream.received-names'

/** What an initiator does wrong, and the check that says so, with its reason code. */
const wrong: Readonly<Record<string, [fault: Fault, check: string, reasonCode: string, transport?: Transport]>> = {
  'takes a batch response of another length': [guards({ batchAnswer: [] }), 'batch.response-places/number', 'accepted'],
  'finds the responses of a batch by their ids': [
    initiator(() => ({
      placeResponses: (responses, messages) =>
        messages.map(({ id }) => responses.find(each => JSON.stringify(each).includes(id))),
    })),
    'batch.response-places/exchanged',
    'accepted',
  ],
  'compresses for everybody': [initiator(() => ({ requestEncoding: wished => wished })), 'gzip.declared', 'undeclared'],
  'takes a coding that it has not asked for': [
    omit('answer', 'gzip.response-unasked'),
    'gzip.response-unasked',
    'accepted',
  ],
  'inflates several members': [
    parts(() => ({ inflate: async bytes => Uint8Array.from(gunzipSync(bytes)) })),
    'gzip.one-member/initiator',
    'accepted',
  ],
  'inflates without a limit': [
    parts(({ inflate }) => ({ inflate: bytes => inflate(bytes, 2 ** 26) })),
    'gzip.limit/initiator',
    'accepted',
  ],
  'opens streams with everybody': [streamParts({ mayOpen: () => true }), 'stream.declared', 'undeclared'],
  'numbers its chunks from 1': [
    streamParts({ member: stream => ('seq' in stream ? { ...stream, seq: stream.seq + 1 } : stream) }),
    'stream.seq/initiator',
    'numbering',
  ],
  'takes a short stream for a whole one': [streamParts({ cutOff: () => undefined }), 'stream.truncated', 'accepted'],
  'takes a short stream over WebSocket for a whole one': [
    streamParts({ cutOff: () => undefined }),
    'stream.truncated',
    'accepted',
    'ws',
  ],
  'takes half a line for the end': [streamParts({ cutOff: () => undefined }), 'stream.truncated/in-a-line', 'accepted'],
  'takes chunks in any order': [guards({ chunk: [] }), 'stream.received-order', 'accepted'],
  'takes chunks over WebSocket in any order': [guards({ chunk: [] }), 'stream.received-order', 'accepted', 'ws'],
  'takes chunks for which it has given no credit': [
    honest => guards({ chunk: [] })(streamParts({ creditFor: (_, { given }) => given })(honest)),
    'stream.received-order/beyond-credit',
    'accepted',
    'ws',
  ],
  'takes chunks of any stream': [omit('answer', NAMES), NAMES, 'accepted'],
  'takes chunks of any stream over WebSocket': [omit('answer', NAMES), NAMES, 'accepted', 'ws'],
  'takes a stream that it has not opened': [omit('answer', NAMES), `${NAMES}/unasked`, 'accepted'],
}

t.test('what an initiator does wrong is found, and named', async t => {
  const judged = Object.entries(wrong).map(async ([name, [fault, check, reasonCode, transport = 'http']]) => {
    const [result] = await run(inProcessClient({ fault }), transport, [check])
    t.match(result, { check, state: 'fail', reasonCode, transport }, `${name}: ${result?.observed}`)
  })
  await Promise.all(judged)
})

t.test('what needs a variable that an initiator does not take is not observed', async t => {
  const honest = inProcessClient({})
  const deaf: Client = ({ batch: _b, stream: _s, encoding: _e, ...task }, timeoutMs) => honest(task, timeoutMs)
  const results = await run(deaf, 'http', ofCapabilities)
  for (const { check, state, observed } of results) {
    const needsNone = ['gzip.response-unasked', 'stream.received-names/unasked'].includes(check)
    t.equal(state, needsNone ? 'pass' : 'not-observed', `${check} ${observed ?? ''}`)
  }
})

t.test('who gets the honest answer wrong is not judged by the wrong ones', async t => {
  const cases: [Fault, check: string, observed: RegExp][] = [
    [parts(() => ({ deflate: async bytes => bytes })), 'gzip.limit/initiator', /gzip\.one-member/],
    [
      streamParts({ member: stream => ({ ...stream, end: false }) }),
      'stream.truncated',
      /seq 0 and end false where there is to be one/,
    ],
  ]
  for (const [fault, check, observed] of cases)
    t.match(await run(inProcessClient({ fault }), 'http', [check]), [
      { state: 'inconclusive', reasonCode: 'twin', observed },
    ])
})
