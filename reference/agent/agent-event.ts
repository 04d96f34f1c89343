import type { ErrorCode, PlainErrorCode } from '../../schemas/index.js'

/** What an agent tells its log. Never content, keys or what a peer chose, save DIDs and the names of served tasks. */
export type AgentEvent =
  | { readonly event: 'handshake'; readonly did: string }
  | { readonly event: 'task'; readonly did: string; readonly task: string; readonly outcome: 'success' | ErrorCode }
  | { readonly event: 'refusal'; readonly code: PlainErrorCode }
  | { readonly event: 'fault'; readonly error: string }

/** Takes the events of an agent. */
export type Log = (event: AgentEvent) => void

/** A log that cannot disturb what it logs. */
export const undisturbed =
  (log: Log | undefined): Log =>
  event => {
    try {
      log?.(event)
    } catch {
      // Whoever logs has to look after that.
    }
  }

const isIdentifier = (value: unknown): value is string => typeof value === 'string' && /^[A-Za-z]\w{0,63}$/.test(value)

/** Kind of an exception, for the log: what it says may be what must not be logged. */
export const faultOf = (error: unknown): AgentEvent => {
  const { name, code } = error instanceof Error ? (error as NodeJS.ErrnoException) : { name: typeof error }
  return { event: 'fault', error: [name, code].filter(isIdentifier).join(' ') || 'Error' }
}
