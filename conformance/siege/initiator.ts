import { randomBytes } from 'node:crypto'
import { parseBase64url } from '../probe/bytes/base64.js'
import { verifyCard } from '../probe/identity/card.js'
import { encodeDidKey } from '../probe/identity/did-key.js'
import { createResolver } from '../probe/identity/resolver.js'
import { deriveEd25519PublicKey, signEd25519 } from '../probe/crypto/ed25519.js'
import type { Entropy } from '../probe/entropy.js'
import { openResponse } from '../probe/handshake/verdict.js'
import { draftHandshake, sentBy, signHandshake, type HandshakeDraft } from '../probe/initiator/handshake-draft.js'
import { ProbeSession } from '../probe/initiator/session-draft.js'
import { cardUrlOf, type Identity, type Target } from '../probe/initiator/target.js'
import { encodeBody } from '../probe/wire/body.js'

// An initiator of the suite's own stack. Its keys are random: a siege repeats its inputs, and not its secrets.

/** Random bytes. */
export const entropy: Entropy = length => new Uint8Array(randomBytes(length))

/** Nanoseconds from the Unix epoch. */
export const nowNs = (): bigint => BigInt(Date.now()) * 1_000_000n

/** A new `did:key`. */
export const newIdentity = (): Identity => {
  const privateKey = entropy(32)
  return {
    did: encodeDidKey(deriveEd25519PublicKey(privateKey)),
    sign: message => signEd25519(privateKey, message),
  }
}

/** What is at a URL, by its card. @throws Refusal for a card that is not acceptable */
export const findTarget = async (url: string): Promise<Target> => {
  const cardUrl = cardUrlOf(new URL(url))
  const answer = await fetch(cardUrl)
  const card = verifyCard(new Uint8Array(await answer.arrayBuffer()), { now: nowNs(), resolve: createResolver() })
  return {
    did: card.did,
    signingKey: parseBase64url(card.keys.signing.x),
    kemKey: parseBase64url(card.keys.kem.x),
    http: card.endpoints.http.replace(/\/$/, ''),
    ws: card.endpoints.ws,
    cardUrl,
    capabilities: new Set(card.capabilities),
    limits: card.limits,
    card,
  }
}

/** An honest handshake, not sent yet. */
export const newHandshake = (target: Target, identity: Identity = newIdentity()): HandshakeDraft =>
  draftHandshake(target, identity, entropy, nowNs())

/** The session that a handshake and its answer make. @throws Refusal for an answer that is not acceptable */
export const sessionOf = (
  draft: HandshakeDraft,
  identity: Identity,
  answer: Uint8Array,
  target: Target,
): ProbeSession => {
  const { kid, derivation } = openResponse(answer, sentBy(draft), { now: nowNs(), resolve: createResolver() })
  const { maxSessionRecords } = target.limits
  return new ProbeSession(kid, draft.context_id, identity, derivation.seed, BigInt(maxSessionRecords))
}

/** Shakes hands over HTTP. @throws Refusal when the answer is not acceptable */
export const shakeHands = async (target: Target, identity: Identity = newIdentity()): Promise<ProbeSession> => {
  const draft = newHandshake(target, identity)
  const answer = await fetch(`${target.http}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: encodeBody(signHandshake(draft)),
  })
  return sessionOf(draft, identity, new Uint8Array(await answer.arrayBuffer()), target)
}
