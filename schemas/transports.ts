/** The transports of SAGE 1.0, by the names of their endpoints in an agent card. */
export const transports = ['http', 'ws'] as const

/** A transport. */
export type Transport = (typeof transports)[number]
