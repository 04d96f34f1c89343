import { MAX_SKEW_SECONDS } from '../../schemas/index.js'
import { SECOND } from '../bytes/time.js'

const MAX_SKEW = BigInt(MAX_SKEW_SECONDS) * SECOND

/** Is `ts` at most 120 seconds before or after `now`? Both are nanoseconds since 1970. */
export const isFresh = (ts: bigint, now: bigint): boolean => ts - now <= MAX_SKEW && now - ts <= MAX_SKEW
