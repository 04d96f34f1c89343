import type { StreamFields } from '../../wire/aad.js'
import { encodeBody } from '../../wire/body.js'
import { parseSessionMessage, sealResponse } from '../../wire/session-message.js'
import { parseBase64 } from '../../bytes/base64.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { ProbeSession } from '../session-draft.js'

const zeros = (length: number): Uint8Array => new Uint8Array(length)

/** A session of an initiator, without anybody at the other end. */
export const scriptedSession = (): ProbeSession =>
  new ProbeSession('kid-1', 'ctx-1', { did: 'did:key:zInitiator', sign: () => zeros(64) }, zeros(32), 1000n)

/** What a scripted responder says of a part beside its `stream`; every member can be wrong. */
export interface SaidPart {
  readonly plaintext?: string
  readonly error?: string
  readonly message_id?: string
  readonly task_id?: string
  readonly kid?: string
  readonly encoding?: string
  /** The record of another message, in the place of the opening's. */
  readonly boundTo?: Uint8Array
}

/** The responder's end of a stream, which says exactly what it is told. */
export class ScriptedStream {
  #seq = 0n
  #opening: { readonly id: string; readonly task_id: string; readonly record: Uint8Array } | undefined

  constructor(readonly session: ProbeSession) {}

  /** Takes a message of the initiator; the first one is the opening. */
  take(text: Uint8Array): ReturnType<typeof parseSessionMessage> {
    const message = parseSessionMessage(text)
    this.#opening ??= { ...message, record: parseBase64(message.payload) }
    return message
  }

  /** The bytes of a part of the stream. */
  say(stream: StreamFields | undefined, said: SaidPart = {}): Uint8Array {
    const opening = this.#opening
    if (!opening) throw new Error('nobody has opened a stream')
    const { plaintext = '', error, boundTo, ...names } = said
    const fields = {
      success: error === undefined,
      ...(error !== undefined && { error }),
      message_id: opening.id,
      task_id: opening.task_id,
      kid: this.session.kid,
      ...names,
      ...(stream && { stream }),
    }
    const sealing = {
      key: this.session.keys.s2cEnc,
      seq: this.#seq++,
      nonce: zeros(12),
      plaintext: encodeUtf8(plaintext),
    }
    return encodeBody(sealResponse(fields, boundTo ?? opening.record, sealing).response)
  }
}
