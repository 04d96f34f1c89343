import { Health, HEALTH_MEDIA_TYPE } from '../../../schemas/index.js'
import { parseJsonObject } from '../bytes/json.js'
import { headerValues, type WireResponse } from '../net/response-reader.js'
import { Refusal } from '../refusal.js'
import { parserOf } from './shape.js'

const parseHealthObject = parserOf<Health>(Health)

const mediaType = new RegExp(`^${HEALTH_MEDIA_TYPE.replace('+', '\\+')}(?:\\s*;.*)?$`, 'i')

/**
 * What a health endpoint says, from its answer; the HTTP status is the caller's to judge.
 * @throws Refusal `encoding` or `schema`
 */
export const parseHealth = ({ headers, body }: WireResponse): Health => {
  const types = headerValues(headers, 'content-type')
  if (types.length !== 1 || !mediaType.test(types[0] ?? '')) throw new Refusal('encoding', `not ${HEALTH_MEDIA_TYPE}`)
  return parseHealthObject(parseJsonObject(body))
}
