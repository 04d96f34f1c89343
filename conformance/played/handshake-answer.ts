import { HANDSHAKE_TASK, type HandshakeResponse } from '../../schemas/index.js'
import { encodeBase64, encodeBase64url } from '../probe/bytes/base64.js'
import { encodeUtf8 } from '../probe/bytes/utf8.js'
import { createUuid } from '../probe/entropy.js'
import { deriveAckTag } from '../probe/handshake/ack-tag.js'
import { deriveAsResponder } from '../probe/handshake/derivation.js'
import type { OpenedRequest } from '../probe/handshake/request.js'
import { draftResponseData, signedText, type ResponseDraft } from '../probe/handshake/response.js'
import type { Fault, HandshakeStage, Stage } from './fault.js'
import type { PlayedIdentity } from './identity.js'
import { jsonReply, type Reply } from './reply.js'

/** The answer to a handshake, and what an initiator that takes it would have: a session name and 32 bytes of seed. */
export interface HandshakeAnswer {
  readonly reply: Reply
  readonly kid: string
  readonly seed: Uint8Array
}

/** Signature of response data, b64u. */
export const signData = (data: ResponseDraft, sign: PlayedIdentity['sign']): string =>
  encodeBase64url(sign(encodeUtf8(signedText(data))))

/** The handshake response around response data, which may be any text. */
const wrap = (messageId: string, data: object | string): HandshakeResponse => ({
  success: true,
  message_id: messageId,
  task_id: HANDSHAKE_TASK,
  data: encodeBase64(encodeUtf8(typeof data === 'string' ? data : JSON.stringify(data))),
})

const replyTo = (draft: ResponseDraft, fault: Fault, stage: HandshakeStage): Reply => {
  const data = { ...draft, sigB64: signData(draft, stage.identity.sign) }
  const message = wrap(stage.request.id, fault.responseData?.(data, stage) ?? data)
  const reply = jsonReply(200, fault.handshakeEnvelope?.(message, stage) ?? message)
  return fault.handshakeReply?.(reply, stage) ?? reply
}

/** Answers a handshake that broke no rule, with `fault` in it. */
export const answerHandshake = (request: OpenedRequest, fault: Fault, stage: Stage): HandshakeAnswer => {
  const { ctx, initDid, respDid, enc, ephC } = request
  const { kemPrivateKey, kemPublicKey } = stage.identity
  const keys = { kemPrivateKey, kemPublicKey, ephSPrivateKey: stage.entropy(32) }
  const honest = deriveAsResponder({ ctx, initDid, respDid, enc, ephC, ...keys })
  const derivation = fault.derivation?.(honest, stage) ?? honest
  const kid = `kid-${createUuid(stage.entropy)}`
  const ack = deriveAckTag(derivation, request.nonce, kid)
  const told: HandshakeStage = { ...stage, request, derivation, ack }
  const draft = draftResponseData({ derivation, ackTag: ack.ackTag, kid, ts: stage.now })
  return { reply: replyTo(fault.response?.(draft, told) ?? draft, fault, told), kid, seed: derivation.seed }
}
