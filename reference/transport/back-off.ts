/** How long one waits after failures; milliseconds. */
export interface BackOffTimes {
  /** After the first. */
  readonly firstMs: number
  /** After any number of them. */
  readonly maxMs: number
}

/**
 * Milliseconds to wait after so many failures in a row: twice as long each time, and less by up to a half, so that those
 * who failed together do not come back together.
 * @param failures 1 or more
 * @param random from 0 to 1
 */
export const backOffMs = (failures: number, { firstMs, maxMs }: BackOffTimes, random: number): number =>
  Math.min(maxMs, firstMs * 2 ** (failures - 1)) * (0.5 + random / 2)
