import { windowsOf } from '../windows-of.js'
import { parts, type Fault } from './mutant.js'

const WIDTH = 1024n

/** A window by its rule; what it has accepted is in `seen`, the highest of it in `highest`. */
const windowOf = (may: (seq: bigint, seen: ReadonlySet<bigint>, highest: bigint, limit: bigint) => boolean): Fault =>
  parts(() => ({
    createWindows: windowsOf(limit => {
      const seen = new Set<bigint>()
      let highest = -1n
      const check = (seq: bigint): boolean => may(seq, seen, highest, limit)
      return {
        check,
        accept: seq => {
          if (!check(seq)) return false
          seen.add(seq)
          if (seq > highest) highest = seq
          return true
        },
      }
    }),
  }))

/** Remembers nothing. */
export const noWindow = windowOf((seq, _seen, _highest, limit) => seq < limit)

/** Refuses replays, and nothing for its age. */
export const noWidth = windowOf((seq, seen, _highest, limit) => seq < limit && !seen.has(seq))

/** Has no limit. */
export const noLimit = windowOf((seq, seen, highest) => seq > highest - WIDTH && !seen.has(seq))

/** Sees of a number only its lower 32 bits. */
export const in32Bits = windowOf((seq, seen, highest, limit) => {
  const low = BigInt.asUintN(32, seq)
  return low < limit && low > highest - WIDTH && !seen.has(low)
})

/** Accepts only what is higher than everything before. */
export const onlyUpwards = windowOf((seq, _seen, highest, limit) => seq < limit && seq > highest)

/** Accepts only the number after the last. */
export const oneByOne = windowOf((seq, _seen, highest, limit) => seq < limit && seq === highest + 1n)

/** Refuses the last number that the limit allows. */
export const oneShort: Fault = parts(honest => ({ createWindows: limit => honest.createWindows(limit - 1n) }))
