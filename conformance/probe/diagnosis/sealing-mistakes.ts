import type { SessionResponse } from '../../../schemas/index.js'
import { concat } from '../bytes/framing.js'
import type { ProbeSession, SessionDraft } from '../initiator/session-draft.js'
import { deriveSessionKeys, honestKeySteps } from '../session/keys.js'
import { recordAad } from '../session/record.js'
import { requestAad, requestAadParts, requestHashOf, responseAad, responseAadParts } from '../wire/aad.js'
import { keyMistakes } from './key-mistakes.js'
import { recordAadMistakes, requestAadMistakes, responseAadMistakes } from './aad-mistakes.js'

/** A key of 32 bytes and additional data that a record is sealed with where a peer makes `mistake`. */
export interface MistakenSealing {
  readonly mistake: string
  readonly key: Uint8Array
  readonly aad: Uint8Array
}

type Direction = 'c2sEnc' | 's2cEnc'

const otherKeys = ['c2sEnc', 's2cEnc', 'encryptKey', 'signingKey', 'c2sSign', 's2cSign'] as const

/** Wrong keys of a direction: the others of the session, and those of a mistaken key schedule. */
const mistakenKeys = ({ keys, seed }: ProbeSession, direction: Direction) => [
  ...otherKeys
    .filter(name => name !== direction)
    .map(name => ({ mistake: `${name}, not ${direction}`, key: keys[name] })),
  ...Object.entries(keyMistakes).map(([mistake, steps]) => ({
    mistake,
    key: deriveSessionKeys(seed, { ...honestKeySteps, ...steps })[direction],
  })),
]

const joined = (parts: Readonly<Record<string, Uint8Array>>): Uint8Array => concat(...Object.values(parts))

/** Those that come to something else than the honest sealing; several that come to the same are one, with both names. */
const distinct = (
  honest: Omit<MistakenSealing, 'mistake'>,
  sealings: readonly MistakenSealing[],
): MistakenSealing[] => {
  const formOf = ({ key, aad }: Omit<MistakenSealing, 'mistake'>): string => `${key.join()};${aad.join()}`
  const found = new Map<string, MistakenSealing>()
  for (const sealing of sealings) {
    const form = formOf(sealing)
    const same = found.get(form)
    if (form === formOf(honest)) continue
    found.set(form, same ? { ...same, mistake: `${same.mistake}; or: ${sealing.mistake}` } : sealing)
  }
  return [...found.values()]
}

const mistakenSealings = (
  session: ProbeSession,
  direction: Direction,
  seq: bigint,
  callerAad: Uint8Array,
  mistakenCallerAads: readonly (readonly [mistake: string, callerAad: Uint8Array])[],
): MistakenSealing[] => {
  const honest = { key: session.keys[direction], aad: recordAad(seq, callerAad) }
  return distinct(honest, [
    ...mistakenKeys(session, direction).map(wrong => ({ ...honest, ...wrong })),
    ...Object.entries(recordAadMistakes).map(([mistake, made]) => ({ ...honest, mistake, aad: made(seq, callerAad) })),
    ...mistakenCallerAads.map(([mistake, wrong]) => ({ ...honest, mistake, aad: recordAad(seq, wrong) })),
  ])
}

/** The ways in which a peer by mistake seals, or opens, the request of a draft. */
export const mistakenRequestSealings = (session: ProbeSession, draft: SessionDraft): MistakenSealing[] => {
  const parts = requestAadParts(draft)
  const aads = Object.entries(requestAadMistakes).map(([mistake, made]) => [mistake, joined(made(parts))] as const)
  return mistakenSealings(session, 'c2sEnc', draft.seq, requestAad(draft), aads)
}

/** The ways in which a peer by mistake seals, in the record `seq`, a response to the request of `requestRecord`. */
export const mistakenResponseSealings = (
  session: ProbeSession,
  seq: bigint,
  response: SessionResponse,
  request: { readonly draft: SessionDraft; readonly record: Uint8Array },
): MistakenSealing[] => {
  const requestHash = requestHashOf(request.record)
  const parts = responseAadParts(response, requestHash)
  const aads = Object.entries(responseAadMistakes(request.record)).map(
    ([mistake, made]) => [mistake, joined(made(parts))] as const,
  )
  return mistakenSealings(session, 's2cEnc', seq, responseAad(response, requestHash), [
    ...aads,
    ['the additional data of the request on its response', requestAad(request.draft)],
  ])
}
