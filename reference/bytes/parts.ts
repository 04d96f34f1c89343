import { parseBase64, parseBase64Url } from './base64.js'
import { parseDid } from './did.js'
import { parseJson } from './json.js'
import { parseTime } from './time.js'
import { parseTask, parseToken } from './token.js'

/** The steps of this layer that may be replaced, one by one, to build an agent that is wrong on purpose. */
export interface BytesParts {
  readonly parseBase64: typeof parseBase64
  readonly parseBase64Url: typeof parseBase64Url
  readonly parseDid: typeof parseDid
  readonly parseJson: typeof parseJson
  readonly parseTask: typeof parseTask
  readonly parseTime: typeof parseTime
  readonly parseToken: typeof parseToken
}

/** The steps as the specification has them. */
export const bytesParts: BytesParts = {
  parseBase64,
  parseBase64Url,
  parseDid,
  parseJson,
  parseTask,
  parseTime,
  parseToken,
}
