import { defaultLimits, type Limits } from '../../schemas/index.js'

/**
 * Limits that a tester reaches in seconds. Each has the reason why it is no lower: an honest peer that does one thing
 * after another, and waits where it has to, is not to run into them.
 */
export const lowLimits: Readonly<Limits> = Object.freeze({
  // The lowest that a card may say.
  maxMessageBytes: 65_536,
  // A batch of two is over it.
  maxBatch: 1,
  // More than twice the idle time: a session that is used, rests and is idle to its end has not died of age meanwhile.
  maxSessionAgeSeconds: 10,
  // Three quarters of it, and then a second beyond its end, are whole seconds. It outlasts an unconfirmed session by far.
  maxSessionIdleSeconds: 4,
  // The lowest that a card may say: sixteen requests, and the seventeenth is too many.
  maxSessionRecords: 16,
  // An honest message, a damaged one and what follows them make three sessions of one initiator; the fifth is too many.
  maxSessionsPerDid: 4,
  // The lowest that a card may say.
  provisionalSeconds: 1,
  // A second stream is too many, and a second chunk has to wait for credit.
  maxStreams: 1,
  streamWindow: 1,
})

/** Sets of limits by name. Caps that no card publishes, such as those of the replay store, are generous in each. */
export const limitProfiles = { default: defaultLimits, 'low-limits': lowLimits } as const

/** Name of a profile. */
export type LimitProfile = keyof typeof limitProfiles
