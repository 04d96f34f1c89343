import type { Answer, Values } from './compare.js'

/** An answer that does not speak the line protocol. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer'
}

/** An answer to another request than the last: question and answer have come out of step. */
export class MisplacedAnswer extends MalformedAnswer {}

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

/** One line of the line protocol: the request for an op. */
export const encodeRequest = (id: string, op: string, input: Values): string => JSON.stringify({ id, op, input })

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
