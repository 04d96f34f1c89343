import type { Static, TSchema } from '@sinclair/typebox'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { malformed } from './sage-error.js'

const ajv = new Ajv2020({ strict: true, strictTypes: false })

/**
 * Compiles a schema, once, into a parser: the value itself, typed, when it is valid.
 * The parser throws SageError `malformed`, naming `what` and nothing of the value.
 */
export const schemaParser = <Schema extends TSchema>(
  schema: Schema,
  what: string,
): ((value: unknown) => Static<Schema>) => {
  const isValid = ajv.compile<Static<Schema>>(schema)
  return value => {
    if (!isValid(value)) throw malformed(`not a valid ${what}`)
    return value
  }
}
