import type { Needs } from '../runner/check.js'

/** What a check needs that has so many sessions of one initiator at once. */
export const sessionsAtOnce = (count: number): Needs => ({
  unobservable: ({ limits }) =>
    limits.maxSessionsPerDid < count ? `maxSessionsPerDid is ${limits.maxSessionsPerDid}: needs ${count}` : undefined,
})
