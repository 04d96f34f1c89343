import { attacks } from './attack/attacks/index.js'
import { startAttacker } from './attack/attacker.js'
import type { Side } from './attack/battle.js'
import { quantile, together } from './good/latencies.js'
import type { SoakReport } from './report.js'

/** Seconds of each attack, and of the calm after it. */
const ATTACK_SECONDS = 3
const CALM_SECONDS = 1
const SETTLE_MS = 10_000

const passing = (seconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, seconds * 1000))

type Sample = SoakReport['samples'][number]

/**
 * Attacks by turns, with good clients beside them, for so many seconds; after each attack the target is looked at, when
 * its connections are gone and its garbage is collected.
 * @param only names of the attacks begin so
 */
export const soak = async (
  { kind, target, good }: Side,
  seconds: number,
  seed: number,
  only = '',
  say: (line: string) => void = () => undefined,
): Promise<SoakReport> => {
  const began = performance.now()
  const elapsed = (): number => (performance.now() - began) / 1000
  const chosen = attacks.filter(({ name }) => name.startsWith(only))
  const samples: Sample[] = []
  const unexpected: string[] = []
  const sums = { requests: 0, wrong: 0, lost: 0, units: 0, unexpectedCount: 0 }
  const idle = (await target.inspect()).sockets
  for (let turn = 0; elapsed() < seconds; turn++) {
    const { name } = chosen[turn % chosen.length]!
    const attacker = await startAttacker({ name, kind, url: target.url, seed: seed + turn, seconds: ATTACK_SECONDS })
    const calm = await good.take()
    await attacker.begin()
    await passing(ATTACK_SECONDS)
    const onslaught = await attacker.end()
    await attacker.stop()
    const seen = await target.settle(idle, SETTLE_MS)
    const storm = await good.take()
    await passing(CALM_SECONDS)
    const after = await good.take()
    for (const each of [calm, storm, after].flatMap(({ http, ws }) => [http, ws])) {
      sums.requests += each.took.length
      sums.wrong += each.wrong
      sums.lost += each.lost
      unexpected.push(...each.why.map(why => `${name}: ${why}`))
    }
    sums.units += onslaught.units
    sums.unexpectedCount += onslaught.unexpectedCount
    unexpected.push(...onslaught.unexpected.map(what => `${name}: ${what}`))
    const { rss, held, sockets } = seen
    const [http, ws] = (['http', 'ws'] as const).map(side => together([storm[side], after[side]]).took)
    const figures = {
      httpP50: quantile(http!, 0.5),
      httpP99: quantile(http!, 0.99),
      wsP50: quantile(ws!, 0.5),
      wsP99: quantile(ws!, 0.99),
    }
    samples.push({ seconds: elapsed(), attack: name, rss, held, sockets, ...figures })
    say(`${Math.round(elapsed())} s: ${name}, ${(held / 2 ** 20).toFixed(1)} MiB held, ${sockets} sockets`)
  }
  const { faults } = await target.inspect()
  return { seconds: elapsed(), samples, ...sums, unexpected: unexpected.slice(0, 20), faults, isAlive: target.isAlive }
}
