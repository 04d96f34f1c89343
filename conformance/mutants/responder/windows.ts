import type { Window } from '../../../reference/session/receive-window.js'
import { windowsOf } from '../windows-of.js'
import { parts, type Fault } from './mutant.js'

const WIDTH = 1024n

/** A window by its two rules: which numbers may be accepted, and what accepting one changes. */
const windowOf = (
  make: (maxRecords: bigint) => { may: (seq: bigint) => boolean; mark: (seq: bigint) => void },
): Fault =>
  parts(() => ({
    createWindows: windowsOf((maxRecords): Window => {
      const { may, mark } = make(maxRecords)
      return {
        check: may,
        accept: seq => {
          if (!may(seq)) return false
          mark(seq)
          return true
        },
      }
    }),
  }))

/** Accepts only what is higher than everything before. */
export const onlyUpwards = windowOf(max => {
  let highest = -1n
  return { may: seq => seq < max && seq > highest, mark: seq => (highest = seq) }
})

/** Remembers the highest number, and forgets the others. */
export const remembersOnlyTheHighest = windowOf(max => {
  let highest = -1n
  return {
    may: seq => seq < max && seq > highest - WIDTH && seq !== highest,
    mark: seq => (highest = seq > highest ? seq : highest),
  }
})

/** A bitmap whose slots are never cleared: a number looks used when one 1024 below it was. */
export const aliases = windowOf(max => {
  let highest = -1n
  const used = new Set<bigint>()
  return {
    may: seq => seq < max && seq > highest - WIDTH && !used.has(seq % WIDTH),
    mark: seq => {
      used.add(seq % WIDTH)
      if (seq > highest) highest = seq
    },
  }
})

/** Sees of a number only its lower 32 bits. */
export const in32Bits = windowOf(max => {
  let highest = -1n
  const used = new Set<bigint>()
  return {
    may: seq => {
      const low = BigInt.asUintN(32, seq)
      return low < max && low > highest - WIDTH && !used.has(seq)
    },
    mark: seq => {
      used.add(seq)
      const low = BigInt.asUintN(32, seq)
      if (low > highest) highest = low
    },
  }
})

/** Refuses the last number that the limit allows. */
export const oneShort: Fault = parts(honest => ({ createWindows: maxRecords => honest.createWindows(maxRecords - 1n) }))
