import t from 'tap'
import { enforce, type Guard } from '../guard.js'
import { isSageError, SageError } from '../sage-error.js'

type Context = { readonly sum: number; readonly seen: string[] }

const guards: readonly Guard<Context>[] = [
  ['limits.defaults', ({ sum, seen }) => (seen.push('small'), sum > 10 ? 'payload_too_large' : undefined)],
  ['task.ping', ({ sum, seen }) => (seen.push('even'), sum % 2 ? 'authentication_failed' : undefined)],
]

t.test('the first guard that refuses decides', async t => {
  const context = { sum: 11, seen: [] }
  t.throws(() => enforce(guards, context), { name: 'SageError', code: 'payload_too_large' })
  t.strictSame(context.seen, ['small'])
  t.throws(() => enforce(guards, { sum: 3, seen: [] }), { code: 'authentication_failed' })
})

t.test('when none refuses, all have been asked', async t => {
  const context = { sum: 2, seen: [] }
  enforce(guards, context)
  t.strictSame(context.seen, ['small', 'even'])
})

t.test('an error is known by its class and code', async t => {
  const error = new SageError('timeout', 'no answer in time', { cause: 7 })
  t.ok(isSageError(error))
  t.ok(isSageError(error, 'timeout'))
  t.notOk(isSageError(error, 'aborted'))
  t.notOk(isSageError(new Error('timeout')))
  t.equal(error.cause, 7)
})
