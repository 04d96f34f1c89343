import { encodeBase64url } from '../bytes/base64.js'
import { be16, be32, concat, len16, u8 } from '../bytes/framing.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { hmacSha256, sha256 } from '../crypto/hash.js'
import { hkdfExpand, hkdfExtract } from '../crypto/hkdf.js'
import { hashedParts, honestSteps, type Acknowledged, type HandshakeSteps } from '../handshake/steps.js'

// What implementers get wrong between two key exchanges and the ack tag. Most of these stand beside the true values in
// vectors/handshake-derivation.json and vectors/ack-tag.json too.

const NOTHING = new Uint8Array(0)
const honest = honestSteps

const suite = (aead: number): Partial<HandshakeSteps> => ({
  hpke: (info, exportCtx) => ({ ...honest.hpke(info, exportCtx), aead }),
})

const seedLabel = (label: string): Partial<HandshakeSteps> => ({ seed: prk => hkdfExpand(prk, encodeUtf8(label), 32) })

const ackKeyOf = (message: Uint8Array): Partial<HandshakeSteps> => ({ ackKey: seed => hmacSha256(seed, message) })
const ackKeyLabel = encodeUtf8('SAGE-ack-key-v1')

const ackMessage = (message: (of: Acknowledged) => readonly Uint8Array[]): Partial<HandshakeSteps> => ({
  ackTag: (key, of) => hmacSha256(key, concat(...message(of))),
})
const ackLabel = encodeUtf8('SAGE-ack-msg|v1|')
const len8 = (text: string): Uint8Array => concat(u8(text.length), encodeUtf8(text))

