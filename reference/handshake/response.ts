import { HANDSHAKE_TASK, HandshakeResponseData, type HandshakeResponse } from '../../schemas/index.js'
import { encodeBase64, encodeBase64Url } from '../bytes/base64.js'
import { schemaParser } from '../bytes/schema.js'
import type { PrivateKey } from '../crypto/raw-key.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { handshakeParts, type HandshakeParts } from './parts.js'
import type { SignedFields } from './steps.js'

/** The version of response data. */
export const RESPONSE_VERSION = 'v1'

/** The JSON text of response data, in the order of members of the deployed core. */
export const encodeResponseData = (data: HandshakeResponseData): string => {
  const { ackTagB64, ctx, did, enc, ephC, ephS, exportCtxHash, infoHash, kid, sigB64, task, ts, v } = data
  return JSON.stringify({ ackTagB64, ctx, did, enc, ephC, ephS, exportCtxHash, infoHash, kid, sigB64, task, ts, v })
}

/** What response data is made of: texts, and byte strings of 32 bytes. */
export interface ResponseInput {
  /** The responder's signing key: the 32-byte seed, or imported. */
  readonly signingKey: PrivateKey
  readonly ctx: string
  readonly kid: string
  readonly ephS: Uint8Array
  readonly ackTag: Uint8Array
  /** The time of the response, as it is to be written. */
  readonly ts: string
  readonly respDid: string
  readonly info: string
  readonly exportCtx: string
  readonly enc: Uint8Array
  readonly ephC: Uint8Array
}

/** Response data with the steps of its signature. */
export interface SignedResponse {
  readonly infoHash: Uint8Array
  readonly exportCtxHash: Uint8Array
  readonly signedText: string
  readonly data: HandshakeResponseData
}

/** Builds and signs response data. */
export const signResponse = (input: ResponseInput, parts: HandshakeParts = handshakeParts): SignedResponse => {
  const infoHash = parts.sha256(encodeUtf8(input.info))
  const exportCtxHash = parts.sha256(encodeUtf8(input.exportCtx))
  const fields: SignedFields = {
    v: RESPONSE_VERSION,
    task: HANDSHAKE_TASK,
    ctx: input.ctx,
    kid: input.kid,
    ephS: encodeBase64Url(input.ephS),
    ackTagB64: encodeBase64Url(input.ackTag),
    ts: input.ts,
    did: input.respDid,
    infoHash: encodeBase64Url(infoHash),
    exportCtxHash: encodeBase64Url(exportCtxHash),
    enc: encodeBase64Url(input.enc),
    ephC: encodeBase64Url(input.ephC),
  }
  const signedText = parts.signedText(fields)
  const sigB64 = encodeBase64Url(parts.signEd25519(input.signingKey, encodeUtf8(signedText)))
  return { infoHash, exportCtxHash, signedText, data: { ...fields, sigB64 } }
}

/** The envelope around response data. `messageId` is the `id` of the request. */
export const encodeResponse = (messageId: string, data: HandshakeResponseData): HandshakeResponse => ({
  success: true,
  message_id: messageId,
  task_id: HANDSHAKE_TASK,
  data: encodeBase64(encodeUtf8(encodeResponseData(data))),
})

/** Response data with its values decoded. */
export interface ParsedResponseData {
  readonly data: HandshakeResponseData
  /** 32 bytes each, as received. */
  readonly ephS: Uint8Array
  readonly ackTag: Uint8Array
  readonly enc: Uint8Array
  readonly ephC: Uint8Array
  readonly infoHash: Uint8Array
  readonly exportCtxHash: Uint8Array
  /** 64 bytes. */
  readonly signature: Uint8Array
  /** Nanoseconds since 1970. */
  readonly ts: bigint
}

const parseSchema = schemaParser(HandshakeResponseData, 'handshake response data')

/**
 * Response data from its bytes (handshake.response-schema).
 * @throws SageError `malformed`
 */
export const parseResponseData = (bytes: Uint8Array, parts: HandshakeParts = handshakeParts): ParsedResponseData => {
  const data = parseSchema(parts.parseJson(bytes))
  return {
    data,
    ephS: parts.parseBase64Url(data.ephS, 32),
    ackTag: parts.parseBase64Url(data.ackTagB64, 32),
    enc: parts.parseBase64Url(data.enc, 32),
    ephC: parts.parseBase64Url(data.ephC, 32),
    infoHash: parts.parseBase64Url(data.infoHash, 32),
    exportCtxHash: parts.parseBase64Url(data.exportCtxHash, 32),
    signature: parts.parseBase64Url(data.sigB64, 64),
    ts: parts.parseTime(data.ts),
  }
}
