import { messageParts, type MessageParts } from './message/parts.js'

/**
 * Every step of the protocol's core that may be replaced, one by one: `{ ...honestParts, sid: … }` is an agent that is wrong
 * in exactly one place. A step reaches the others through the parts that it is handed.
 */
export type Parts = MessageParts

/** The steps as the specification has them. */
export const honestParts: Parts = messageParts
