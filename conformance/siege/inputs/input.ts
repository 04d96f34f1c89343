/** How an input travels: alone over HTTP or WebSocket, or as one message of a batch. */
export type Route = 'http' | 'ws' | 'batch'

/** One thing that is sent, and what has to come of it. */
export interface Input {
  /** Where it comes from: `schema`, `sealed`, `record`, `mutated`, `honest`. */
  readonly kind: 'schema' | 'sealed' | 'record' | 'mutated' | 'honest' | 'batch'
  /** The constraint or rule that it is about. */
  readonly constraint: string
  readonly isKept: boolean
  /** Bytes of a message, or its text. */
  readonly body: string | Uint8Array
  /** The `id` with which it is answered, where it has a valid one. */
  readonly id: string | undefined
  readonly route: Route
  /** Is it a batch, and not a message? */
  readonly isBatch?: boolean
  /**
   * What may come of it, by construction: `plain:CODE`, `opened:success`, `opened:CODE` for an authenticated answer, `handshake`,
   * `closed:CODE` for a connection over WebSocket that is closed.
   */
  readonly expected: readonly string[]
}

/** Was something taken for good: has a record opened, or a handshake been answered? */
export const isAcceptance = (outcome: string): boolean => outcome === 'handshake' || outcome.startsWith('opened:')
