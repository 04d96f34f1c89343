import t from 'tap'
import type { SessionResponse } from '../../../../schemas/index.js'
import { encodeBase64, encodeBase64url } from '../../bytes/base64.js'
import { be64, concat } from '../../bytes/framing.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { sealAead } from '../../crypto/aead.js'
import { deriveEd25519PublicKey, signEd25519 } from '../../crypto/ed25519.js'
import { deriveX25519PublicKey } from '../../crypto/x25519.js'
import { deriveAckTag } from '../../handshake/ack-tag.js'
import { deriveAsResponder, deriveOffer } from '../../handshake/derivation.js'
import { draftResponseData, signResponseData, wrapResponseData } from '../../handshake/response.js'
import { honestSteps } from '../../handshake/steps.js'
import { encodeDidKey } from '../../identity/did-key.js'
import { createResolver } from '../../identity/resolver.js'
import { describeAnswer, readHandshakeAnswer, readSessionAnswer } from '../../initiator/answer.js'
import { ProbeSession, sealDraft } from '../../initiator/session-draft.js'
import { deriveSessionKeys, honestKeySteps } from '../../session/keys.js'
import { encodeBody } from '../../wire/body.js'
import { handshakeMistakes } from '../handshake-mistakes.js'
import { keyMistakes } from '../key-mistakes.js'
import { mistakenRequestSealings, mistakenResponseSealings } from '../sealing-mistakes.js'
import { signatureMistakes } from '../signature-mistakes.js'

// Every mistake is made by the probe's own responder, and has to be named by its initiator.

const bytes = (value: number, length = 32): Uint8Array => new Uint8Array(length).fill(value)

const [kemPrivateKey, signingKey] = [bytes(1), bytes(2)]
const identity = {
  did: encodeDidKey(deriveEd25519PublicKey(bytes(3))),
  sign: (message: Uint8Array) => signEd25519(bytes(3), message),
}
const respDid = encodeDidKey(deriveEd25519PublicKey(signingKey))
const sent = {
  id: 'message-1',
  ctx: 'ctx-1',
  initDid: identity.did,
  respDid,
  nonce: 'nonce-1',
  kemPublicKey: deriveX25519PublicKey(kemPrivateKey),
  ikmE: bytes(4),
  ephCPrivateKey: bytes(5),
}
const now = 1_700_000_000_000_000_000n
const responder = { ...sent, ...deriveOffer(sent), kemPrivateKey, ephSPrivateKey: bytes(6) }
const derivation = deriveAsResponder(responder)
const honestTag = deriveAckTag(derivation, sent.nonce, 'kid-1').ackTag

const respond = (body: object) =>
  ({ kind: 'response', response: { status: 200, headers: [], body: encodeBody(body) } }) as const

const readData = (data: object): string =>
  describeAnswer(
    readHandshakeAnswer(respond(wrapResponseData(sent.id, data)), {
      sent,
      identity,
      now,
      resolve: createResolver(new Map()),
      maxSessionRecords: 1000n,
    }),
  )

const dataWith = (ackTag: Uint8Array) =>
  signResponseData(draftResponseData({ derivation, ackTag, kid: 'kid-1', ts: now }), signingKey)

t.test('an ack tag of a known mistake is named, any other leads to the vectors', t => {
  t.equal(readData(dataWith(honestTag)), 'accepted: a session')
  for (const [mistake, mistaken] of Object.entries(handshakeMistakes)) {
    const steps = { ...honestSteps, ...mistaken }
    const { ackTag } = deriveAckTag(deriveAsResponder(responder, steps), sent.nonce, 'kid-1', steps)
    t.equal(
      readData(dataWith(ackTag)),
      `HTTP 200 with an answer that an initiator rejects (transcript: handshake.response-ack-tag; the tag is that of: ${mistake})`,
    )
  }
  t.match(
    readData(dataWith(bytes(9))),
    /ack-tag; the tag is not the one computed; `sage-conformance vectors run -- CMD`/,
  )
  t.end()
})