/** Each mistake by the sentence that names it: the steps that it makes otherwise. */
export const handshakeMistakes: Readonly<Record<string, Partial<HandshakeSteps>>> = {
  'HPKE is set up without info': { hpke: (_info, exportCtx) => honest.hpke('', exportCtx) },
  'info and exportCtx exchanged in HPKE': { hpke: (info, exportCtx) => honest.hpke(exportCtx, info) },
  'the exporter is asked with an empty context': { hpke: info => honest.hpke(info, '') },
  'initiator and responder exchanged in info': {
    info: ({ ctx, initDid, respDid }) => honest.info({ ctx, initDid: respDid, respDid: initDid }),
  },
  'AES-128-GCM (0x0001) in the suite id of HPKE': suite(0x0001),
  'AES-256-GCM (0x0002) in the suite id of HPKE': suite(0x0002),
  'export-only (0xffff) in the suite id of HPKE': suite(0xffff),
  'salt and ikm exchanged in the Extract of prk': {
    prk: (exportCtx, exporter, ssE2E) => hkdfExtract(concat(exporter, ssE2E), encodeUtf8(exportCtx)),
  },
  'no salt in the Extract of prk': { prk: (_, exporter, ssE2E) => hkdfExtract(NOTHING, concat(exporter, ssE2E)) },
  'ssE2E before exporter in the ikm of prk': {
    prk: (exportCtx, exporter, ssE2E) => hkdfExtract(encodeUtf8(exportCtx), concat(ssE2E, exporter)),
  },
  'ssE2E is missing from the ikm of prk': {
    prk: (exportCtx, exporter) => hkdfExtract(encodeUtf8(exportCtx), exporter),
  },
  'exporter is missing from the ikm of prk': {
    prk: (exportCtx, _exporter, ssE2E) => hkdfExtract(encodeUtf8(exportCtx), ssE2E),
  },
  'prk taken for the seed': { seed: prk => prk },
  'HMAC(prk, label) in the place of HKDF-Expand in seed': {
    seed: prk => hmacSha256(prk, encodeUtf8('SAGE-HPKE+E2E-Combiner')),
  },
  'no label in the Expand of seed': seedLabel(''),
  '"SAGE-HPKE-E2E-Combiner" in the place of the label of seed': seedLabel('SAGE-HPKE-E2E-Combiner'),
  '"SAGE-HPKE+E2E-Combiner-v1" in the place of the label of seed': seedLabel('SAGE-HPKE+E2E-Combiner-v1'),
  "the combiner's name in the place of the label of seed": seedLabel('e2e-x25519-hkdf-v1'),
  'seed taken for ackKey': { ackKey: seed => seed },
  '"SAGE-ack-key" in the place of the label of ackKey': ackKeyOf(concat(encodeUtf8('SAGE-ack-key'), be32(1))),
  'be32(1) is missing from the message of ackKey': ackKeyOf(ackKeyLabel),
  'u8(1) in the place of be32(1) in the message of ackKey, as HKDF-Expand would have it': ackKeyOf(
    concat(ackKeyLabel, u8(1)),
  ),
  'the counter of ackKey is little-endian': ackKeyOf(concat(ackKeyLabel, be32(0x0100_0000))),
  'the counter of ackKey is 0': ackKeyOf(concat(ackKeyLabel, be32(0))),
  'the counter of ackKey stands before its label': ackKeyOf(concat(be32(1), ackKeyLabel)),
  'key and message exchanged in the HMAC of ackKey': {
    ackKey: seed => hmacSha256(concat(ackKeyLabel, be32(1)), seed),
  },
  'the zero bytes are missing from th': { th: of => sha256(concat(...hashedParts(of))) },
  'the zero bytes stand after the members of th, not before': {
    th: of => sha256(concat(...hashedParts(of).flatMap(part => [part, u8(0)]))),
  },
  'the zero bytes stand between the members of th only': {
    th: of => sha256(concat(...hashedParts(of).flatMap((part, at) => (at === 0 ? [part] : [u8(0), part])))),
  },
  'lengths in the place of the zero bytes of th': {
    th: of => sha256(concat(...hashedParts(of).flatMap(part => [be16(part.length), part]))),
  },
  'ephS before ephC in th': { th: of => honest.th({ ...of, ephC: of.ephS, ephS: of.ephC }) },
  'the DIDs exchanged in th': { th: of => honest.th({ ...of, initDid: of.respDid, respDid: of.initDid }) },
  'the DIDs are missing from th': {
    th: of =>
      sha256(
        concat(
          ...hashedParts(of)
            .slice(0, 5)
            .flatMap(part => [u8(0), part]),
        ),
      ),
  },
  'the keys go into th as base64url text': {
    th: ({ enc, ephC, ephS, ...of }) => {
      const [a, b, c] = [enc, ephC, ephS].map(key => encodeUtf8(encodeBase64url(key)))
      return honest.th({ ...of, enc: a ?? NOTHING, ephC: b ?? NOTHING, ephS: c ?? NOTHING })
    },
  },
  '"SAGE-ack-msg|v1" in the place of the label of ackTag': ackMessage(({ ctx, nonce, kid, th }) => [
    encodeUtf8('SAGE-ack-msg|v1'),
    ...[ctx, nonce, kid].map(len16),
    th,
  ]),
  'ctx is missing from ackTag': ackMessage(({ nonce, kid, th }) => [ackLabel, len16(nonce), len16(kid), th]),
  'nonce is missing from ackTag': ackMessage(({ ctx, kid, th }) => [ackLabel, len16(ctx), len16(kid), th]),
  'kid is missing from ackTag': ackMessage(({ ctx, nonce, th }) => [ackLabel, len16(ctx), len16(nonce), th]),
  'th is missing from ackTag': ackMessage(({ ctx, nonce, kid }) => [ackLabel, ...[ctx, nonce, kid].map(len16)]),
  'kid before nonce in ackTag': ackMessage(({ ctx, nonce, kid, th }) => [
    ackLabel,
    ...[ctx, kid, nonce].map(len16),
    th,
  ]),
  'nonce before ctx in ackTag': ackMessage(({ ctx, nonce, kid, th }) => [
    ackLabel,
    ...[nonce, ctx, kid].map(len16),
    th,
  ]),
  'the lengths are missing from ackTag': ackMessage(({ ctx, nonce, kid, th }) => [
    ackLabel,
    ...[ctx, nonce, kid].map(encodeUtf8),
    th,
  ]),
  'lengths of one byte in ackTag': ackMessage(({ ctx, nonce, kid, th }) => [
    ackLabel,
    ...[ctx, nonce, kid].map(len8),
    th,
  ]),
  'th goes into ackTag with its length': ackMessage(({ ctx, nonce, kid, th }) => [
    ackLabel,
    ...[ctx, nonce, kid].map(len16),
    be16(th.length),
    th,
  ]),
  'th goes into ackTag before the rest': ackMessage(({ ctx, nonce, kid, th }) => [
    ackLabel,
    th,
    ...[ctx, nonce, kid].map(len16),
  ]),
}
