import type { Fault } from '../../played/fault.js'

/** A card that declares these capabilities, in the order of the alphabet, and `ws` where the honest one does. */
export const declaring = (...capabilities: readonly string[]): Fault => ({
  card: draft => ({
    ...draft,
    capabilities: [...capabilities, ...('ws' in (draft['endpoints'] as object) ? ['ws'] : [])],
  }),
})
