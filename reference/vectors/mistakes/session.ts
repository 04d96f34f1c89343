import { encodeBase64, encodeBase64Url } from '../../bytes/base64.js'
import { concat } from '../../bytes/concat.js'
import { be64 } from '../../bytes/integers.js'
import { encodeHex } from '../../bytes/hex.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import type { SessionLabels } from '../../session/steps.js'
import type { Mistake } from './mistake.js'

const label = (name: keyof SessionLabels, value: string): Mistake => ({
  mistake: `"${value}" in the place of its label`,
  parts: honest => ({ sessionLabels: { ...honest.sessionLabels, [name]: value } }),
})

export const sidLabelChanged = label('sid', 'sage/hpke+e2e|v1')
export const sessionKeysLabelChanged = label('sessionKeys', 'sage-session-key-v1')
export const directionalLabelChanged = label('directionalKeys', 'sage-directional-key-v1')
export const directionalLabelRepeated = label('directionalKeys', 'sage-session-keys-v1')

export const sidWhole: Mistake = {
  mistake: 'sid made of all 32 bytes of the hash',
  parts: () => ({
    sid: (seed, parts) => encodeBase64Url(parts.sha256(encodeUtf8(parts.sessionLabels.sid), seed)),
  }),
}

export const sidHex: Mistake = {
  mistake: 'sid in hex',
  parts: () => ({
    sid: (seed, parts) => encodeHex(parts.sha256(encodeUtf8(parts.sessionLabels.sid), seed).subarray(0, 16)),
  }),
}

export const sidPadded: Mistake = {
  mistake: 'sid in base64 with padding',
  parts: () => ({
    sid: (seed, parts) => encodeBase64(parts.sha256(encodeUtf8(parts.sessionLabels.sid), seed).subarray(0, 16)),
  }),
}

export const sidSeedFirst: Mistake = {
  mistake: 'seed before the label in the hash of sid',
  parts: () => ({
    sid: (seed, parts) => encodeBase64Url(parts.sha256(seed, encodeUtf8(parts.sessionLabels.sid)).subarray(0, 16)),
  }),
}

export const saltRaw: Mistake = {
  mistake: 'the 16 bytes that sid encodes for the salt, not the text of sid',
  parts: () => ({
    sessionPrk: (sid, seed, parts) => parts.hkdfExtract(Uint8Array.from(Buffer.from(sid, 'base64url')), seed),
  }),
}

export const sessionPrkExchanged: Mistake = {
  mistake: 'salt and ikm exchanged in the Extract of sessionPrk',
  parts: () => ({ sessionPrk: (sid, seed, parts) => parts.hkdfExtract(seed, encodeUtf8(sid)) }),
}

export const sessionPrkWithoutSalt: Mistake = {
  mistake: 'no salt in the Extract of sessionPrk',
  parts: honest => ({ sessionPrk: (_sid, seed, parts) => honest.sessionPrk('', seed, parts) }),
}

export const oneExpand: Mistake = {
  mistake: 'one Expand over 192 bytes with the label of the first two keys',
  parts: () => ({
    keyBlock: (prk, parts) => parts.hkdfExpand(prk, encodeUtf8(parts.sessionLabels.sessionKeys), 192),
  }),
}

export const extractTwice: Mistake = {
  mistake: 'a second Extract before the directional keys',
  parts: honest => ({
    keyBlock: (prk, parts) =>
      concat(
        honest.keyBlock(prk, parts).subarray(0, 64),
        honest.keyBlock(parts.hkdfExtract(new Uint8Array(), prk), parts).subarray(64),
      ),
  }),
}

export const lastKeyZero: Mistake = {
  mistake: 'the block ends 32 bytes early, and the last key stays zero',
  parts: honest => ({
    keyBlock: (prk, parts) => concat(honest.keyBlock(prk, parts).subarray(0, 160), new Uint8Array(32)),
  }),
}

export const blockOffset: Mistake = {
  mistake: 'the directional keys are cut 32 bytes too early from the block',
  parts: () => ({
    sliceKeys: block => ({
      encryptKey: block.slice(0, 32),
      signingKey: block.slice(32, 64),
      c2sEnc: block.slice(32, 64),
      c2sSign: block.slice(64, 96),
      s2cEnc: block.slice(96, 128),
      s2cSign: block.slice(128, 160),
    }),
  }),
}

export const directionsExchanged: Mistake = {
  mistake: 'the keys of the two directions exchanged',
  parts: honest => ({
    sliceKeys: block => {
      const { c2sEnc, c2sSign, s2cEnc, s2cSign, ...rest } = honest.sliceKeys(block)
      return { ...rest, c2sEnc: s2cEnc, c2sSign: s2cSign, s2cEnc: c2sEnc, s2cSign: c2sSign }
    },
  }),
}

export const encAndSignExchanged: Mistake = {
  mistake: 'the Enc and Sign keys of each direction exchanged',
  parts: honest => ({
    sliceKeys: block => {
      const { c2sEnc, c2sSign, s2cEnc, s2cSign, ...rest } = honest.sliceKeys(block)
      return { ...rest, c2sEnc: c2sSign, c2sSign: c2sEnc, s2cEnc: s2cSign, s2cSign: s2cEnc }
    },
  }),
}

export const encryptAndSigningExchanged: Mistake = {
  mistake: 'encryptKey and signingKey exchanged',
  parts: honest => ({
    sliceKeys: block => {
      const { encryptKey, signingKey, ...rest } = honest.sliceKeys(block)
      return { ...rest, encryptKey: signingKey, signingKey: encryptKey }
    },
  }),
}

export const recordAadWithoutSeq: Mistake = {
  mistake: 'the sequence number is missing from the additional data',
  parts: () => ({ recordAad: (_seq, callerAad) => callerAad }),
}

export const recordAadSeqLast: Mistake = {
  mistake: 'the sequence number stands after the additional data of the caller',
  parts: () => ({ recordAad: (seq, callerAad) => concat(callerAad, be64(seq)) }),
}

export const recordAadLittleEndian: Mistake = {
  mistake: 'the sequence number in the additional data is little-endian',
  parts: () => ({ recordAad: (seq, callerAad) => concat(be64(seq).reverse(), callerAad) }),
}

export const recordAadWithoutCaller: Mistake = {
  mistake: 'the additional data of the caller is missing',
  parts: () => ({ recordAad: seq => be64(seq) }),
}

export const seqAsDouble: Mistake = {
  mistake: 'the sequence number goes through a double',
  parts: honest => ({
    recordAad: (seq, callerAad) => honest.recordAad(BigInt.asUintN(64, BigInt(Number(seq))), callerAad),
  }),
}

export const seqOf32Bits: Mistake = {
  mistake: 'the sequence number is cut to 32 bits',
  parts: honest => ({ recordAad: (seq, callerAad) => honest.recordAad(BigInt.asUintN(32, seq), callerAad) }),
}
