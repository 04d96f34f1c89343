import { closeCodes, type CloseCode } from '../../../schemas/index.js'
import { isToken } from '../bytes/forms.js'
import { parseJsonObject, type JsonObject } from '../bytes/json.js'
import { parseUtf8 } from '../bytes/utf8.js'
import { Refusal } from '../refusal.js'

const read = (text: Uint8Array): JsonObject | undefined => {
  try {
    return parseJsonObject(parseUtf8(text))
  } catch (cause) {
    if (cause instanceof Refusal) return undefined
    throw cause
  }
}

/** The `id` of a message by which its answer can be matched to it, if it has one. Never throws. */
export const idOf = (text: Uint8Array): string | undefined => {
  const id = read(text)?.['id']
  return typeof id === 'string' && isToken(id) ? id : undefined
}

/**
 * The code with which a responder closes the connection over which a text message came, instead of an answer (ws.not-utf8,
 * ws.not-json, ws.no-id, ws.message-limit); undefined where it answers. Never throws.
 */
export const dueClose = (text: Uint8Array, maxMessageBytes: number): CloseCode | undefined => {
  if (text.length > maxMessageBytes) return closeCodes.tooLarge
  if (read(text) === undefined) return closeCodes.notJson
  return idOf(text) === undefined ? closeCodes.noId : undefined
}
