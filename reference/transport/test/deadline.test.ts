import t from 'tap'
import { SageError } from '../../bytes/sage-error.js'
import { withDeadline, type UnderWay } from '../deadline.js'

const never = (): Promise<never> => new Promise(() => undefined)

t.test('what is done in time is done', async t => {
  t.equal(await withDeadline(async () => 1, { timeoutMs: 1000 }), 1)
  t.equal(await withDeadline(async () => 2, {}), 2)
  t.equal(await withDeadline(async () => 3, { timeoutMs: Infinity, signal: new AbortController().signal }), 3)
  await t.rejects(
    withDeadline(async () => Promise.reject(new SageError('internal', 'x')), {}),
    { code: 'internal' },
  )
})

t.test('work that throws before it gives a promise is over', async t => {
  const underWay: UnderWay = new Set()
  const work = (): Promise<never> => {
    throw new SageError('internal', 'x')
  }
  await t.rejects(withDeadline(work, { timeoutMs: 1000 }, underWay), { code: 'internal' })
  t.equal(underWay.size, 0)
})

t.test('a wait that no timer can hold is not cut short', async t => {
  const done = new Promise<number>(resolve => setTimeout(resolve, 20, 1))
  t.equal(await withDeadline(() => done, { timeoutMs: 2 ** 40 }), 1)
})

t.test('whoever takes too long is told, and not waited for', async t => {
  let told: AbortSignal | undefined
  const work = (signal: AbortSignal): Promise<never> => ((told = signal), never())
  await t.rejects(withDeadline(work, { timeoutMs: 10 }), { code: 'timeout' })
  t.equal(told?.aborted, true)
})

t.test('a caller that gives up has its reason in the cause, before and during', async t => {
  let started = false
  const early = withDeadline(async () => (started = true), { signal: AbortSignal.abort('enough') })
  await t.rejects(early, { code: 'aborted', cause: 'enough' })
  t.notOk(started)
  const abort = new AbortController()
  const under = withDeadline(never, { timeoutMs: 10_000, signal: abort.signal })
  abort.abort('enough')
  await t.rejects(under, { code: 'aborted', cause: 'enough' })
})

t.test('what fails because it was told to end counts as ended', async t => {
  const abort = new AbortController()
  const work = (signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('of its own'))))
  const under = withDeadline(work, { signal: abort.signal })
  abort.abort()
  await t.rejects(under, { code: 'aborted' })
})
