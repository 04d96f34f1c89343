import t from 'tap'
import { transports } from '../../../schemas/index.js'
import { inProcessClient } from '../../mutants/initiator/in-process.js'
import { UnknownSelection } from '../../runner/plan.js'
import type { CheckResult } from '../../runner/result.js'
import { NotStartable } from '../../vectors/child-peer.js'
import { clientChecks } from '../all.js'
import { accepts, refuses, watches, type ClientCheck } from '../check.js'
import type { Client, Outcome } from '../client.js'
import { runClientChecks } from '../run-client.js'
import { selectClientChecks } from '../select.js'
import { describeOutcome } from '../verdict.js'

const honest = inProcessClient({})

const run = (checks: readonly ClientCheck[], client: Client, signal = new AbortController().signal) =>
  runClientChecks(
    checks,
    {
      client,
      timeoutMs: 5000,
      seed: new Uint8Array(1),
      salt: new Uint8Array(1),
      levelOf: () => 'MUST',
      signal,
    },
    1,
    {},
    ['http'],
  )

const judge = async (check: ClientCheck, client: Client = honest): Promise<CheckResult> =>
  (await run([check], client))[0]!

const exit = (status: number, stdout = ''): Outcome => ({
  kind: 'exit',
  status,
  stdout: Buffer.from(stdout),
  stderr: 'some words\n',
})

/** Honest in the first run, and then as given. */
const honestOnce = (then: Client): Client => {
  let runs = 0
  return (task, timeoutMs) => (runs++ === 0 ? honest : then)(task, timeoutMs)
}

const wrongKey = refuses('record.tag', {
  variant: 'test',
  at: 'answer',
  fault: { answer: (draft, { entropy }) => ({ ...draft, key: entropy(32) }) },
})

t.test('a refusal passes, and what was exchanged is in the evidence', async t => {
  const result = await judge(wrongKey)
  t.match(result, { check: 'record.tag/test', state: 'pass', transport: 'http', reasonCode: '' })
  const transcript = result.cases[0]?.transcript ?? []
  const steps = transcript.map(({ step, what, response }) => `${step} ${what} ${response?.status}`)
  t.strictSame(steps.slice(0, 4), [
    'twin agent card 200',
    'twin handshake 200',
    'twin conformance/answer@v1 200',
    'twin sage/close@v1 200',
  ])
  t.equal(steps.filter(step => step.startsWith('fault')).length, 4)
  t.match(Buffer.from(transcript[2]?.opened?.plaintext ?? '', 'hex').toString(), /^payload-[0-9a-f-]{36}$/)
})

t.test('who accepts, hangs, crashes, floods or does nothing fails or is inconclusive, and never passes', async t => {
  const ends = async (outcome: Outcome) =>
    judge(
      wrongKey,
      honestOnce(async () => outcome),
    )
  t.match(await ends(exit(0)), { state: 'fail', reasonCode: 'accepted' })
  t.match(await ends({ kind: 'hang', afterMs: 9, stderr: '' }), { state: 'fail', reasonCode: 'hang' })
  t.match(await ends({ kind: 'signal', signal: 'SIGSEGV', stderr: '' }), { state: 'fail', reasonCode: 'crash-SIGSEGV' })
  t.match(await ends({ kind: 'flood' }), { state: 'fail', reasonCode: 'flood' })
  t.match(await ends(exit(1)), { state: 'inconclusive', reasonCode: 'fault-not-met' })
})

t.test('the last words of a client are cut short without cutting a character in half', t => {
  const said = describeOutcome({ kind: 'hang', afterMs: 9, stderr: `${'x'.repeat(159)}\u{1f600}${'y'.repeat(50)}` })
  t.equal(said, Buffer.from(said, 'utf8').toString('utf8'))
  t.match(said, /^still running after 9 ms: x{159}/)
  t.end()
})

t.test('who fails with the honest responder is not judged by the other', async t => {
  t.match(await judge(wrongKey, async () => exit(1)), { state: 'inconclusive', reasonCode: 'twin' })
  t.match(await judge(wrongKey, async () => exit(0, 'anything')), { state: 'inconclusive', reasonCode: 'twin' })
  const own = clientChecks.filter(({ transports }) => transports.includes('http')).slice(0, 5)
  const results = await run(own, async () => exit(1))
  t.match(
    results.map(({ check, state, reasonCode }) => `${check} ${state} ${reasonCode}`),
    [
      'handshake.ephemeral-fresh/initiator blocked prerequisite',
      'handshake.strings/request fail nothing-arrived',
      'message.request-aad/request blocked prerequisite',
      'message.response-aad/answer blocked prerequisite',
      'record.seq-from-zero/initiator blocked prerequisite',
    ],
  )
})

