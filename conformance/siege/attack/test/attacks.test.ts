import t, { type Test } from 'tap'
import { Dice } from '../../dice.js'
import { startGoodClients } from '../../good/good-clients.js'
import { findTarget } from '../../initiator.js'
import { startTarget, type BesiegedTarget } from '../../target/target.js'
import { Tally } from '../attack.js'
import { attacks } from '../attacks/index.js'
import { sceneOf } from '../scene.js'

const SECONDS = 1
const AT_ONCE = 6
const SETTLE_MS = 20_000

/** Makes an attack until so many units are answered, or a second has passed. */
const attackOn = async ({ url }: BesiegedTarget, name: string, seconds = SECONDS): Promise<Tally> => {
  const attack = attacks.find(each => each.name === name)!
  const stage = { url: new URL(url), target: await findTarget(url), dice: new Dice(1), tally: new Tally() }
  await attack.prepare?.(sceneOf(stage, attack, new AbortController().signal), seconds)
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(), seconds * 1000)
  await attack.run(sceneOf(stage, attack, ending.signal))
  clearTimeout(timer)
  return stage.tally
}

const besieged = async (t: Test, mutant?: string): Promise<BesiegedTarget> => {
  const target = await startTarget('reference', mutant)
  t.teardown(() => target.stop())
  return target
}

t.test('under every attack good clients are answered rightly, and nothing stays of it', async t => {
  const target = await besieged(t)
  const good = await startGoodClients('reference', target.url)
  t.teardown(() => good.stop())
  const before = await target.inspect()
  const names = attacks.map(({ name }) => name)
  for (let first = 0; first < names.length; first += AT_ONCE) {
    const wave = names.slice(first, first + AT_ONCE)
    const tallies = await Promise.all(wave.map(name => attackOn(target, name)))
    for (const [index, { units, unexpected }] of tallies.entries()) {
      t.ok(units > 0, `${wave[index]}: ${units} units`)
      t.strictSame(unexpected, [], String(wave[index]))
    }
  }
  const after = await target.settle(before.sockets, SETTLE_MS)
  const { http, ws } = await good.take()
  for (const { took, wrong, lost, why } of [http, ws]) {
    t.ok(took.length > 20)
    t.strictSame([wrong, lost], [0, 0], why.join('; '))
  }
  t.ok(target.isAlive)
  t.equal(after.faults, 0)
  t.ok(after.sockets <= before.sockets + 8, `${before.sockets} connections, and ${after.sockets}`)
  t.ok(after.held - before.held < 16 * 2 ** 20, `${after.held - before.held} bytes more`)
})

t.test('an attack that finds something says so', async t => {
  for (const [mutant, name] of [
    ['without-handshake.nonce-single-use', 'replays'],
    ['reserved-bits-taken', 'bad-frames'],
    ['bad-gzip-taken-for-nothing', 'gzip-bombs'],
  ] as const) {
    const { unexpected } = await attackOn(await besieged(t, mutant), name)
    t.not(unexpected.length, 0, `${name} on ${mutant}`)
  }
})

t.test('a late attacker sends no more for it, and hears the signal', async t => {
  const attack = { ...attacks[0]!, rate: 1e9 }
  const ending = new AbortController()
  const stage = { url: new URL('http://127.0.0.1:9'), target: undefined, dice: new Dice(1), tally: new Tally() }
  const { pace } = sceneOf(stage, attack, ending.signal)
  setImmediate(() => ending.abort())
  let passed = 0
  while (await pace()) passed++
  t.ok(passed < 1000, `${passed} units`)
})
