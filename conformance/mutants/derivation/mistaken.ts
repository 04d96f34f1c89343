import type { Mistake } from '../../../reference/vectors/mistakes/mistake.js'
import * as handshake from '../../../reference/vectors/mistakes/handshake.js'
import * as message from '../../../reference/vectors/mistakes/message.js'
import * as primitives from '../../../reference/vectors/mistakes/primitives.js'
import * as session from '../../../reference/vectors/mistakes/session.js'
import type { DerivationMutant } from './mutant.js'

// The mistakes whose values stand beside the true ones in the vectors: the vector names the step, and the mistake too.

const kebab = (name: string): string => name.replace(/[A-Z0-9]+/g, part => `-${part.toLowerCase()}`)

/** Mistakes by their names, which `vector` finds, each at the step given here. */
const foundBy = <Name extends string>(
  vector: string,
  mistakes: Readonly<Record<Name, Mistake>>,
  steps: Partial<Record<NoInfer<Name>, string>>,
): DerivationMutant[] =>
  (Object.entries(steps) as [Name, string][]).map(([name, step]) => ({
    name: kebab(name),
    kills: { vector, finding: { step } },
    parts: mistakes[name].parts,
  }))

/** Every derivation, and every encoding, wrong in one place. */
export const mistakenMutants: readonly DerivationMutant[] = [
  ...foundBy('hkdf/rfc5869-1', primitives, { extractExchanged: 'prk', counterFromZero: 'okm', infoMissing: 'okm' }),
  ...foundBy('hkdf/rfc5869-2', primitives, { counterStuck: 'okm', blocksNotChained: 'okm' }),
  ...foundBy('cards/sign-full', primitives, {
    membersAsWritten: 'canonical',
    cardLabelMissing: 'signature',
    cardLabelCut: 'signature',
  }),
  ...foundBy('handshake-derivation/initiator-did-key', handshake, {
    infoLabelChanged: 'info',
    suiteChanged: 'info',
    combinerChanged: 'info',
    rolesExchanged: 'info',
    exportCtxLabelChanged: 'exportCtx',
    infoAndContextExchanged: 'exporter',
    exporterContextEmpty: 'exporter',
    hpkeInfoEmpty: 'exporter',
    prkExchanged: 'prk',
    secretsExchanged: 'prk',
    secretMissing: 'prk',
    saltEmpty: 'prk',
    seedLabelChanged: 'seed',
    seedNotExpanded: 'seed',
  }),
  ...foundBy('ack-tag/honest', handshake, {
    ackKeyLabelChanged: 'ackKey',
    ackKeyWithoutCounter: 'ackKey',
    ackKeyCounterByte: 'ackKey',
    ackKeyLittleEndian: 'ackKey',
    ackKeyExchanged: 'ackKey',
    thWithoutZeros: 'th',
    thZerosAfter: 'th',
    thLengths: 'th',
    thEphemeralsExchanged: 'th',
    thWithoutDids: 'th',
    thOverText: 'th',
    ackMsgLabelChanged: 'ackTag',
    tagWithoutLengths: 'ackTag',
    tagByteLengths: 'ackTag',
    tagOrderChanged: 'ackTag',
    tagWithoutTranscript: 'ackTag',
    tagTranscriptWithLength: 'ackTag',
  }),
  ...foundBy('handshake-messages/sign-response', handshake, { signedMembersSorted: 'signedText' }),
  ...foundBy('key-schedule/counting', session, {
    sidLabelChanged: 'sid',
    sidWhole: 'sid',
    sidHex: 'sid',
    sidPadded: 'sid',
    sidSeedFirst: 'sid',
    saltRaw: 'sessionPrk',
    sessionPrkExchanged: 'sessionPrk',
    sessionPrkWithoutSalt: 'sessionPrk',
    sessionKeysLabelChanged: 'encryptKey',
    directionalLabelChanged: 'c2sEnc',
    directionalLabelRepeated: 'c2sEnc',
    oneExpand: 'c2sEnc',
    extractTwice: 'c2sEnc',
    lastKeyZero: 's2cSign',
    blockOffset: 'c2sEnc',
    directionsExchanged: 'c2sEnc',
    encAndSignExchanged: 'c2sEnc',
    encryptAndSigningExchanged: 'encryptKey',
  }),
  ...foundBy('records/seal-honest', session, {
    recordAadWithoutSeq: 'aad',
    recordAadSeqLast: 'aad',
    recordAadLittleEndian: 'aad',
    recordAadWithoutCaller: 'aad',
  }),
  ...foundBy('records/seal-seq-2-pow-53-plus-1', session, { seqAsDouble: 'aad', seqOf32Bits: 'aad' }),
  ...foundBy('aad/request-plain', message, {
    requestLabelOfResponse: 'aad',
    idUnbound: 'aad',
    contextIdUnbound: 'aad',
    taskIdUnbound: 'aad',
    didUnbound: 'aad',
    kidUnbound: 'aad',
    encodingLeftOut: 'aad',
    streamAbsentLeftOut: 'aad',
    metadataAbsentLeftOut: 'aad',
    metadataCountMissing: 'aad',
  }),
  ...foundBy('aad/request-full', message, { encodingUnbound: 'aad', metadataUnbound: 'aad', metadataAsWritten: 'aad' }),
  ...foundBy('aad/request-chunk-end', message, {
    streamUnbound: 'aad',
    streamEndUnbound: 'aad',
    streamSeqUnbound: 'aad',
  }),
  ...foundBy('aad/request-chunk-2-pow-16', message, { streamSeqOf16Bits: 'aad' }),
  ...foundBy('aad/request-credit', message, { controlAsChunk: 'aad' }),
  ...foundBy('aad/request-cancel', message, { cancelUnbound: 'aad' }),
  ...foundBy('aad/request-metadata-one', message, { metadataValuesUnbound: 'aad' }),
  ...foundBy('aad/request-metadata-byte-order', message, { metadataLocaleOrder: 'aad' }),
  ...foundBy('aad/response-plain', message, {
    responseLabelOfRequest: 'aad',
    responseMessageIdUnbound: 'aad',
    responseTaskIdUnbound: 'aad',
    responseKidUnbound: 'aad',
    requestUnbound: 'requestHash',
    requestHashOverText: 'requestHash',
    requestHashWithoutSeq: 'requestHash',
    successAsText: 'aad',
  }),
  ...foundBy('aad/response-full', message, { responseEncodingUnbound: 'aad' }),
  ...foundBy('aad/response-error', message, { responseErrorUnbound: 'aad', successUnbound: 'aad' }),
]
