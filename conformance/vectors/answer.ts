import type { Answer, Values } from './compare.js'

/** An answer that does not speak the line protocol. */
export class MalformedAnswer extends Error {
  override readonly name: string = 'MalformedAnswer'
}

/** An answer to another request than the last: question and answer have come out of step. */
export class MisplacedAnswer extends MalformedAnswer {
  override readonly name = 'MisplacedAnswer'
}

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const parseObject = (line: Uint8Array): Values => {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line))
  } catch {
    throw new MalformedAnswer('not a line of JSON')
  }
  if (!isObject(value)) throw new MalformedAnswer('not an object')
  return value
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/**
 * The request for an op, one line of ASCII: what is beyond is escaped, because there are readers of lines that also end
 * one at U+2028, and pipes that are not UTF-8.
 */
export const encodeRequest = (id: string, op: string, input: Values): string =>
  JSON.stringify({ id, op, input }).replace(/[\u007f-\uffff]/g, escaped)

/**
 * The answer in a line (without its line feed) to the request `id`.
 * @throws MalformedAnswer
 */
export const parseAnswer = (line: Uint8Array, id: string): Answer => {
  const answer = parseObject(line)
  if (answer['id'] !== id) throw new MisplacedAnswer('not the id of the request')
  const { outcome, output } = answer
  switch (outcome) {
    case 'reject':
    case 'unsupported':
      return { outcome }
    case 'accept':
      if (output === undefined) return { outcome }
      if (!isObject(output)) throw new MalformedAnswer('output is not an object')
      return { outcome, output }
    default:
      throw new MalformedAnswer('outcome is none of accept, reject, unsupported')
  }
}
