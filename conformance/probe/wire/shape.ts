import { Ajv2020, type SchemaObject } from 'ajv/dist/2020.js'
import { Refusal } from '../refusal.js'

const ajv = new Ajv2020({ strict: true })

/**
 * A parser of JSON values by one of the schemas; the schema is compiled here, once.
 * The parser throws Refusal `schema` with the place and the keyword that did not hold.
 */
export const parserOf = <T>(schema: SchemaObject): ((value: unknown) => T) => {
  const validate = ajv.compile<T>(schema)
  return value => {
    if (validate(value)) return value
    const [error] = validate.errors ?? []
    throw new Refusal('schema', `${error?.schemaPath ?? ''}`)
  }
}
