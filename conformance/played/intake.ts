import type { PlainErrorCode } from '../../schemas/index.js'
import { parseJsonObject, type Json, type JsonObject } from '../probe/bytes/json.js'
import { Refusal } from '../probe/refusal.js'
import type { Claim } from './fault.js'
import type { Arrival } from './listener.js'

/** Why a played responder does not take a message: the plain error that it answers with, and the rule in words. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken'

  constructor(
    readonly code: PlainErrorCode,
    readonly rule: string,
  ) {
    super(`${code}: ${rule}`)
  }
}

const valuesOf = ({ headers }: Arrival, name: string): string[] =>
  headers.filter(([of]) => of.toLowerCase() === name).map(([, value]) => value)

const hinted = [
  ['x-sage-did', 'did'],
  ['x-sage-message-id', 'id'],
  ['x-sage-context-id', 'context_id'],
  ['x-sage-task-id', 'task_id'],
] as const

const checkHints = (arrival: Arrival, body: JsonObject): void => {
  for (const [header, member] of hinted) {
    const values = valuesOf(arrival, header)
    if (values.length > 1 || (values.length === 1 && values[0] !== body[member]))
      throw new NotTaken('malformed', `http.headers-agree: ${header}`)
  }
}

/**
 * The JSON object of a POST, by the rules of http.md that come before it is looked into, save those of its headers.
 * @throws NotTaken
 */
export const takeObject = (arrival: Arrival): JsonObject => {
  if (arrival.method !== 'POST') throw new NotTaken('method_not_allowed', `http.method: ${arrival.method}`)
  const types = valuesOf(arrival, 'content-type')
  if (types.length !== 1 || !/^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i.test(types[0] ?? ''))
    throw new NotTaken('unsupported_media_type', `http.media-type: ${types.join(', ') || 'none'}`)
  if (valuesOf(arrival, 'content-encoding').length > 0)
    throw new NotTaken('unsupported_media_type', 'http.content-encoding')
  try {
    return parseJsonObject(arrival.body)
  } catch (cause) {
    throw cause instanceof Refusal ? new NotTaken('malformed', cause.message) : cause
  }
}

/**
 * The message of a POST, with which its headers agree.
 * @throws NotTaken
 */
export const takeBody = (arrival: Arrival): JsonObject => {
  const body = takeObject(arrival)
  checkHints(arrival, body)
  return body
}

/** Which kind of message an object claims to be: with a `kid`, a request. */
export const claimOf = (body: JsonObject): Claim => ({ kind: Object.hasOwn(body, 'kid') ? 'request' : 'handshake' })

/** The `id` that an error may repeat. */
export const idOf = (body: JsonObject | undefined): string | undefined => {
  const id = body?.['id']
  return typeof id === 'string' && /^[A-Za-z0-9._~:-]{1,128}$/.test(id) ? id : undefined
}

/** The elements of a batch. @throws NotTaken */
export const messagesOf = ({ messages, ...others }: JsonObject, maxBatch: number): readonly Json[] => {
  if (!Array.isArray(messages) || messages.length === 0 || Object.keys(others).length > 0)
    throw new NotTaken('malformed', 'batch.malformed')
  if (messages.length > maxBatch) throw new NotTaken('payload_too_large', 'batch.limit')
  return messages as readonly Json[]
}

/** What stands in a batch, where it is an object. @throws NotTaken */
export const objectOf = (element: Json): JsonObject => {
  if (typeof element === 'object' && element !== null && !Array.isArray(element)) return element as JsonObject
  throw new NotTaken('malformed', 'batch.not-a-request')
}

/** @throws NotTaken where it may not stand in a batch */
export const checkRequest = ({ kid, stream }: JsonObject): void => {
  if (kid === undefined || stream !== undefined) throw new NotTaken('malformed', 'batch.not-a-request')
}
