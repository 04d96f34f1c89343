import { encodeBase64Url } from '../../bytes/base64.js'
import { concat } from '../../bytes/concat.js'
import { be32, len16, u8 } from '../../bytes/integers.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import type { HandshakeLabels, Transcript } from '../../handshake/steps.js'
import type { Mistake } from './mistake.js'

const label = (name: keyof HandshakeLabels, value: string): Mistake => ({
  mistake: `"${value}" in the place of its label`,
  parts: honest => ({ handshakeLabels: { ...honest.handshakeLabels, [name]: value } }),
})

export const infoLabelChanged = label('info', 'sage/hpke-info|v2')
export const exportCtxLabelChanged = label('exportCtx', 'sage/hpke-exporter|v1')
export const suiteChanged = label('suite', 'hpke-base+x25519+hkdf-sha256+chacha20poly1305')
export const combinerChanged = label('combiner', 'e2e-x25519-hkdf')
export const seedLabelChanged = label('seed', 'SAGE-HPKE-E2E-Combiner')
export const ackKeyLabelChanged = label('ackKey', 'SAGE-ack-key')
export const ackMsgLabelChanged = label('ackMsg', 'SAGE-ack-msg|v1')

export const rolesExchanged: Mistake = {
  mistake: 'initiator and responder exchanged in info',
  parts: honest => ({
    info: ({ ctx, initDid, respDid }, parts) => honest.info({ ctx, initDid: respDid, respDid: initDid }, parts),
  }),
}

export const infoAndContextExchanged: Mistake = {
  mistake: 'info and exportCtx exchanged in HPKE',
  parts: honest => ({
    exportAsSender: (input, parts) =>
      honest.exportAsSender({ ...input, info: input.exporterContext, exporterContext: input.info }, parts),
    exportAsReceiver: (input, parts) =>
      honest.exportAsReceiver({ ...input, info: input.exporterContext, exporterContext: input.info }, parts),
  }),
}

export const exporterContextEmpty: Mistake = {
  mistake: 'the exporter is asked with an empty context',
  parts: honest => ({
    exportAsSender: (input, parts) => honest.exportAsSender({ ...input, exporterContext: new Uint8Array() }, parts),
    exportAsReceiver: (input, parts) => honest.exportAsReceiver({ ...input, exporterContext: new Uint8Array() }, parts),
  }),
}

export const hpkeInfoEmpty: Mistake = {
  mistake: 'HPKE is set up without info',
  parts: honest => ({
    exportAsSender: (input, parts) => honest.exportAsSender({ ...input, info: new Uint8Array() }, parts),
    exportAsReceiver: (input, parts) => honest.exportAsReceiver({ ...input, info: new Uint8Array() }, parts),
  }),
}

export const prkExchanged: Mistake = {
  mistake: 'salt and ikm exchanged in the Extract of prk',
  parts: () => ({
    prk: (exportCtx, exporter, ssE2E, parts) => parts.hkdfExtract(concat(exporter, ssE2E), encodeUtf8(exportCtx)),
  }),
}

export const secretsExchanged: Mistake = {
  mistake: 'ssE2E before exporter in the ikm of prk',
  parts: honest => ({ prk: (exportCtx, exporter, ssE2E, parts) => honest.prk(exportCtx, ssE2E, exporter, parts) }),
}

export const secretMissing: Mistake = {
  mistake: 'ssE2E is missing from the ikm of prk',
  parts: honest => ({
    prk: (exportCtx, exporter, _ssE2E, parts) => honest.prk(exportCtx, exporter, new Uint8Array(), parts),
  }),
}

export const saltEmpty: Mistake = {
  mistake: 'no salt in the Extract of prk',
  parts: honest => ({ prk: (_exportCtx, exporter, ssE2E, parts) => honest.prk('', exporter, ssE2E, parts) }),
}

export const seedNotExpanded: Mistake = {
  mistake: 'prk taken for the seed',
  parts: () => ({ seed: prk => prk }),
}

export const ackKeyWithoutCounter: Mistake = {
  mistake: 'be32(1) is missing from the message of ackKey',
  parts: () => ({ ackKey: (seed, parts) => parts.hmacSha256(seed, encodeUtf8(parts.handshakeLabels.ackKey)) }),
}

export const ackKeyCounterByte: Mistake = {
  mistake: 'u8(1) in the place of be32(1) in the message of ackKey, as HKDF-Expand would have it',
  parts: () => ({
    ackKey: (seed, parts) => parts.hmacSha256(seed, concat(encodeUtf8(parts.handshakeLabels.ackKey), u8(1))),
  }),
}

