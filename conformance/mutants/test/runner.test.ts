import t from 'tap'
import type { SessionDraft } from '../../probe/initiator/session-draft.js'
import { accepts, rejects, type Check } from '../../runner/check.js'
import { broken } from '../../runner/judgement.js'
import { Interruption } from '../../runner/judgement.js'
import type { Kit } from '../../runner/kit.js'
import { honest, judgeFault } from '../judge-mutant.js'
import { insert, wire, type Fault } from '../responder/mutant.js'

// What the runner makes of a check, of a twin and of a target that misbehave, each seen over real HTTP.

const plainFailure = { plain: 'authentication_failed' } as const

const judge = async (check: Check, fault: Fault = honest) => {
  const [result] = await judgeFault(fault, { suite: [check] })
  return result
}

const wrongKey = {
  subject: 'session message',
  forged: (next: SessionDraft, _twin: SessionDraft, kit: Kit) => ({ ...next, key: kit.entropy(32) }),
  expect: plainFailure,
  after: ['same-bytes-accepted'],
} as const
const flipped = rejects('record.tag', wrongKey)

t.test('a fault that changes nothing is an error of the suite', async t => {
  const idle = rejects('record.tag', {
    subject: 'session message',
    forged: next => next,
    expect: plainFailure,
    after: ['session-lives'],
  })
  t.match(await judge(idle), { state: 'error', reasonCode: 'suite-fault', observed: /changed nothing/ })
})

t.test('a check that throws is an error of the suite', async t => {
  const throwing = accepts('task.ping', { run: () => Promise.reject(new TypeError('oops')) })
  t.match(await judge(throwing), { state: 'error', observed: 'TypeError: oops' })
})

t.test('a twin that is not accepted makes the check inconclusive, whatever follows', async t => {
  const refusesPings = insert('task', () => 'internal')
  t.match(await judge(flipped, refusesPings), { state: 'inconclusive', reasonCode: 'twin' })
})

t.test('a refusal after which the undamaged form is refused fails the check', async t => {
  const burnt = new Set<string>()
  const remembers = insert('session', ({ session, seq }) => {
    const key = `${session?.kid} ${seq}`
    if (burnt.has(key)) return 'authentication_failed'
    burnt.add(key)
    return undefined
  })
  t.match(await judge(flipped, remembers), { state: 'fail', reasonCode: 'after-same-bytes-accepted' })
})

t.test('the wrong error is named', async t => {
  const result = await judge(rejects('record.tag', { ...wrongKey, expect: { plain: 'malformed' } }))
  t.match(result, {
    state: 'fail',
    reasonCode: 'plain-authentication-failed',
    expected: 'plain error malformed (HTTP 400)',
    observed: 'plain error authentication_failed (HTTP 401)',
  })
})

t.test('a busy target is asked again, a bounded number of times, and no verdict comes of it', async t => {
  const busy = wire(['session'], answer => ({
    ...answer,
    status: 503,
    headers: { ...answer.headers, 'retry-after': '1' },
    body: Buffer.from('{"success":false,"error":"unavailable"}'),
  }))
  const result = await judge(flipped, busy)
  t.match(result, { state: 'inconclusive', reasonCode: 'busy' })
  const once = result?.cases[0]?.transcript.filter(({ judged }) => judged?.includes('busy')).length
  t.equal(once, 10, 'five rounds, each with its closing')
})

t.test('an answer that does not come is a failure where the target is alive', async t => {
  const silent: Fault = seams => ({
    ...seams,
    wire: (answer, about) =>
      about.code === 'authentication_failed' ? new Promise(() => undefined) : seams.wire(answer, about),
  })
  t.match(await judge(flipped, silent), { state: 'fail', reasonCode: 'no-answer', observed: 'no answer in time' })
})

t.test('an answer that does not come is no verdict where the target is gone, and blocks the rest', async t => {
  let gone = false
  const dies: Fault = seams => ({
    ...seams,
    wire: (answer, about) => {
      if (about.code === 'authentication_failed') gone = true
      return gone ? new Promise(() => undefined) : seams.wire(answer, about)
    },
  })
  const next = accepts('task.ping', { run: async () => undefined })
  const results = await judgeFault(dies, { suite: [flipped, next] })
  t.match(results, [
    { check: 'record.tag', state: 'inconclusive', reasonCode: 'target-lost' },
    { check: 'task.ping', state: 'blocked', reasonCode: 'target-lost' },
  ])
})

t.test('a prerequisite that fails blocks what comes after it', async t => {
  const first = accepts('task.ping', { prerequisite: true, run: async () => broken('no', 'yes', 'no') })
  t.match(await judgeFault(honest, { suite: [flipped, first] }), [
    { check: 'record.tag', state: 'blocked', reasonCode: 'prerequisite', observed: 'task.ping did not pass' },
    { check: 'task.ping', state: 'fail', reasonCode: 'no' },
  ])
})

t.test(
  'a capability that is not declared skips the check, and a target that hides it leaves it unobserved',
  async t => {
    const ran = (): never => t.fail('it was run') as never
    t.match(await judge(accepts('task.ping', { needs: { capability: 'x-nobody-has' }, run: ran })), {
      state: 'skip',
      observed: 'the target does not declare x-nobody-has',
    })
    t.match(await judge(accepts('task.ping', { needs: { unobservable: () => 'no window' }, run: ran })), {
      state: 'not-observed',
      observed: 'no window',
    })
    const impatient = () => Promise.reject(new Interruption('not-observed', 'patience', 'too long'))
    t.match(await judge(accepts('task.ping', { run: impatient })), { state: 'not-observed', reasonCode: 'patience' })
  },
)

t.test('a SHOULD that does not hold is a warning', async t => {
  t.match(await judge(accepts('handshake.kid-form', { run: async () => broken('form', 'a', 'b') })), { state: 'warn' })
})

t.test('the worst case decides, and is named', async t => {
  const mixed = rejects('record.tag', {
    subject: 'session message',
    forged: {
      good: (next, _twin, kit) => ({ ...next, key: kit.entropy(32) }),
      bad: (next, _twin, kit) => ({ ...next, plaintext: kit.entropy(3) }),
    },
    expect: plainFailure,
    after: ['session-lives'],
  })
  const result = await judge(mixed)
  t.match(result, { state: 'fail', reasonCode: 'accepted', observed: /^bad: accepted/ })
  t.strictSame(
    result?.cases.map(({ name, state }) => [name, state]),
    [
      ['good', 'pass'],
      ['bad', 'fail'],
    ],
  )
})

t.test('the transcript holds what was inside the records, and what each exchange was for', async t => {
  const result = await judge(flipped)
  const transcript = result?.cases[0]?.transcript ?? []
  t.strictSame(
    transcript.map(({ step }) => step),
    ['session', 'twin', 'fault', 'after', 'close'],
  )
  const twin = transcript[1]
  t.equal(twin?.sealed?.seq, '0')
  t.equal(twin?.opened?.plaintext, twin?.sealed?.plaintext, 'a ping gives its plaintext back')
  t.match(transcript[2]?.judged, 'plain error authentication_failed (HTTP 401)')
})

t.test('the same seed and salt send the same bytes', async t => {
  const drafts: string[] = []
  const note = accepts('task.ping', {
    run: async kit => {
      const { nonce, enc, ephC } = kit.draftHandshake()
      drafts.push([kit.identity.did, nonce, enc, ephC].join())
      return undefined
    },
  })
  await judgeFault(honest, { suite: [note] })
  await judgeFault(honest, { suite: [note] })
  t.equal(drafts[0], drafts[1])
})
