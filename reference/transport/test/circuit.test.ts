import fc from 'fast-check'
import t from 'tap'
import { SageError, type SageErrorCode } from '../../bytes/sage-error.js'
import { backOffMs } from '../back-off.js'
import { Circuit } from '../circuit.js'

const times = { firstMs: 100, maxMs: 1000 }

const start = (random = 1) => {
  const clock = { ms: 0 }
  const circuit = new Circuit({ times, monotonic: () => clock.ms, random: () => random })
  const failing = async (code: SageErrorCode): Promise<never> => {
    throw new SageError(code, 'for the test')
  }
  const fail = (code: SageErrorCode): Promise<unknown> => circuit.watch(() => failing(code)).catch(() => undefined)
  return { clock, circuit, failing, fail, answer: () => circuit.watch(async () => 'answer') }
}

t.test('one waits twice as long each time, up to the most, and a random half less', t => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const whole = Math.min(1000, 100 * 2 ** (failures - 1))
      const ms = backOffMs(failures, times, random)
      return ms >= whole / 2 && ms <= whole
    }),
  )
  t.same(
    [1, 2, 3, 4, 5, 60].map(failures => backOffMs(failures, times, 1)),
    [100, 200, 400, 800, 1000, 1000],
  )
  t.end()
})

t.test('who cannot be connected is down at once, for longer each time, until an answer comes', async t => {
  const { clock, circuit, failing, fail, answer } = start()
  t.equal(circuit.state, 'up')
  await fail('unreachable')
  for (const ms of [100, 200, 400, 800, 1000, 1000]) {
    t.equal(circuit.state, 'down')
    clock.ms += ms - 1
    t.equal(circuit.state, 'down', `for ${ms} ms`)
    clock.ms += 1
    t.equal(circuit.state, 'due')
    await circuit.probe(() => failing('unreachable'))
  }
  clock.ms += 1000
  t.equal(await answer(), 'answer')
  t.equal(circuit.state, 'up')
  await fail('unreachable')
  clock.ms += 100
  t.equal(circuit.state, 'due', 'and it begins anew')
})

t.test('a connection that is lost may have had its time; a second in a row shows that the way is down', async t => {
  const { circuit, fail, answer } = start()
  await fail('connection_lost')
  t.equal(circuit.state, 'up')
  await answer()
  await fail('connection_lost')
  t.equal(circuit.state, 'up')
  await fail('connection_lost')
  t.equal(circuit.state, 'down')
})

t.test('a hundred requests that are lost together are one loss', async t => {
  const { circuit } = start()
  let lose = (_error: unknown): void => undefined
  const lost = new Promise<never>((_resolve, reject) => (lose = reject))
  const waiting = Array.from({ length: 100 }, () => circuit.watch(() => lost).catch(() => undefined))
  lose(new SageError('connection_lost', 'for the test'))
  await Promise.all(waiting)
  t.equal(circuit.state, 'up')
})

t.test('an answer that was asked for before something went wrong says nothing', async t => {
  const { circuit, fail } = start()
  let give = (_answer: string): void => undefined
  const early = circuit.watch(() => new Promise<string>(resolve => (give = resolve)))
  await fail('unreachable')
  give('answer')
  t.equal(await early, 'answer')
  t.equal(circuit.state, 'down')
})

t.test('who gives up, an answer that is refused and a slow one say nothing about the way', async t => {
  const { clock, circuit, failing, fail } = start()
  for (const code of ['aborted', 'timeout', 'peer_rejected', 'malformed'] as const) {
    await fail(code)
    await fail(code)
    t.equal(circuit.state, 'up', code)
  }
  await fail('unreachable')
  clock.ms += 100
  await circuit.probe(() => failing('aborted'))
  t.equal(circuit.state, 'due', 'nor of one that was down')
  await circuit.probe(() => failing('timeout'))
  t.equal(circuit.state, 'down', 'but a probe that is not answered has failed')
})

t.test('one probe decides for everybody who waits', async t => {
  for (const isUp of [true, false]) {
    const { clock, circuit, failing, fail } = start()
    await fail('unreachable')
    let probes = 0
    const probe = () =>
      circuit.probe(() => {
        probes++
        return circuit.watch(() => (isUp ? Promise.resolve() : failing('connection_lost')))
      })
    await probe()
    t.equal(probes, 0, 'it is too soon')
    clock.ms += 100
    const waiting = [probe(), probe(), probe()]
    t.equal(circuit.state, 'probing')
    await Promise.all(waiting)
    t.equal(circuit.state, isUp ? 'up' : 'down')
    t.equal(probes, 1)
    clock.ms += 199
    t.equal(circuit.state, isUp ? 'up' : 'down', 'a failure that two have seen counts once')
    clock.ms += 1
    t.equal(circuit.state, isUp ? 'up' : 'due')
  }
})

t.test('whatever happens: never two probes at once, and never down for longer than the most', async () => {
  const step = fc.oneof(
    fc.record({ ms: fc.integer({ min: 0, max: 1500 }) }),
    fc.record({ ends: fc.constantFrom('answer', 'unreachable', 'connection_lost', 'timeout', 'aborted') }),
    fc.record({ probes: fc.constantFrom('answer', 'unreachable', 'connection_lost', 'timeout', 'aborted') }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
      const { clock, circuit, failing } = start(0.3)
      let running = 0
      const as = async (code: string): Promise<void> => {
        if (code !== 'answer') await failing(code as SageErrorCode)
      }
      const probing: Promise<void>[] = []
      for (const each of steps) {
        if ('ms' in each) clock.ms += each.ms
        else if ('ends' in each) await circuit.watch(() => as(each.ends)).catch(() => undefined)
        else
          probing.push(
            circuit.probe(async () => {
              if (++running > 1) throw new Error('two probes')
              await Promise.resolve()
              running--
              await as(each.probes)
            }),
          )
      }
      await Promise.all(probing)
      clock.ms += times.maxMs
      const isLeft = circuit.state === 'up' || circuit.state === 'due'
      await circuit.probe(async () => undefined)
      return isLeft && running === 0 && circuit.state === 'up'
    }),
  )
})