t.test('what needs more than the contract asks for is not observed', async t => {
  const deaf: Client = ({ kemKey: _, ...task }, timeoutMs) => honest({ ...task, requests: 1 }, timeoutMs)
  const wanted = ['message.id-unique', 'record.replay/response', 'limits.defaults', 'record.sender-exhausted/initiator']
  const results = await run(
    clientChecks.filter(({ id }) => wanted.includes(id)),
    deaf,
  )
  t.equal(results.length, wanted.length)
  for (const { check, state } of results) t.equal(state, 'not-observed', check)
})

t.test('a faulty responder that breaks down is a fault of the suite, not a refusal', async t => {
  const broken = refuses('record.tag', {
    at: 'answer',
    fault: {
      answer: () => {
        throw new TypeError('oops')
      },
    },
  })
  t.match(await judge(broken), { state: 'error', reasonCode: 'suite-fault', observed: 'TypeError: oops' })
})

t.test('the worst case decides, and is named', async t => {
  const mixed = refuses('record.tag', {
    at: 'answer',
    faults: {
      bad: { answer: (draft, { entropy }) => ({ ...draft, key: entropy(32) }) },
      harmless: { answer: draft => draft },
    },
  })
  const result = await judge(mixed)
  t.match(result, { state: 'fail', reasonCode: 'accepted', observed: 'harmless: exit status 0' })
  t.strictSame(
    result.cases.map(({ name, state }) => [name, state]),
    [
      ['bad', 'pass'],
      ['harmless', 'fail'],
    ],
  )
})

t.test('what is within the rules must be accepted, and said on standard output', async t => {
  const unusual = accepts('record.any-order', { fault: { answer: draft => ({ ...draft, seq: 9n }) } })
  t.match(await judge(unusual), { state: 'pass' })
  t.match(
    await judge(
      unusual,
      honestOnce(async () => exit(1)),
    ),
    { state: 'fail', reasonCode: 'refused' },
  )
  t.match(
    await judge(
      unusual,
      honestOnce(async () => exit(0, 'else')),
    ),
    { state: 'fail', reasonCode: 'wrong-output' },
  )
})

t.test('an interruption blocks what has not been judged', async t => {
  const controller = new AbortController()
  controller.abort()
  t.match(await run([wrongKey], honest, controller.signal), [{ state: 'blocked', reasonCode: 'interrupted' }])
})

t.test('a client that cannot be started ends the run', async t => {
  await t.rejects(
    run([wrongKey], () => Promise.reject(new NotStartable('x', new Error('no')))),
    NotStartable,
  )
})

t.test('after a result that ends the run nothing more is begun', async t => {
  const named = (variant: string) => watches('record.tag', { variant, look: () => undefined })
  const results = await runClientChecks(
    [named('one'), named('two'), named('three')],
    {
      client: honest,
      timeoutMs: 5000,
      seed: new Uint8Array(1),
      salt: new Uint8Array(1),
      levelOf: () => 'MUST',
      signal: new AbortController().signal,
    },
    1,
    {},
    ['http'],
    ({ check }) => check === 'record.tag/two',
  )
  t.match(results, [
    { check: 'record.tag/one', state: 'pass' },
    { check: 'record.tag/three', state: 'not-observed', reasonCode: 'stopped', cases: [] },
    { check: 'record.tag/two', state: 'pass' },
  ])
})

t.test('checks are selected by id, by requirement and by glob, and the prerequisites stay', async t => {
  const ids = (only: string[], skip: string[] = []) =>
    selectClientChecks(clientChecks, transports, only, skip)
      .filter(({ prerequisite }) => !prerequisite)
      .map(({ id }) => id)
  t.strictSame(ids(['card.lifetime']), ['card.lifetime', 'card.lifetime/30-days'])
  t.strictSame(ids(['card.l*'], ['card.lifetime/30-days']), ['card.lifetime'])
  t.throws(() => ids(['card.nothing']), UnknownSelection)
  t.equal(
    selectClientChecks(clientChecks, transports, ['card.version'], []).filter(({ prerequisite }) => prerequisite)
      .length,
    5,
  )
  t.strictSame(
    watches('message.id-unique', { look: () => undefined }).circumstances,
    {},
    'a check asks for nothing beyond the contract unless it says so',
  )
})
