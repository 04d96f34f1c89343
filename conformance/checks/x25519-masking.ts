import { encodeBase64url } from '../probe/bytes/base64.js'
import { BASE_POINT_ABOVE_P, BASE_POINT_KEY, withHighBit } from '../probe/crypto/unusual-points.js'
import { deriveOffer, type InitiatorKeys } from '../probe/handshake/derivation.js'
import type { HandshakeDraft } from '../probe/initiator/handshake-draft.js'
import { accepts } from '../runner/check.js'
import { judgeAcceptance, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'

/** An honest handshake of an initiator that has other ephemeral keys, or writes them otherwise. */
const withKeys = (draft: HandshakeDraft, change: Partial<InitiatorKeys>): HandshakeDraft => {
  const secrets = { ...draft.secrets, ...change }
  const { enc, ephC } = deriveOffer(secrets)
  return { ...draft, secrets, enc: encodeBase64url(enc), ephC: encodeBase64url(ephC) }
}

/** Is such a handshake answered as any other, and do both sides come to the same keys? */
const judgeKeys = async (kit: Kit, what: string, change: Partial<InitiatorKeys>): Promise<Broken | undefined> => {
  const answer = await kit.shakeHands(withKeys(kit.draftHandshake(), change))
  const found = judgeAcceptance(answer, `a handshake with ${what}`)
  if (found || answer.kind !== 'session') return found
  return judgeAcceptance(await kit.ping(answer.session), `a message of the session that came of ${what}`)
}

const also = ['identity.transcript-as-received'] as const

/** Public keys of an initiator in other writings than the usual one. */
export const x25519MaskingChecks = [
  accepts('identity.x25519-masking', {
    variant: 'eph-c',
    also,
    run: async kit =>
      (await judgeKeys(kit, 'bit 255 of ephC', { write: { ephC: withHighBit } })) ??
      (await judgeKeys(kit, 'the coordinate of ephC above the prime', {
        ephCPrivateKey: BASE_POINT_KEY,
        write: { ephC: () => BASE_POINT_ABOVE_P },
      })),
  }),
  accepts('identity.x25519-masking', {
    variant: 'enc',
    also,
    run: kit => judgeKeys(kit, 'bit 255 of enc', { write: { enc: withHighBit } }),
  }),
]
