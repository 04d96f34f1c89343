import t from 'tap'
import { Shared, unshared } from '../shared.js'

const start = () => {
  const clock = { ms: 0 }
  const made: string[] = []
  const closed: string[] = []
  const make = (name: string) => () => {
    made.push(name)
    return { close: async () => void closed.push(name) }
  }
  return { clock, made, closed, make, shared: new Shared<{ close(): Promise<void> }>(1000, () => clock.ms) }
}

t.test('there is one of each name, for as long as somebody has it and a while beyond', async t => {
  const { clock, made, closed, make, shared } = start()
  const [first, second] = [shared.lease('a', make('a')), shared.lease('a', make('a'))]
  t.equal(first.value, second.value)
  t.same(made, ['a'])
  clock.ms = 5000
  await first.release()
  await first.release()
  shared.lease('b', make('b'))
  t.same(closed, [], 'the second has it yet, whoever gives back twice')
  await second.release()
  clock.ms = 5999
  await shared.lease('a', make('a')).release()
  clock.ms = 6998
  shared.lease('b', make('b'))
  t.same(closed, [])
  clock.ms = 6999
  shared.lease('b', make('b'))
  t.same(closed, ['a'])
  shared.lease('a', make('a'))
  t.same(made, ['a', 'b', 'a'])
  await shared.close()
  t.same(closed, ['a', 'b', 'a'])
  t.throws(() => shared.lease('a', make('a')), { code: 'unreachable' })
})

t.test('what is not shared is everybody’s own, and ends when it is given back', async t => {
  const { made, closed, make } = start()
  const sharing = unshared<{ close(): Promise<void> }>()
  const [first, second] = [sharing.lease('a', make('first')), sharing.lease('a', make('second'))]
  t.same(made, ['first', 'second'])
  await second.release()
  t.same(closed, ['second'])
  await first.release()
  t.same(closed, ['second', 'first'])
})
