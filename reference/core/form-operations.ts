import { parseJsonText } from '../bytes/json.js'
import type { Operations } from './operation.js'

/** The forms of conventions.md, and canonical JSON. */
export const formOperations: Operations<
  | 'base64.decode'
  | 'base64url.decode'
  | 'token.parse'
  | 'task.parse'
  | 'did.parse'
  | 'time.parse'
  | 'json.parse'
  | 'jcs'
> = {
  'base64.decode': (input, { parts }) => ({ bytes: parts.parseBase64(input.text('text')) }),

  'base64url.decode': (input, { parts }) => ({ bytes: parts.parseBase64Url(input.text('text')) }),

  'token.parse': (input, { parts }) => {
    parts.parseToken(input.text('text'))
    return {}
  },

  'task.parse': (input, { parts }) => {
    parts.parseTask(input.text('text'))
    return {}
  },

  'did.parse': (input, { parts }) => ({ ...parts.parseDid(input.text('text')) }),

  'time.parse': (input, { parts }) => ({ unixNanoseconds: parts.parseTime(input.text('text')) }),

  'json.parse': (input, { parts }) => {
    parts.parseJson(input.bytes('bytes'))
    return {}
  },

  jcs: (input, { parts }) => ({ canonical: parts.canonicalJson(parseJsonText(input.text('json'))) }),
}
