import { timingSafeEqual } from 'node:crypto'

/** Are the two the same bytes? Takes as long for a near miss as for any other; only the lengths show. */
export const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b)
