import type { Window } from '../../../reference/session/receive-window.js'
import { windowsOf } from '../windows-of.js'
import type { DerivationMutant, Kill } from './mutant.js'

const WIDTH = 1024n

/** What a wrong window remembers, and what it makes of a number. */
class Memory {
  highest = -1n
  readonly used = new Set<bigint>()

  mark(seq: bigint): void {
    this.used.add(seq)
    if (seq > this.highest) this.highest = seq
  }
}

type May = (seq: bigint, memory: Memory, max: bigint) => boolean

const honestly: May = (seq, { highest, used }, max) => seq < max && seq > highest - WIDTH && !used.has(seq)

const windowMutant = (name: string, test: string, finding: Kill['finding'], window: (max: bigint) => Window) => ({
  name: `window-${name}`,
  kills: { vector: `receive-traces/${test}`, finding },
  parts: () => ({ createWindows: windowsOf(window) }),
})

const results = { step: 'results' }

/** A window that asks `may` and marks the number that `seen` makes of what it sees. */
const ruled = (name: string, test: string, may: May, seen = (seq: bigint): bigint => seq): DerivationMutant =>
  windowMutant(name, test, results, max => {
    const memory = new Memory()
    const check = (seq: bigint): boolean => may(seen(seq), memory, max)
    return {
      check,
      accept: seq => {
        const isAcceptable = check(seq)
        if (isAcceptable) memory.mark(seen(seq))
        return isAcceptable
      },
    }
  })

/** A window that does something before the tag has been checked. */
const hasty = (name: string, test: string, before: (seq: bigint, memory: Memory) => void): DerivationMutant =>
  windowMutant(name, test, results, max => {
    const memory = new Memory()
    let last = -1n
    return {
      check: seq => {
        const isAcceptable = honestly(seq, memory, max)
        if (isAcceptable) before(seq, memory)
        last = seq
        return isAcceptable
      },
      accept: seq => {
        memory.mark(seq)
        return last === seq
      },
    }
  })

/** Receivers that accept what was accepted, refuse what was not, or let themselves be pushed away. */
export const windowMutants: readonly DerivationMutant[] = [
  ruled(
    '1023',
    'border-h-minus-1023',
    (seq, memory, max) => honestly(seq, memory, max) && seq > memory.highest - 1023n,
  ),
  ruled(
    '1025',
    'border-h-minus-1024',
    (seq, { highest, used }, max) => seq < max && seq > highest - 1025n && !used.has(seq),
  ),
  ruled('no-end', 'border-h-minus-1024', (seq, { used }, max) => seq < max && !used.has(seq)),
  ruled('no-replay', 'replay-at-once', (seq, { highest }, max) => seq < max && seq > highest - WIDTH),
  ruled(
    'highest-only',
    'replay-of-late',
    (seq, { highest }, max) => seq < max && seq > highest - WIDTH && seq !== highest,
  ),
  ruled('upwards-only', 'opposite-order', (seq, { highest }, max) => seq < max && seq > highest),
  ruled('no-gaps', 'gaps', (seq, memory, max) => honestly(seq, memory, max) && seq <= memory.highest + 1n),
  ruled(
    'from-zero',
    'first-is-5',
    (seq, memory, max) => honestly(seq, memory, max) && (memory.highest >= 0n || seq === 0n),
  ),
  ruled('no-limit', 'limit-last', (seq, { highest, used }) => seq > highest - WIDTH && !used.has(seq)),
  ruled('limit-inclusive', 'limit-last', (seq, memory, max) => honestly(seq, memory, max + 1n)),
  ruled('limit-short', 'limit-last', (seq, memory, max) => honestly(seq, memory, max - 1n)),
  ruled(
    'aliases-1024',
    'alias-1024-unseen',
    (seq, { highest, used }, max) =>
      seq < max && seq > highest - WIDTH && ![...used].some(other => other % WIDTH === seq % WIDTH),
  ),
  ruled(
    'aliases-2048',
    'alias-exact-multiples',
    (seq, { highest, used }, max) =>
      seq < max && seq > highest - WIDTH && ![...used].some(other => other % 2048n === seq % 2048n),
  ),
  ruled('32-bits', 'over-32-bits', honestly, seq => BigInt.asUintN(32, seq)),
  ruled('signed', 'negative-with-sign', honestly, seq => BigInt.asIntN(64, seq)),
  hasty('moves-early', 'forged-far-ahead', (seq, memory) => {
    if (seq > memory.highest) memory.highest = seq
  }),
  hasty('marks-early', 'forged-then-honest', (seq, memory) => memory.mark(seq)),
]
