import type { SessionMessage } from '../../schemas/index.js'
import { Refusal } from '../probe/refusal.js'
import { deriveSessionKeys, type SessionKeys } from '../probe/session/keys.js'
import { openRecord, type OpenedRecord } from '../probe/session/record.js'
import { createReceiver, type Receiver } from '../probe/session/receiver.js'
import { parseBase64 } from '../probe/bytes/base64.js'
import { requestAad } from '../probe/wire/aad.js'

/** A request that opened, as a played responder keeps it. */
export interface PlayedRequest {
  readonly message: SessionMessage
  readonly record: Uint8Array
  readonly seq: bigint
  /** 12 bytes. */
  readonly nonce: Uint8Array
  readonly plaintext: Uint8Array
}

/** The responder's end of one session. */
export class PlayedSession {
  readonly keys: SessionKeys
  readonly receiver: Receiver
  readonly requests: PlayedRequest[] = []
  ended = false
  #nextSeq = 0n

  constructor(
    readonly kid: string,
    readonly contextId: string,
    readonly initDid: string,
    seed: Uint8Array,
    maxSessionRecords: bigint,
  ) {
    this.keys = deriveSessionKeys(seed)
    this.receiver = createReceiver(this.keys.c2sEnc, maxSessionRecords)
  }

  /** Sequence number of the next honest answer, which is then used up. */
  takeSeq(): bigint {
    return this.#nextSeq++
  }

  /**
   * Opens a request of this session, in the protocol's order.
   * @throws Refusal whose rule says what is wrong, the key that was used by mistake included
   */
  open(message: SessionMessage): PlayedRequest {
    if (message.did !== this.initDid) throw new Refusal('identity', 'message.did-initiator')
    if (message.context_id !== this.contextId) throw new Refusal('transcript', 'message.context-handshake')
    const record = parseBase64(message.payload)
    const { seq, plaintext } = this.#opened(record, requestAad(message))
    const request = { message, record, seq, plaintext, nonce: record.slice(8, 20) }
    this.requests.push(request)
    return request
  }

  #opened(record: Uint8Array, aad: Uint8Array): OpenedRecord {
    try {
      return this.receiver.open(record, aad)
    } catch (cause) {
      if (cause instanceof Refusal && cause.layer === 'aead') this.#nameMistakenKey(record, aad)
      throw cause
    }
  }

  #nameMistakenKey(record: Uint8Array, aad: Uint8Array): void {
    for (const name of ['s2cEnc', 'encryptKey', 'signingKey', 'c2sSign', 's2cSign'] as const) {
      try {
        openRecord(this.keys[name], aad, record)
      } catch {
        continue
      }
      throw new Refusal('aead', `keys.direction: sealed under ${name}, not c2sEnc`)
    }
  }
}
