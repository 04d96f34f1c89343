import type { Target } from '../probe/initiator/target.js'

const MOST_BYTES = 16 * 1024 * 1024

/** Why the suite does not send as much as the target takes, if so. */
export const tooLarge = ({ limits }: Target): string | undefined =>
  limits.maxMessageBytes > MOST_BYTES
    ? `maxMessageBytes is ${limits.maxMessageBytes}: more than the suite sends`
    : undefined