export const ackKeyLittleEndian: Mistake = {
  mistake: 'the counter of ackKey is little-endian',
  parts: () => ({
    ackKey: (seed, parts) =>
      parts.hmacSha256(seed, concat(encodeUtf8(parts.handshakeLabels.ackKey), be32(1).reverse())),
  }),
}

export const ackKeyExchanged: Mistake = {
  mistake: 'key and message exchanged in the HMAC of ackKey',
  parts: () => ({
    ackKey: (seed, parts) => parts.hmacSha256(concat(encodeUtf8(parts.handshakeLabels.ackKey), be32(1)), seed),
  }),
}

const thOf = (mistake: string, encode: (transcript: Transcript) => readonly Uint8Array[]): Mistake => ({
  mistake,
  parts: () => ({ th: (transcript, parts) => parts.sha256(...encode(transcript)) }),
})

const bytesOf = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? encodeUtf8(value) : value)

const members = ({ info, exportCtx, enc, ephC, ephS, initDid, respDid }: Transcript): Uint8Array[] =>
  [info, exportCtx, enc, ephC, ephS, initDid, respDid].map(bytesOf)

export const thWithoutZeros = thOf('the zero bytes are missing from th', members)

export const thZerosAfter = thOf('the zero bytes stand after the members of th, not before', transcript =>
  members(transcript).flatMap(member => [member, u8(0)]),
)

export const thLengths = thOf('lengths in the place of the zero bytes of th', transcript =>
  members(transcript).map(member => len16(member)),
)

export const thEphemeralsExchanged: Mistake = {
  mistake: 'ephS before ephC in th',
  parts: honest => ({
    th: (transcript, parts) => honest.th({ ...transcript, ephC: transcript.ephS, ephS: transcript.ephC }, parts),
  }),
}

export const thWithoutDids = thOf('the DIDs are missing from th', transcript =>
  members(transcript)
    .slice(0, 5)
    .flatMap(member => [u8(0), member]),
)

export const thOverText: Mistake = {
  mistake: 'the keys go into th as base64url text',
  parts: honest => ({
    th: (transcript, parts) => {
      const [enc, ephC, ephS] = [transcript.enc, transcript.ephC, transcript.ephS].map(key =>
        encodeUtf8(encodeBase64Url(key)),
      )
      return honest.th({ ...transcript, enc: enc!, ephC: ephC!, ephS: ephS! }, parts)
    },
  }),
}

const tagOf = (
  mistake: string,
  encode: (input: { ctx: string; nonce: string; kid: string; th: Uint8Array }) => Uint8Array,
): Mistake => ({
  mistake,
  parts: () => ({
    ackTag: (ackKey, input, parts) =>
      parts.hmacSha256(ackKey, concat(encodeUtf8(parts.handshakeLabels.ackMsg), encode(input))),
  }),
})

export const tagWithoutLengths = tagOf('the lengths are missing from ackTag', ({ ctx, nonce, kid, th }) =>
  concat(encodeUtf8(ctx + nonce + kid), th),
)

export const tagByteLengths = tagOf('lengths of one byte in ackTag', ({ ctx, nonce, kid, th }) =>
  concat(...[ctx, nonce, kid].map(text => concat(u8(text.length), encodeUtf8(text))), th),
)

export const tagOrderChanged = tagOf('kid before nonce in ackTag', ({ ctx, nonce, kid, th }) =>
  concat(len16(ctx), len16(kid), len16(nonce), th),
)

export const tagWithoutTranscript = tagOf('th is missing from ackTag', ({ ctx, nonce, kid }) =>
  concat(len16(ctx), len16(nonce), len16(kid)),
)

export const tagTranscriptWithLength = tagOf('th goes into ackTag with its length', ({ ctx, nonce, kid, th }) =>
  concat(len16(ctx), len16(nonce), len16(kid), len16(th)),
)

export const signedMembersSorted: Mistake = {
  mistake: 'the members of the signed text in alphabetical order',
  parts: () => ({
    signedText: ({ v, task, ctx, kid, ephS, ackTagB64, ts, did, infoHash, exportCtxHash, enc, ephC }) =>
      JSON.stringify({ ackTagB64, ctx, did, enc, ephC, ephS, exportCtxHash, infoHash, kid, task, ts, v }),
  }),
}
