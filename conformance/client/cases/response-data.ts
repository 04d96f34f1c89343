import { encodeBase64url, parseBase64url } from '../../probe/bytes/base64.js'
import { deriveAckTag } from '../../probe/handshake/ack-tag.js'
import type { ResponseDraft } from '../../probe/handshake/response.js'
import type { Fault, HandshakeStage } from '../../played/fault.js'
import { signData } from '../../played/handshake-answer.js'

// The lies of a responder in its response data. Each is consistent with all the rest, so that the one rule in question is all
// that can refuse it.

/** What response data says in place of the truth. */
export type Lie = (draft: ResponseDraft, stage: HandshakeStage) => Partial<ResponseDraft>

/** Response data that says something else, and is signed so. */
export const says = (change: Lie): Fault => ({
  response: (draft, stage) => ({ ...draft, ...change(draft, stage) }),
})

/** Response data that is changed after it was signed. */
export const changed = (change: NonNullable<Fault['responseData']>): Fault => ({ responseData: change })

/**
 * Response data that says something else than what was signed: who verifies the signature over what ought to stand there, and
 * not over what does, finds it right.
 */
export const unsigned = (change: Lie): Fault => changed((data, stage) => ({ ...data, ...change(data, stage) }))

/** The ack tag of a responder for which `lie` is the truth, and nothing else: it is right for whoever believes the lie. */
const tagOf =
  (lie: Lie): Lie =>
  (draft, stage) => {
    const { ctx, did, enc, ephC } = { ...draft, ...lie(draft, stage) }
    const believed = { ctx, respDid: did, enc: parseBase64url(enc), ephC: parseBase64url(ephC) }
    const { ackTag } = deriveAckTag({ ...stage.derivation, ...believed }, stage.request.nonce, draft.kid)
    return { ackTagB64: encodeBase64url(ackTag) }
  }

/**
 * One lie in every form in which it is consistent with all the rest: in the signed text or put in its place afterwards, in the
 * ack tag or not. What either is made of an initiator may take from the response, or from what it knows itself.
 */
export const everyForm = (name: string, lie: Lie): Record<string, Fault> => ({
  ...bothForms(name, lie),
  [`${name}, in the ack tag too`]: says((...told) => ({ ...lie(...told), ...tagOf(lie)(...told) })),
  [`${name}, in the ack tag, not as it was signed`]: { ...says(tagOf(lie)), ...unsigned(lie) },
})

/** A lie about what no ack tag is made of. */
export const bothForms = (name: string, lie: Lie): Record<string, Fault> => ({
  [name]: says(lie),
  [`${name}, not as it was signed`]: unsigned(lie),
})

/** Response data without these members, by a responder that signs it so, or that signs empty texts, or on the path. */
export const lacks = (name: string, ...members: readonly (keyof ResponseDraft)[]): Record<string, Fault> => {
  const each = (value: string | undefined): Partial<ResponseDraft> =>
    Object.fromEntries(members.map(member => [member, value]))
  const absent: Lie = () => each(undefined)
  return {
    ...bothForms(`without ${name}`, absent),
    [`without ${name}, signed as empty`]: changed((data, { identity }) => ({
      ...data,
      ...each(undefined),
      sigB64: signData({ ...data, ...each('') }, identity.sign),
    })),
    [`${name} empty`]: unsigned(() => each('')),
  }
}

/** Response data that is another text than what was signed. */
export const text = (change: (text: string) => string): Fault => changed(data => change(JSON.stringify(data)))
