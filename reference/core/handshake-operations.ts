import { encodeBase64 } from '../bytes/base64.js'
import { malformed } from '../bytes/sage-error.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { judgeRequest, readRequest } from '../handshake/accept.js'
import { deriveAckTag, deriveInitiator, deriveOffer, deriveResponder } from '../handshake/derivation.js'
import { signPayload } from '../handshake/request.js'
import type { ReplayStore } from '../handshake/responder-guards.js'
import { signResponse } from '../handshake/response.js'
import { verifyResponse } from '../handshake/verify-response.js'
import { parseMessage, parseResponse } from '../message/envelope.js'
import type { Parts } from '../parts.js'
import { findKey } from './find-key.js'
import type { OpInput } from './op-input.js'
import type { OperationsOf } from './operation.js'

const parties = (input: OpInput, parts: Parts) => {
  const [ctx, initDid, respDid] = [input.text('ctx'), input.text('initDid'), input.text('respDid')]
  parts.parseToken(ctx)
  parts.parseDid(initDid)
  parts.parseDid(respDid)
  return { ctx, initDid, respDid }
}

const initiatorInput = (input: OpInput, parts: Parts) => ({
  ...parties(input, parts),
  kemPublicKey: input.bytes('kemPublicKey', 32),
  ikmE: input.bytes('ikmE', 32),
  ephCPrivateKey: input.bytes('ephCPrivateKey', 32),
})

const exchanged = (input: OpInput) => ({ enc: input.bytes('enc', 32), ephC: input.bytes('ephC', 32) })

/** An operation judges one message: no nonce has been seen. */
const emptyReplayStore: ReplayStore = { claim: () => 'fresh' }

/** The handshake: its derivation, and the messages as each side judges them. */
export const handshakeOperations: OperationsOf<'handshake.'> = {
  'handshake.initiator': (input, { parts }) => ({
    ...deriveInitiator({ ...initiatorInput(input, parts), ephS: input.bytes('ephS', 32) }, parts),
  }),

  'handshake.responder': (input, { parts }) => {
    const privateKey = input.bytes('kemPrivateKey', 32)
    const kemKeyPair = { privateKey, publicKey: parts.x25519PublicKey(privateKey) }
    const ephSPrivateKey = input.bytes('ephSPrivateKey', 32)
    return { ...deriveResponder({ ...parties(input, parts), ...exchanged(input), kemKeyPair, ephSPrivateKey }, parts) }
  },

  'handshake.ack-tag': (input, { parts }) => {
    const handshake = parties(input, parts)
    const info = parts.info(handshake, parts)
    const exportCtx = parts.exportCtx(handshake.ctx, parts)
    const [nonce, kid] = [parts.parseToken(input.text('nonce')), parts.parseToken(input.text('kid'))]
    const keys = { ...exchanged(input), ephS: input.bytes('ephS', 32), seed: input.bytes('seed', 32) }
    return { info, exportCtx, ...deriveAckTag({ ...handshake, info, exportCtx, ...keys, nonce, kid }, parts) }
  },

  'handshake.sign-request': (input, { parts }) => ({
    signature: encodeBase64(signPayload(input.bytes('privateKey', 32), encodeUtf8(input.text('payload')), parts)),
  }),

  'handshake.sign-response': (input, { parts }) => {
    const { infoHash, exportCtxHash, signedText, data } = signResponse(
      {
        signingKey: input.bytes('privateKey', 32),
        ctx: parts.parseToken(input.text('ctx')),
        kid: parts.parseToken(input.text('kid')),
        ephS: input.bytes('ephS', 32),
        ackTag: input.bytes('ackTag', 32),
        ts: input.text('ts'),
        respDid: input.text('respDid'),
        info: input.text('info'),
        exportCtx: input.text('exportCtx'),
        ...exchanged(input),
      },
      parts,
    )
    return { infoHash, exportCtxHash, signedText, sigB64: data.sigB64 }
  },

  'handshake.open-request': (input, { parts, guards }) => {
    const request = parseMessage(parts.parseJson(encodeUtf8(input.text('message'))), parts)
    if (request.kind !== 'handshake') throw malformed('not a handshake message')
    const payload = readRequest(request, parts, guards.task)
    const knowledge = {
      initiatorKey: findKey(request.did, input.object('keys'), parts),
      admitted: true,
      ownDid: input.text('respDid'),
      now: parts.parseTime(input.text('now')),
      replay: emptyReplayStore,
    }
    judgeRequest(request, payload, knowledge, parts, guards.responder)
    const { initDid, nonce, enc, ephC } = payload
    return { ctx: request.contextId, initDid, nonce, enc, ephC }
  },

  'handshake.open-response': (input, { parts, guards }) => {
    const received = parseResponse(parts.parseJson(encodeUtf8(input.text('response'))), parts)
    if (received.kind !== 'handshake') throw malformed('not a handshake response')
    const request = input.object('request')
    const offered = initiatorInput(request, parts)
    const pending = {
      ...offered,
      ...deriveOffer(offered, parts),
      id: parts.parseToken(request.text('id')),
      nonce: parts.parseToken(request.text('nonce')),
    }
    const { response, dataBytes } = received
    const responderKey = findKey(pending.respDid, input.object('keys'), parts)
    const now = parts.parseTime(input.text('now'))
    const judged = { messageId: response.message_id, dataBytes, pending, responderKey, now }
    return { ...verifyResponse(judged, parts, guards.response) }
  },
}
