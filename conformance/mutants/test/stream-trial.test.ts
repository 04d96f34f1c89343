import t from 'tap'
import type { Report } from '../../../schemas/index.js'
import { checks } from '../../checks/index.js'
import { reportDigest } from '../../report/json.js'
import { verifyReport } from '../../report/verification.js'
import type { SessionDraft } from '../../probe/initiator/session-draft.js'
import { rejects, type Check, type StreamRejection } from '../../runner/check.js'
import { honest, judgeFault, reportFault } from '../judge-mutant.js'
import { insert, type Fault } from '../responder/mutant.js'
import { streamMutants } from '../responder/stream-mutants.js'

// What the runner makes of a message of a stream that is to be refused, and whether a report of streams can be judged again.

const gap = {
  subject: 'message of a stream',
  needs: { capability: ['stream', 'echo'], transport: 'ws' },
  forged: (next: SessionDraft) => ({ ...next, stream: { ...next.stream!, seq: 5 } }),
  expect: { ends: 'stream_violation' },
  after: ['stream-over', 'other-stream-lives', 'session-lives'],
} as const satisfies StreamRejection

const unchanged = (next: SessionDraft): SessionDraft => next
const saying = (next: SessionDraft): SessionDraft => ({ ...next, plaintext: Uint8Array.of(1) })

const judge = async (check: Check, fault: Fault = honest) => {
  const [result] = await judgeFault(fault, { suite: [check], transports: ['ws'] })
  return result
}

t.test('what an honest responder refuses passes, and what it accepts does not', async t => {
  t.match(await judge(rejects('stream.gap', gap)), { state: 'pass' })
  t.match(await judge(rejects('stream.gap', { ...gap, forged: saying })), { state: 'fail', reasonCode: 'chunk' })
})

t.test('another error than the one that is due is named', async t => {
  const result = await judge(rejects('stream.gap', { ...gap, expect: { ends: 'cancelled' } }))
  t.match(result, {
    state: 'fail',
    reasonCode: 'authenticated-stream-violation',
    expected: 'the stream ends with cancelled',
  })
})

t.test('a fault that changes nothing is an error of the suite', async t => {
  t.match(await judge(rejects('stream.gap', { ...gap, forged: unchanged })), { state: 'error', observed: /nothing/ })
})

t.test('a stream whose honest twin is refused makes the check inconclusive', async t => {
  const refusesAll = insert('stream', ({ live }) => (live ? 'stream_violation' : undefined))
  t.match(await judge(rejects('stream.gap', gap), refusesAll), { state: 'inconclusive', reasonCode: 'twin' })
})

t.test('after a refusal on the path the same bytes go on with the stream', async t => {
  const { subject, needs } = gap
  const tampered: StreamRejection = {
    subject,
    needs,
    tampered: ({ envelope, stream }) => ({ ...envelope, stream: { ...stream, seq: 5 } }),
    expect: { plain: 'authentication_failed' },
    after: ['same-bytes-accepted'],
  }
  t.match(await judge(rejects('stream.broken-continuation', tampered)), { state: 'pass' })
})

const verify = (report: Report) => verifyReport(JSON.stringify(report), checks)
const only = ['stream.credit-given', 'stream.isolated', 'stream.http-answer', 'stream.gap', 'stream.limit']

t.test('a report of streams holds, be they right or wrong, and an edited part is noticed', async t => {
  const report = await reportFault(honest, { only, transports: ['http', 'ws'], serve: { limits: { maxStreams: 3 } } })
  t.match(await verify(report), { kind: 'holds' })
  for (const { name, kills, fault, serve } of streamMutants.filter((_, index) => index % 12 === 0)) {
    const found = await reportFault(fault, { only: kills, transports: ['http', 'ws'], serve })
    t.equal(found.verdict, 'not conformant', name)
    t.match(await verify(found), { kind: 'holds' }, name)
  }
  const copy = structuredClone(report)
  const parts = copy.results.flatMap(({ cases }) => cases).flatMap(({ transcript }) => transcript)
  const [first, second] = parts.filter(({ arrived, what }) => what === 'stream' && arrived?.kind === 'message')
  t.ok(first && second)
  first!.arrived = second!.arrived!
  t.match(await verify({ ...copy, digest: reportDigest(copy) }), { kind: 'differs' })
})
