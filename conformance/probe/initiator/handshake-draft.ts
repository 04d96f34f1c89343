import { HANDSHAKE_TASK, type HandshakePayload } from '../../../schemas/index.js'
import { encodeBase64 } from '../bytes/base64.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { signEd25519 } from '../crypto/ed25519.js'
import { createUuid, type Entropy } from '../entropy.js'
import type { InitiatorKeys } from '../handshake/derivation.js'
import { draftPayload } from '../handshake/request.js'
import { exportCtxOf, infoOf } from '../handshake/strings.js'
import type { SentRequest } from '../handshake/verdict.js'
import type { Identity, Sign, Target } from './target.js'

/** A JSON object of the wire, as it will be sent: right or wrong. */
export type WireObject = Readonly<Record<string, unknown>>

/**
 * Everything that a handshake message says, flat, before it is signed. Whoever forges spreads it and overrides; the
 * signature is made afterwards, over what was forged.
 */
export interface HandshakeDraft extends HandshakePayload {
  readonly id: string
  readonly context_id: string
  readonly task_id: string
  readonly did: string
  readonly role?: string | undefined
  /** Sent in place of the JSON of the eight payload members, if given. */
  readonly payloadText?: string | undefined
  /** Signs for the honest initiator. */
  readonly sign: Sign
  /** A forger's Ed25519 private key, 32 bytes, which signs in its place. */
  readonly signingKey?: Uint8Array | undefined
  /** What the probe keeps to itself. */
  readonly secrets: InitiatorKeys
}

/** An honest handshake of `identity` with `target`, every value of it fresh. `now` in nanoseconds from the Unix epoch. */
export const draftHandshake = (target: Target, identity: Identity, entropy: Entropy, now: bigint): HandshakeDraft => {
  const secrets = { kemPublicKey: target.kemKey, ikmE: entropy(32), ephCPrivateKey: entropy(32) }
  const ctx = `ctx-${createUuid(entropy)}`
  const parties = { ctx, initDid: identity.did, respDid: target.did }
  return {
    id: createUuid(entropy),
    context_id: ctx,
    task_id: HANDSHAKE_TASK,
    did: identity.did,
    role: 'user',
    ...draftPayload({ ...parties, ...secrets, nonce: createUuid(entropy), ts: now }),
    sign: identity.sign,
    secrets,
  }
}

/** The draft with other parties or another context, and the strings that follow from them: wrong, but wrong consistently. */
export const withParties = (
  draft: HandshakeDraft,
  change: Partial<Pick<HandshakeDraft, 'did' | 'initDid' | 'respDid' | 'context_id'>>,
): HandshakeDraft => {
  const changed = { ...draft, ...change }
  const info = infoOf({ ctx: changed.context_id, initDid: changed.initDid, respDid: changed.respDid })
  return { ...changed, info, exportCtx: exportCtxOf(changed.context_id) }
}

/** The payload text of a draft: its eight members in the order of the deployed core, or what the forger wants. */
export const payloadTextOf = (draft: HandshakeDraft): string => {
  const { enc, ephC, exportCtx, info, initDid, nonce, respDid, ts } = draft
  return draft.payloadText ?? JSON.stringify({ enc, ephC, exportCtx, info, initDid, nonce, respDid, ts })
}

/** The message of a draft, signed. */
export const signHandshake = (draft: HandshakeDraft): WireObject => {
  const payload = encodeUtf8(payloadTextOf(draft))
  const { id, context_id, task_id, did, role, signingKey } = draft
  const signature = signingKey ? signEd25519(signingKey, payload) : draft.sign(payload)
  return {
    id,
    context_id,
    task_id,
    payload: encodeBase64(payload),
    did,
    signature: encodeBase64(signature),
    ...(role === undefined ? {} : { role }),
  }
}

/** What the initiator of a draft holds the answer against. */
export const sentBy = (draft: HandshakeDraft): SentRequest => ({
  id: draft.id,
  ctx: draft.context_id,
  initDid: draft.initDid,
  respDid: draft.respDid,
  nonce: draft.nonce,
  ...draft.secrets,
})
