import t from 'tap'
import { inProcessClient } from '../../mutants/initiator/in-process.js'
import type { Fault } from '../../played/fault.js'
import { refuses, watches, type ClientCheck } from '../check.js'
import type { Client, ClientTask, Outcome } from '../client.js'
import { runClientChecks } from '../run-client.js'

const honest = inProcessClient({})
const hang: Outcome = { kind: 'hang', afterMs: 9, stderr: '' }
const failed: Outcome = { kind: 'exit', status: 1, stdout: new Uint8Array(0), stderr: 'no time\n' }

const judge = async (check: ClientCheck, client: Client, over: 'http' | 'ws' = 'http') => {
  const environment = {
    client,
    timeoutMs: 5000,
    seed: new Uint8Array(1),
    salt: new Uint8Array(1),
    levelOf: () => 'MUST',
    signal: new AbortController().signal,
  }
  const [result] = await runClientChecks([check], environment, 1, {}, [over])
  return result!
}

/** Does what is asked and comes to the `outcomes` in their order; an honest one where none is given. */
const client = (
  outcomes: readonly (Outcome | undefined)[],
): { readonly tasks: ClientTask[]; readonly start: Client } => {
  const tasks: ClientTask[] = []
  const start: Client = async (task, timeoutMs) => {
    const outcome = outcomes[tasks.push(task) - 1]
    const honestly = await honest(task, timeoutMs)
    return outcome ?? honestly
  }
  return { tasks, start }
}

const otherKey: Fault = { answer: (draft, { entropy }) => ({ ...draft, key: entropy(32) }) }
const twoCases = refuses('record.tag', {
  variant: 'test',
  at: 'answer',
  faults: { one: otherKey, two: otherKey },
})

t.test('who hangs once is started again, and the second verdict counts', async t => {
  const result = await judge(twoCases, client([undefined, hang]).start)
  t.match(result, { state: 'pass', cases: [{ name: 'one' }, { name: 'two' }] })
  t.match(
    result.cases[0]?.observed,
    /^exit status 1.*; CMD was started a second time \(fault\); the first time: still running after 9 ms$/,
  )
  t.notMatch(result.cases[1]?.observed, /second time/)
  const steps = result.cases[0]?.transcript.filter(({ what }) => what === 'handshake').map(({ step }) => step)
  t.strictSame(steps, ['twin', 'fault', 'fault'], 'both starts are in the evidence')
})

t.test('who hangs twice hangs', async t => {
  const { tasks, start } = client([undefined, hang, hang])
  const result = await judge(twoCases, start)
  t.match(result, { state: 'fail', reasonCode: 'hang' })
  t.match(result.observed, /^one: still running after 9 ms; CMD was started a second time .* still running after 9 ms$/)
  t.equal(tasks.length, 4)
})

t.test('a second start has a responder of its own, and is nothing to the cases after it', async t => {
  const [hung, smooth] = [client([undefined, hang]), client([])]
  await judge(twoCases, hung.start)
  await judge(twoCases, smooth.start)
  const told = ({ tasks }: typeof hung) => tasks.map(({ payload, expectedDid }) => [payload, expectedDid])
  const [twin, one, again, two] = told(hung)
  t.strictSame(told(smooth), [twin, one, two])
  t.not(again?.[0], one?.[0])
  t.not(again?.[1], one?.[1])
  const repeated = client([undefined, hang])
  await judge(twoCases, repeated.start)
  t.strictSame(told(repeated), told(hung), 'and comes out the same for the same seed and salt')
})

t.test('who hangs with the honest responder is started again too', async t => {
  const result = await judge(twoCases, client([hang]).start)
  t.match(result, { state: 'pass' })
  t.match(result.cases[0]?.observed, /CMD was started a second time \(twin\)/)
  const twice = await judge(twoCases, client([hang, hang]).start)
  t.match(twice, { state: 'inconclusive', reasonCode: 'twin' })
  const watching = watches('record.seq-from-zero', { variant: 'test', look: () => undefined })
  const { tasks, start } = client([hang])
  t.match((await judge(watching, start)).cases, [{ state: 'pass', observed: /second time/ }])
  t.equal(tasks.length, 3)
})

/** Fails before it has sent anything in its first run. */
const lateOnce = (): { readonly starts: () => number; readonly start: Client } => {
  let starts = 0
  return { starts: () => starts, start: async (task, timeoutMs) => (starts++ === 0 ? failed : honest(task, timeoutMs)) }
}

t.test('who fails and sends nothing of what it was told is not taken to ignore it before it did so twice', async t => {
  const batch = { variant: 'test', capabilities: ['batch'], batch: true, requests: 2 } as const
  const check = refuses('record.tag', { ...batch, at: 'answer', fault: otherKey })
  const once = lateOnce()
  const result = await judge(check, once.start)
  t.match(result, { state: 'pass' })
  t.match(result.cases[0]?.observed, /the first time: exit status 1: no time$/)
  const never = await judge(check, async () => failed)
  t.match(never, { state: 'not-observed', observed: /^the initiator does not take SAGE_BATCH: .* a second time/ })
  const deaf = client([])
  const ignoring: Client = ({ batch: _, ...task }, timeoutMs) => deaf.start({ ...task, requests: 1 }, timeoutMs)
  t.match(await judge({ ...check, circumstances: { ...check.circumstances, requests: 1 } }, ignoring), {
    state: 'not-observed',
  })
  t.equal(deaf.tasks.length, 1, 'who has given the answer without it is not asked again')
})

t.test('nor is who does not get as far as an upgrade', async t => {
  const once = lateOnce()
  t.match(await judge(twoCases, once.start, 'ws'), { state: 'pass' })
  t.match(await judge(twoCases, async () => failed, 'ws'), {
    state: 'skip',
    reasonCode: 'no-websocket',
    observed: /a second time/,
  })
})
