import { encodeBase64 } from '../bytes/base64.js'
import { be64, concat } from '../bytes/framing.js'
import { sealAead } from '../crypto/aead.js'
import { createUuid, type Entropy } from '../entropy.js'
import { deriveSessionKeys, type SessionKeys } from '../session/keys.js'
import { createReceiver, type Receiver } from '../session/receiver.js'
import type { RequestFields } from '../wire/aad.js'
import { sealRequest, type Sealing } from '../wire/session-message.js'
import type { WireObject } from './handshake-draft.js'
import type { Identity } from './target.js'

/** Everything that a session message says and is sealed with, flat, before it is sealed. */
export interface SessionDraft extends RequestFields, Sealing {}

/** One session, as its initiator holds it. */
export class ProbeSession {
  readonly keys: SessionKeys
  readonly receiver: Receiver
  #nextSeq = 0n

  constructor(
    readonly kid: string,
    readonly contextId: string,
    readonly identity: Identity,
    readonly seed: Uint8Array,
    maxSessionRecords: bigint,
  ) {
    this.keys = deriveSessionKeys(seed)
    this.receiver = createReceiver(this.keys.s2cEnc, maxSessionRecords)
  }

  /** Sequence number of the next honest record, which is then used up. */
  takeSeq(): bigint {
    return this.#nextSeq++
  }

  /** Lets the next honest record follow `seq`. */
  skipTo(seq: bigint): void {
    if (seq >= this.#nextSeq) this.#nextSeq = seq + 1n
  }

  /** An honest request, fresh in sequence number, nonce and id. */
  draft(entropy: Entropy, wish: Partial<SessionDraft> & Pick<SessionDraft, 'task_id'>): SessionDraft {
    return {
      id: createUuid(entropy),
      context_id: this.contextId,
      did: this.identity.did,
      kid: this.kid,
      key: this.keys.c2sEnc,
      seq: wish.seq ?? this.takeSeq(),
      nonce: entropy(12),
      plaintext: new Uint8Array(0),
      ...wish,
    }
  }
}

/** The message of a draft, sealed, and the bytes of its record. */
export const sealDraft = (draft: SessionDraft): { envelope: WireObject; record: Uint8Array } => {
  const { key, seq, nonce, plaintext, ...fields } = draft
  const { message, record } = sealRequest(fields, { key, seq, nonce, plaintext })
  return { envelope: message, record }
}

/** The message of a draft, its record sealed with another key of 32 bytes or with any additional data. */
export const sealDraftWith = (
  { key: _key, seq, nonce, plaintext, ...fields }: SessionDraft,
  sealing: { readonly key: Uint8Array; readonly aad: Uint8Array },
): { envelope: WireObject; record: Uint8Array } => {
  const record = concat(be64(seq), nonce, sealAead(sealing.key, nonce, sealing.aad, plaintext))
  return { envelope: { ...fields, payload: encodeBase64(record) }, record }
}
