import { HANDSHAKE_TASK, HandshakeResponse, HandshakeResponseData } from '../../../schemas/index.js'
import { encodeBase64, encodeBase64url, parseBase64 } from '../bytes/base64.js'
import { parseJsonObject } from '../bytes/json.js'
import { encodeTime, parseTime } from '../bytes/time.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { signEd25519 } from '../crypto/ed25519.js'
import { sha256 } from '../crypto/hash.js'
import { encodeBody } from '../wire/body.js'
import { parserOf } from '../wire/shape.js'
import type { Derivation } from './derivation.js'

/** The response data before it is signed. */
export type ResponseDraft = Omit<HandshakeResponseData, 'sigB64'>

/** What response data is drafted from; `ts` in nanoseconds from the Unix epoch. */
export interface ResponseFacts {
  readonly derivation: Pick<Derivation, 'ctx' | 'respDid' | 'info' | 'exportCtx' | 'enc' | 'ephC' | 'ephS'>
  readonly ackTag: Uint8Array
  readonly kid: string
  readonly ts: bigint
}

const hashOf = (text: string): Uint8Array => sha256(encodeUtf8(text))

/** The response data of an honest responder, still unsigned. A forger spreads it and overrides. */
export const draftResponseData = ({ derivation, ackTag, kid, ts }: ResponseFacts): ResponseDraft => ({
  v: 'v1',
  task: HANDSHAKE_TASK,
  ctx: derivation.ctx,
  kid,
  ephS: encodeBase64url(derivation.ephS),
  ackTagB64: encodeBase64url(ackTag),
  ts: encodeTime(ts),
  did: derivation.respDid,
  infoHash: encodeBase64url(hashOf(derivation.info)),
  exportCtxHash: encodeBase64url(hashOf(derivation.exportCtx)),
  enc: encodeBase64url(derivation.enc),
  ephC: encodeBase64url(derivation.ephC),
})

/** The text that a responder signs: compact JSON of twelve members in their one order. */
export const signedText = (data: ResponseDraft): string => {
  const { v, task, ctx, kid, ephS, ackTagB64, ts, did, infoHash, exportCtxHash, enc, ephC } = data
  return JSON.stringify({ v, task, ctx, kid, ephS, ackTagB64, ts, did, infoHash, exportCtxHash, enc, ephC })
}

/** The data with its `sigB64`, by a private key of 32 bytes, members in the alphabetical order of the deployed core. */
export const signResponseData = (draft: ResponseDraft, privateKey: Uint8Array): HandshakeResponseData => {
  const sigB64 = encodeBase64url(signEd25519(privateKey, encodeUtf8(signedText(draft))))
  const { ackTagB64, ctx, did, enc, ephC, ephS, exportCtxHash, infoHash, kid, task, ts, v } = draft
  return { ackTagB64, ctx, did, enc, ephC, ephS, exportCtxHash, infoHash, kid, sigB64, task, ts, v }
}

/** The response that carries `data` to the sender of the message `messageId`. */
export const wrapResponseData = (messageId: string, data: object): HandshakeResponse => ({
  success: true,
  message_id: messageId,
  task_id: HANDSHAKE_TASK,
  data: encodeBase64(encodeBody(data)),
})

const parseResponse = parserOf<HandshakeResponse>(HandshakeResponse)
const parseData = parserOf<HandshakeResponseData>(HandshakeResponseData)

/**
 * A handshake response from its JSON text, its data still to be judged.
 * @throws Refusal `encoding` or `schema`, on a plain error too
 */
export const parseHandshakeResponse = (text: Uint8Array | string): HandshakeResponse =>
  parseResponse(parseJsonObject(text))

/**
 * The data of a handshake response.
 * @throws Refusal `encoding` or `schema`
 */
export const parseResponseData = (response: HandshakeResponse): HandshakeResponseData => {
  const data = parseData(parseJsonObject(parseBase64(response.data)))
  parseTime(data.ts)
  return data
}
