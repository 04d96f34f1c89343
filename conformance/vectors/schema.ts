import { Ajv2020 } from 'ajv/dist/2020.js'
import { VectorFile } from '../../schemas/index.js'

const validate = new Ajv2020({ strict: true }).compile(VectorFile)

/** Is `content` a vector file, by its schema? */
export const isVectorFile = (content: unknown): content is VectorFile => validate(content)

/** The first thing that the schema of vector files has against `content`; the empty text where there is none. */
export const schemaObjection = (content: unknown): string => {
  if (validate(content)) return ''
  const { instancePath = '', message = 'is not valid' } = validate.errors?.[0] ?? {}
  return `${instancePath || 'the file'} ${message}`
}
