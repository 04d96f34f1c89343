import type { Window, Windows } from '../../reference/session/receive-window.js'

/** The windows of many sessions, each made by itself: for those that are wrong, and keep what they remember as they like. */
export const windowsOf =
  (create: (maxRecords: bigint) => Window) =>
  (maxRecords: bigint): Windows => {
    const windows = new Map<number, { readonly window: Window; highest: bigint }>()
    const at = (row: number) => {
      const known = windows.get(row) ?? { window: create(maxRecords), highest: -1n }
      windows.set(row, known)
      return known
    }
    return {
      check: (row, seq) => at(row).window.check(seq),
      accept: (row, seq) => {
        const known = at(row)
        const isAccepted = known.window.accept(seq)
        if (isAccepted && seq > known.highest) known.highest = seq
        return isAccepted
      },
      highest: row => at(row).highest,
      clear: row => void windows.delete(row),
    }
  }
