import type { AgentCard, Limits } from '../../../schemas/index.js'

/** The responder under judgement, as the probe knows it. Keys are raw, 32 bytes. */
export interface Target {
  readonly did: string
  readonly signingKey: Uint8Array
  readonly kemKey: Uint8Array
  /** Base of the HTTP binding, without a `/` at its end. */
  readonly http: string
  /** The WebSocket endpoint, where there is one. */
  readonly ws?: string | undefined
  /** Where the card is, or would be. */
  readonly cardUrl: URL
  readonly capabilities: ReadonlySet<string>
  readonly limits: Limits
  readonly card?: AgentCard | undefined
}

/** Makes the Ed25519 signature, 64 bytes, of a message. */
export type Sign = (message: Uint8Array) => Uint8Array

/** The probe's own identity: a DID, and what signs for it. */
export interface Identity {
  readonly did: string
  readonly sign: Sign
}

/** Where messages are posted (http.endpoint). */
export const messagesUrl = (target: Target): URL => new URL(`${target.http}/messages`)

/** Where batches are posted (batch.endpoint). */
export const batchUrl = (target: Target): URL => new URL(`${target.http}/batch`)

/** Where connections are opened (ws.endpoint). */
export const socketUrl = ({ ws }: Target): URL => {
  if (ws === undefined) throw new Error('the target has no WebSocket endpoint')
  return new URL(ws)
}

/** The endpoint of one of the capabilities that have one of their own. */
export const endpointUrl = ({ card }: Target, name: 'health' | 'metrics'): URL => {
  const url = card?.endpoints[name]
  if (url === undefined) throw new Error(`the target has no endpoint for ${name}`)
  return new URL(url)
}

/** Where a responder publishes its card: a well-known path of the host that serves `url` (card.published). */
export const cardUrlOf = (url: URL): URL => new URL('/.well-known/sage.json', url)
