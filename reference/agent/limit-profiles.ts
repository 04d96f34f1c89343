import { defaultLimits, type Limits } from '../../schemas/index.js'

/**
 * Limits that a tester reaches in seconds, each with the reason why it is no lower: an honest peer that tries one thing
 * after another, and then once more, is not to run into them.
 */
export const lowLimits: Readonly<Limits> = Object.freeze({
  // The lowest that a card may say.
  maxMessageBytes: 65_536,
  // A batch of two is over it.
  maxBatch: 1,
  // One exchange or a dozen take well under a second; a wait of four is still a short one.
  maxSessionAgeSeconds: 4,
  // Half of the age, so that it can be seen which of the two ended a session.
  maxSessionIdleSeconds: 2,
  // The lowest that a card may say: sixteen requests, and the seventeenth is too many.
  maxSessionRecords: 16,
  // An honest message, a damaged one and what follows them make three sessions of one initiator; the fifth is too many.
  maxSessionsPerDid: 4,
  // Half of the idle time, for the same reason: what ended an unconfirmed session is known by when it ended.
  provisionalSeconds: 1,
  // A second stream is too many, and a second chunk has to wait for credit.
  maxStreams: 1,
  streamWindow: 1,
})

/** Sets of limits by name. Caps that no card publishes, such as those of the replay store, are generous in each. */
export const limitProfiles = { default: defaultLimits, 'low-limits': lowLimits } as const

/** Name of a profile. */
export type LimitProfile = keyof typeof limitProfiles
