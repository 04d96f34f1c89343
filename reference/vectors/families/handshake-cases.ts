import type { RequirementId } from '../../../schemas/index.js'
import { encodeBase64Url } from '../../bytes/base64.js'
import { parseHex } from '../../bytes/hex.js'
import type { Case, Layer, Values } from '../case.js'
import type { Flag } from '../notes.js'

export const now = '2026-01-15T12:00:00.25Z'
export const other = 'did:sage:ethereum:0x4444444444444444444444444444444444444444'

export const base64Url = (hex: string): string => encodeBase64Url(parseHex(hex))
export const hexOfBase64 = (text: unknown): string => Buffer.from(String(text), 'base64').toString('hex')
export const without = (values: Values, member: string): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => name !== member))
export const twice = (json: string, member: string): string => {
  const value = JSON.stringify((JSON.parse(json) as Values)[member])
  return json.replace('{', `{"${member}":${value},`)
}

/** Times at and beyond the border of 120 seconds around 12:00:00.25. */
export const borders = [
  ['120-before', '120 seconds before', '2026-01-15T11:58:00.25Z', true],
  ['120-after', '120 seconds after', '2026-01-15T12:02:00.250000000Z', true],
  ['over-120-before', '120.000000001 seconds before', '2026-01-15T11:58:00.249999999Z', false],
  ['over-120-after', '120.000000001 seconds after', '2026-01-15T12:02:00.250000001Z', false],
  ['a-day-before', 'a day before', '2026-01-14T12:00:00Z', false],
  ['a-year-after', 'a year after', '2027-01-15T12:00:00Z', false],
] as const

export type Row = readonly [
  id: string,
  comment: string,
  flag: Flag,
  requirement: RequirementId,
  json: string,
  more?: Values,
]

export const opener = (member: 'message' | 'response', common: Values) => {
  const accept = (...[id, comment, flag, requirement, json, more = {}]: Row): Case => ({
    id: `${member === 'message' ? 'request' : 'response'}-${id}`,
    comment,
    flags: [flag],
    requirements: [requirement],
    input: { [member]: json, ...common, ...more },
  })
  const reject = (layer: Layer, ...row: Row): Case => ({ ...accept(...row), reject: layer })
  return { accept, reject }
}
