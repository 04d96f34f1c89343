import { HandshakeMessage, SessionMessage } from '../../../schemas/index.js'
import { encodeBase64 } from '../../probe/bytes/base64.js'
import { isToken } from '../../probe/bytes/forms.js'
import type { JsonObject } from '../../probe/bytes/json.js'
import { sealRecord } from '../../probe/session/record.js'
import { requestAad, type RequestFields } from '../../probe/wire/aad.js'
import type { SessionDraft } from '../../probe/initiator/session-draft.js'
import type { Variant } from './constraint.js'
import type { Input, Route } from './input.js'
import { variantsOf, type Schema } from './schema-variants.js'
import type { Workshop } from './workshop.js'

/** What a request comes to that keeps its schema, by the member that was changed (errors.md, in its order). */
const keptOutcomes: Readonly<Record<string, readonly string[]>> = {
  id: ['opened:success'],
  context_id: ['plain:authentication_failed'],
  task_id: ['opened:task_unsupported'],
  did: ['plain:authentication_failed'],
  kid: ['plain:session_unknown'],
  encoding: ['opened:encoding_unsupported'],
  stream: ['opened:success', 'opened:stream_violation'],
  metadata: ['opened:success'],
}

const idOf = (value: unknown): string | undefined => {
  const { id } = value as { readonly id?: unknown }
  return typeof id === 'string' && isToken(id) ? id : undefined
}

/** What a broken message is answered with: over WebSocket one without a valid id ends the connection (ws.no-id). */
const brokenOutcome = (route: Route, id: string | undefined): string =>
  route === 'ws' && id === undefined ? 'closed:1008' : 'plain:malformed'

/** A request whose record is bound to what it says now, wrong as that may be: so that the fault is what decides. */
const sealAnew = (value: JsonObject, { key, seq, nonce, plaintext, ...honest }: SessionDraft): JsonObject => {
  const { payload: _, ...fields } = value
  let callerAad: Uint8Array
  try {
    callerAad = requestAad(fields as unknown as RequestFields)
  } catch {
    callerAad = requestAad(honest)
  }
  return { ...value, payload: encodeBase64(sealRecord({ key, seq, nonce, callerAad, plaintext })) }
}

const bases = (workshop: Workshop): readonly (readonly [Partial<SessionDraft>, readonly string[] | undefined])[] => {
  const id = workshop.token()
  return [
    [{ metadata: { a: 'b' } }, undefined],
    [{ encoding: 'zz' }, ['encoding']],
    [{ stream: { id, seq: 0, end: true } }, ['stream']],
    [{ stream: { id, credit: 64 } }, ['stream']],
    [{ stream: { id, cancel: true } }, ['stream']],
  ]
}

/** A batch saves most of what a message costs on its way: there can be more of them. */
const manyBatches: readonly Route[] = ['batch', 'batch', 'batch', 'batch']

const routesFor = (variant: Variant, id: string | undefined): readonly Route[] => {
  // Its id may be that of another one in flight.
  if (variant.path[0] === 'id' && variant.isKept) return ['http', 'batch']
  if (variant.path[0] === 'stream') return variant.isKept ? ['http'] : ['http', 'ws', 'batch']
  // Each of these costs a connection over WebSocket.
  return id === undefined ? ['http', ...manyBatches] : ['http', 'ws', ...manyBatches]
}

/** Every constraint of a session message, broken one by one and kept at its borders, sealed for what it says. */
export function* sessionEnvelopeInputs(workshop: Workshop): Generator<Input> {
  const { dice } = workshop
  for (const [wish, only] of bases(workshop)) {
    const given = workshop.sealed(wish) as JsonObject
    for (const variant of variantsOf(SessionMessage as Schema, given, dice)) {
      const member = variant.path[0] ?? ''
      if (only !== undefined && !only.includes(member)) continue
      const draft = workshop.request(wish)
      const raw = variant.value as JsonObject
      const { kid, did, context_id } = draft
      const ownId = member === 'id' || !('id' in raw) ? raw : { ...raw, id: draft.id }
      const own: Record<string, JsonObject[string]> = { ...ownId }
      // What was not changed is of the session that seals.
      for (const [name, value] of Object.entries({ kid, did, context_id }))
        if (own[name] === given[name]) own[name] = value
      const value = member === 'payload' || !('payload' in own) ? own : sealAnew(own, draft)
      const id = idOf(value)
      const route = dice.pick(routesFor(variant, id))
      const expected = variant.isKept ? (keptOutcomes[member] ?? []) : [brokenOutcome(route, id)]
      const { constraint, isKept } = variant
      yield { kind: 'schema', constraint, isKept, body: JSON.stringify(value), id, route, expected }
    }
  }
}

const keptHandshakes: Readonly<Record<string, readonly string[]>> = {
  id: ['handshake'],
  context_id: ['plain:authentication_failed'],
  task_id: ['plain:task_unsupported'],
  did: ['plain:authentication_failed'],
  signature: ['plain:authentication_failed'],
}

/** Every constraint of a handshake message, broken one by one and kept at its borders. */
export function* handshakeEnvelopeInputs(workshop: Workshop): Generator<Input> {
  const { dice } = workshop
  const given = workshop.signed(workshop.spareHandshake()) as JsonObject
  for (const variant of variantsOf(HandshakeMessage as Schema, given, dice)) {
    const member = variant.path[0] ?? ''
    const { constraint, isKept } = variant
    const fresh = isKept && member === 'id' ? (workshop.signed(workshop.newHandshake()) as JsonObject) : undefined
    const raw = variant.value as JsonObject
    const value = fresh
      ? { ...fresh, id: raw['id']! }
      : member === 'id' || !('id' in raw)
        ? raw
        : { ...raw, id: workshop.token() }
    const id = idOf(value)
    const route = dice.pick<Route>(id === undefined || member === 'id' ? ['http'] : ['http', 'ws', 'ws', 'ws'])
    const expected = isKept ? (keptHandshakes[member] ?? []) : [brokenOutcome(route, id)]
    yield { kind: 'schema', constraint, isKept, body: JSON.stringify(value), id, route, expected }
  }
}
