import { diffieHellman, generateKeyPairSync, sign, verify } from 'node:crypto'
import { systemEntropy } from '../../agent/clock.js'
import { createIdentity } from '../../index.js'
import { honestParts as parts } from '../../parts.js'
import type { BenchCase, Contest } from '../bench-case.js'
import { createAnswerer, createInitiator, requestBytes } from '../load/handshakes.js'

/** Bytes that a payload, and the text of an answer, have about. */
const [PAYLOAD_BYTES, ANSWER_BYTES] = [900, 700]
const INFO_BYTES = 230
const EXPORT_BYTES = 32

const both = () => ({ initiator: createIdentity(), responder: createIdentity() })

/** What both halves of a handshake are made of, on texts of its lengths. */
const primitives = () => {
  const { initiator, responder } = both()
  const [ikmE, ephemeral, other] = [systemEntropy(32), systemEntropy(32), systemEntropy(32)]
  const [payload, answer] = [systemEntropy(PAYLOAD_BYTES), systemEntropy(ANSWER_BYTES)]
  const context = {
    info: systemEntropy(INFO_BYTES),
    exporterContext: systemEntropy(INFO_BYTES / 2),
    length: EXPORT_BYTES,
  }
  const offer = { ...context, ikmE, pkR: responder.kemPublicKey }
  const { enc } = parts.exportAsSender(offer, parts)
  const keyPair = responder.kemKeyPair
  const otherPublic = parts.x25519PublicKey(other)
  const signatures = {
    payload: parts.signEd25519(initiator.signer, payload),
    answer: parts.signEd25519(responder.signer, answer),
  }
  return {
    /** Ed25519 verify and sign, HPKE as the receiver, a key pair and an exchange of X25519. */
    responder: () => {
      parts.isEd25519Signature(initiator.signingPublicKey, payload, signatures.payload)
      parts.exportAsReceiver({ ...context, keyPair, enc }, parts)
      parts.x25519PublicKey(ephemeral)
      parts.x25519(ephemeral, otherPublic)
      parts.signEd25519(responder.signer, answer)
    },
    /** HPKE as the sender, a key pair of X25519, Ed25519 sign, an exchange of X25519, Ed25519 verify. */
    initiator: () => {
      parts.exportAsSender(offer, parts)
      parts.x25519PublicKey(ephemeral)
      parts.signEd25519(initiator.signer, payload)
      parts.x25519(ephemeral, otherPublic)
      parts.isEd25519Signature(responder.signingPublicKey, answer, signatures.answer)
    },
  }
}

/** The operations on curves alone, in OpenSSL, with keys that are imported already. */
const curves = (keyPairs: number): (() => void) => {
  const [signing, exchange] = [generateKeyPairSync('ed25519'), generateKeyPairSync('x25519')]
  const message = systemEntropy(PAYLOAD_BYTES)
  const signature = sign(null, message, signing.privateKey)
  return () => {
    sign(null, message, signing.privateKey)
    verify(null, message, signing.publicKey, signature)
    for (let made = 0; made < keyPairs; made++) generateKeyPairSync('x25519')
    for (let done = 0; done < 2; done++) diffieHellman(exchange)
  }
}

const responderContest = (): Contest => {
  const { initiator, responder } = both()
  const answer = createAnswerer(responder)
  let requests: Uint8Array[] = []
  return {
    subject: {
      concurrency: 1,
      prepare: calls => void (requests = Array.from({ length: calls }, () => requestBytes(initiator, responder))),
      operation: () => answer(requests.pop()!),
    },
    baselines: {
      'its primitives': { operation: primitives().responder },
      'curves in OpenSSL': { operation: curves(1) },
    },
  }
}

const initiatorContest = (): Contest => {
  const { initiator, responder } = both()
  return {
    subject: { concurrency: 1, operation: createInitiator(initiator, responder) },
    baselines: {
      'its primitives': { operation: primitives().initiator },
      'curves in OpenSSL': { operation: curves(2) },
    },
  }
}

const AROUND = 'strict JSON, schemas, DIDs and times, the transcript and its tag, and all the objects that these make'

const rows: BenchCase['rows'] = [
  { figure: 'time', against: 'its primitives', goal: { sense: 'at least', value: 0.8 }, bounds: AROUND },
  { figure: 'cpu', against: 'its primitives', goal: { sense: 'at least', value: 0.8 }, bounds: AROUND },
  { figure: 'cpu', against: 'curves in OpenSSL' },
  { figure: 'bytes', against: 'its primitives' },
]

/** Both halves of a handshake beside what they are made of. */
export const handshakeCases: readonly BenchCase[] = [
  {
    name: 'handshake/responder',
    unit: 'handshake',
    about: 'From the bytes of a handshake message to those of its answer, with a session in the table.',
    rows,
    roundMs: 100,
    warmUps: 15,
    setUp: responderContest,
  },
  {
    name: 'handshake/initiator',
    unit: 'handshake',
    about: 'A request, and an answer to it that is judged, as far as a session with its keys.',
    rows,
    roundMs: 100,
    warmUps: 15,
    setUp: initiatorContest,
  },
]