t.test('a signature over another form of the data is named', t => {
  const { enc, ...rest } = dataWith(honestTag)
  const data = { ...rest, enc }
  for (const [mistake, signed] of Object.entries(signatureMistakes)) {
    const message = signed(data)
    const text = typeof message === 'string' ? encodeUtf8(message) : message
    const said = readData({ ...data, sigB64: encodeBase64url(signEd25519(signingKey, text)) })
    const [, mistakes = ''] =
      /\(signature: handshake\.response-signature; the signature is over: (.*)\)$/.exec(said) ?? []
    t.ok(mistakes.split('; or: ').includes(mistake), said)
  }
  const other = draftResponseData({ derivation, ackTag: honestTag, kid: 'kid-1', ts: now })
  t.match(readData(signResponseData(other, bytes(8))), "by another key than the DID's, or over another text")
  t.end()
})

const session = () => new ProbeSession('kid-1', sent.ctx, identity, derivation.seed, 1000n)
const entropy = (length: number) => bytes(7, length)

const readRecord = (requestSeq: bigint, responseSeq: bigint, pick: (index: number) => boolean): [string, string][] => {
  const draft = session().draft(entropy, { task_id: 'sage/ping@v1', seq: requestSeq })
  const { record } = sealDraft(draft)
  const fields = { success: true, message_id: draft.id, task_id: draft.task_id, kid: draft.kid, data: '' } as const
  const sealings = mistakenResponseSealings(session(), responseSeq, fields as SessionResponse, { draft, record })
  return sealings
    .filter((_, index) => pick(index))
    .map(({ mistake, key, aad }) => {
      const nonce = bytes(1, 12)
      const sealed = concat(be64(responseSeq), nonce, sealAead(key, nonce, aad, bytes(2, 16)))
      const answer = respond({ ...fields, data: encodeBase64(sealed) })
      return [mistake, describeAnswer(readSessionAnswer(answer, { session: session(), draft, record }))]
    })
}

t.test('a response record sealed with a known mistake is named, the first and later ones', t => {
  for (const seq of [0n, 1n, 300n]) {
    const found = readRecord(seq, seq, () => true)
    t.ok(found.length > 35, `${found.length} mistakes`)
    for (const [mistake, said] of found)
      t.equal(
        said,
        `HTTP 200 with an answer that an initiator rejects (aead: record.tag; the record is sealed with: ${mistake})`,
      )
  }
  t.end()
})

t.test('a response record that opens in no known way leads to the vectors', t => {
  const draft = session().draft(entropy, { task_id: 'sage/ping@v1' })
  const { record } = sealDraft(draft)
  const fields = { success: true, message_id: draft.id, task_id: draft.task_id, kid: draft.kid }
  const answer = respond({ ...fields, data: encodeBase64(bytes(0, 40)) })
  t.match(
    describeAnswer(readSessionAnswer(answer, { session: session(), draft, record })),
    /record\.tag; it opens with no known mistake; `sage-conformance vectors run -- CMD` names the step/,
  )
  t.end()
})

t.test('every mistake of a request is a sealing of its own, and few enough to be tried', t => {
  const draft = session().draft(entropy, { task_id: 'sage/ping@v1', seq: 1n })
  const sealings = mistakenRequestSealings(session(), draft)
  const forms = new Set(sealings.map(({ key, aad }) => `${key.join()};${aad.join()}`))
  t.equal(forms.size, sealings.length)
  t.ok(sealings.length <= 32, `${sealings.length} mistakes`)
  t.ok(sealings.some(({ mistake }) => /absent encoding is missing; or: .* absent metadata/.test(mistake)))
  t.end()
})

t.test('every mistake of the key schedule comes to other keys', t => {
  const forms = [honestKeySteps, ...Object.values(keyMistakes).map(steps => ({ ...honestKeySteps, ...steps }))].map(
    steps => deriveSessionKeys(derivation.seed, steps).c2sEnc.join(),
  )
  t.equal(new Set(forms).size, forms.length)
  t.end()
})
