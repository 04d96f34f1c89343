import { encodeBase64, parseBase64url } from '../bytes/base64.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { signEd25519 } from '../crypto/ed25519.js'
import { deriveAckTag } from '../handshake/ack-tag.js'
import { deriveAsInitiator, deriveAsResponder, type Derivation } from '../handshake/derivation.js'
import { openRequest } from '../handshake/request.js'
import { draftResponseData, signedText, signResponseData } from '../handshake/response.js'
import { exportCtxOf, infoOf, type Parties } from '../handshake/strings.js'
import { openResponse } from '../handshake/verdict.js'
import { resolverOf } from './form-ops.js'
import { hex, object, text, time, type Input } from './input.js'
import type { Operation } from './output.js'

const parties = (input: Input): Parties => ({
  ctx: text(input, 'ctx'),
  initDid: text(input, 'initDid'),
  respDid: text(input, 'respDid'),
})

const publicKeys = (input: Input) => ({
  enc: hex(input, 'enc'),
  ephC: hex(input, 'ephC'),
  ephS: hex(input, 'ephS'),
})

const initiatorKeys = (input: Input) => ({
  kemPublicKey: hex(input, 'kemPublicKey'),
  ikmE: hex(input, 'ikmE'),
  ephCPrivateKey: hex(input, 'ephCPrivateKey'),
})

const secretsOf = ({ info, exportCtx, exporter, ssE2E, prk, seed }: Derivation) => ({
  info,
  exportCtx,
  exporter,
  ssE2E,
  prk,
  seed,
})

/** The operations of vectors on the handshake. */
export const handshakeOps = {
  'handshake.initiator': input => {
    const derivation = deriveAsInitiator({ ...parties(input), ...initiatorKeys(input), ephS: hex(input, 'ephS') })
    return { ...secretsOf(derivation), enc: derivation.enc, ephC: derivation.ephC }
  },

  'handshake.responder': input => {
    const derivation = deriveAsResponder({
      ...parties(input),
      kemPrivateKey: hex(input, 'kemPrivateKey'),
      enc: hex(input, 'enc'),
      ephC: hex(input, 'ephC'),
      ephSPrivateKey: hex(input, 'ephSPrivateKey'),
    })
    return { ...secretsOf(derivation), ephS: derivation.ephS }
  },

  'handshake.ack-tag': input => {
    const strings = { info: infoOf(parties(input)), exportCtx: exportCtxOf(text(input, 'ctx')) }
    const transcript = { ...parties(input), ...strings, ...publicKeys(input), seed: hex(input, 'seed') }
    return { ...strings, ...deriveAckTag(transcript, text(input, 'nonce'), text(input, 'kid')) }
  },

  'handshake.sign-request': input => ({
    signature: encodeBase64(signEd25519(hex(input, 'privateKey'), encodeUtf8(text(input, 'payload')))),
  }),

  'handshake.sign-response': input => {
    const draft = {
      ...draftResponseData({
        derivation: {
          ctx: text(input, 'ctx'),
          respDid: text(input, 'respDid'),
          info: text(input, 'info'),
          exportCtx: text(input, 'exportCtx'),
          ...publicKeys(input),
        },
        ackTag: hex(input, 'ackTag'),
        kid: text(input, 'kid'),
        ts: 0n,
      }),
      ts: text(input, 'ts'),
    }
    return {
      infoHash: parseBase64url(draft.infoHash),
      exportCtxHash: parseBase64url(draft.exportCtxHash),
      signedText: signedText(draft),
      sigB64: signResponseData(draft, hex(input, 'privateKey')).sigB64,
    }
  },

  'handshake.open-request': input => {
    const reader = { respDid: text(input, 'respDid'), now: time(input, 'now'), resolve: resolverOf(input) }
    const { ctx, initDid, nonce, enc, ephC } = openRequest(text(input, 'message'), reader)
    return { ctx, initDid, nonce, enc, ephC }
  },

  'handshake.open-response': input => {
    const request = object(input, 'request')
    const sent = {
      id: text(request, 'id'),
      nonce: text(request, 'nonce'),
      ...parties(request),
      ...initiatorKeys(request),
    }
    const reader = { now: time(input, 'now'), resolve: resolverOf(input) }
    const { kid, derivation } = openResponse(text(input, 'response'), sent, reader)
    return { kid, seed: derivation.seed }
  },
} satisfies Record<string, Operation<Input>>
