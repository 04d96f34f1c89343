import { Ajv2020, type SchemaObject } from 'ajv/dist/2020.js'
import type { ErrorObject } from 'ajv'
import { Refusal } from '../refusal.js'

const ajv = new Ajv2020({ strict: true })

/** A member's name as it may be shown: whoever chose it may be hostile. */
const shownName = (name: unknown): string =>
  typeof name === 'string' && /^[\x20-\x7e]{1,64}$/.test(name) ? JSON.stringify(name) : '(a name that cannot be shown)'

/** The place and the keyword that did not hold, and the member that it is about where the place does not say so. */
const describeError = ({ schemaPath, keyword, params }: ErrorObject): string => {
  if (keyword === 'additionalProperties')
    return `${schemaPath}: there is no member ${shownName(params['additionalProperty'])}`
  if (keyword === 'required') return `${schemaPath}: ${shownName(params['missingProperty'])} is missing`
  if (keyword === 'propertyNames') return `${schemaPath}: ${shownName(params['propertyName'])} is no name`
  return schemaPath
}

/**
 * A parser of JSON values by one of the schemas; the schema is compiled here, once.
 * The parser throws Refusal `schema` with the place and the keyword that did not hold.
 */
export const parserOf = <T>(schema: SchemaObject): ((value: unknown) => T) => {
  const validate = ajv.compile<T>(schema)
  return value => {
    if (validate(value)) return value
    const [error] = validate.errors ?? []
    throw new Refusal('schema', error ? describeError(error) : '')
  }
}
