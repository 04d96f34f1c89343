import type { Json, JsonObject } from '../../probe/bytes/json.js'
import type { Dice } from '../dice.js'
import type { Variant } from './constraint.js'
import { lengthVariants, patternVariants } from './string-variants.js'

/** The keywords of JSON Schema that the schemas of the messages use. */
export interface Schema {
  readonly $id?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly maxProperties?: number
  readonly anyOf?: readonly Schema[]
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly const?: Json
  readonly contentEncoding?: string
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
}

interface Place {
  readonly pointer: string
  readonly path: readonly string[]
}

/** A change of one value, before the values around it are put back. */
type Change = Variant

const UNKNOWN = ['extra', '__proto__', 'constructor', 'toString', 'ID', 'id ', '', 'kid\u0000', 'seq', 'iss', 'alg']
const others = (type: string): Json[] => {
  const values: readonly (readonly [string, Json])[] = [
    ['null', null],
    ['boolean', true],
    ['boolean', false],
    ['integer', 0],
    ['integer', 1],
    ['string', ''],
    ['string', '1'],
    ['array', []],
    ['array', ['a']],
    ['object', {}],
  ]
  return values.filter(([name]) => name !== type).map(([, value]) => value)
}

const typeChanges = (type: string, { pointer, path }: Place): Change[] =>
  others(type).map(value => ({ constraint: `${pointer}/type`, isKept: false, value, path }))

const stringChanges = (schema: Schema, given: string, { pointer, path }: Place, dice: Dice): Change[] =>
  [
    ...(schema.pattern === undefined ? [] : patternVariants(schema.pattern, given, dice)),
    ...lengthVariants(schema as { minLength?: number; maxLength?: number }, given),
  ].map(({ keyword, isKept, text }) => ({ constraint: `${pointer}/${keyword}`, isKept, value: text, path }))

/** Values that are no canonical base64, or no base64 (conventions.base64-canonical). */
const base64Changes = (given: string, { pointer, path }: Place, dice: Dice): Change[] => {
  const at = dice.under(given.length - 4)
  const wrong = [
    `${given}=`,
    `${given.slice(0, at)}\n${given.slice(at)}`,
    `${given.slice(0, at)} ${given.slice(at)}`,
    `${given.slice(0, at)}-${given.slice(at + 1)}`,
    given.replace(/=*$/, '').slice(0, -1) + '=',
    'QQ',
    'QR==',
    'QQ=',
    '====',
    'Q===',
  ]
  // One or the other may be the encoding of something after all.
  const isNone = (text: string): boolean => Buffer.from(text, 'base64').toString('base64') !== text
  return wrong.filter(isNone).map(value => ({ constraint: `${pointer}/contentEncoding`, isKept: false, value, path }))
}

const integerChanges = ({ minimum, maximum }: Schema, { pointer, path }: Place): Change[] => [
  ...(minimum === undefined
    ? []
    : [
        { constraint: `${pointer}/minimum`, isKept: true, value: minimum, path },
        { constraint: `${pointer}/minimum`, isKept: false, value: minimum - 1, path },
      ]),
  ...(maximum === undefined
    ? []
    : [
        { constraint: `${pointer}/maximum`, isKept: true, value: maximum, path },
        { constraint: `${pointer}/maximum`, isKept: false, value: maximum + 1, path },
      ]),
]

const constChanges = (schema: Schema, { pointer, path }: Place): Change[] => {
  const near: Json[] = typeof schema.const === 'string' ? [`${schema.const}s`, schema.const.toUpperCase(), ''] : [false]
  return near.map(value => ({ constraint: `${pointer}/const`, isKept: false, value, path }))
}

const without = (object: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([each]) => each !== name))

/** `__proto__` too is to be a member. */
const withMember = (object: JsonObject, name: string, value: Json): JsonObject =>
  Object.fromEntries([...Object.entries(object).filter(([each]) => each !== name), [name, value]])

const memberChanges = (schema: Schema, given: JsonObject, place: Place, dice: Dice): Change[] => {
  const { pointer, path } = place
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const value = given[name]
    if (value === undefined) return []
    const inner = { pointer: `${pointer}/properties/${name}`, path: [...path, name] }
    return changesOf(member, value, inner, dice).map(change => ({
      ...change,
      value: change.value === undefined ? without(given, name) : withMember(given, name, change.value),
    }))
  })
}

const objectChanges = (schema: Schema, given: JsonObject, place: Place, dice: Dice): Change[] => {
  const { pointer, path } = place
  const known = Object.keys(schema.properties ?? {})
  const missing = (schema.required ?? []).map(name => ({
    constraint: `${pointer}/required/${name}`,
    isKept: false,
    value: without(given, name),
    path: [...path, name],
  }))
  const unknown = schema.patternProperties
    ? []
    : UNKNOWN.filter(name => !known.includes(name)).map(name => ({
        constraint: `${pointer}/additionalProperties`,
        isKept: false,
        value: withMember(given, name, dice.pick<Json>(['x', 1, {}, [], true])),
        path: [...path, ''],
      }))
  return [
    ...missing,
    ...unknown,
    ...memberChanges(schema, given, place, dice),
    ...entryChanges(schema, given, place, dice),
  ]
}

/** What may be wrong with names and values that are anybody's, such as those of metadata. */
const entryChanges = (schema: Schema, given: JsonObject, { pointer, path }: Place, dice: Dice): Change[] => {
  const { patternProperties = {}, maxProperties } = schema
  return Object.entries(patternProperties).flatMap(([pattern, member]) => {
    const names = patternVariants(pattern, 'name', dice).map(({ isKept, text }) => ({
      constraint: `${pointer}/${isKept ? 'patternProperties' : 'additionalProperties'}`,
      isKept,
      value: withMember(given, text, 'value'),
      path,
    }))
    const inner = { pointer: `${pointer}/patternProperties`, path }
    const values = changesOf(member, 'value', inner, dice).map(change => ({
      ...change,
      value: withMember(given, 'name', change.value!),
    }))
    const many = (count: number): JsonObject =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, '']))
    const counts =
      maxProperties === undefined
        ? []
        : [maxProperties, maxProperties + 1].map(count => ({
            constraint: `${pointer}/maxProperties`,
            isKept: count <= maxProperties,
            value: many(count),
            path,
          }))
    return [...names, ...values, ...counts]
  })
}

const changesOf = (schema: Schema, given: Json, place: Place, dice: Dice): Change[] => {
  if (schema.anyOf !== undefined) {
    // The branch that the given value is of; those beside it need members that it has not.
    const names = Object.keys(given as JsonObject)
    const branch = schema.anyOf.findIndex(({ required = [] }) => required.every(name => names.includes(name)))
    return changesOf(schema.anyOf[branch]!, given, { ...place, pointer: `${place.pointer}/anyOf/${branch}` }, dice)
  }
  const { type = 'object' } = schema
  const own =
    type === 'object'
      ? objectChanges(schema, given as JsonObject, place, dice)
      : type === 'integer'
        ? integerChanges(schema, place)
        : schema.const !== undefined
          ? constChanges(schema, place)
          : schema.contentEncoding !== undefined
            ? base64Changes(String(given), place, dice)
            : type === 'string'
              ? stringChanges(schema, String(given), place, dice)
              : []
  // The whole value being something else than an object is no message at all: that is the parser's to see.
  return place.path.length === 0 ? own : [...typeChanges(type, place), ...own]
}

/**
 * Every way to break one constraint of a schema by a change of a valid value, and its values at the borders.
 * @param given valid, with every member that is to be tried
 */
export const variantsOf = (schema: Schema, given: JsonObject, dice: Dice): Variant[] =>
  changesOf(schema, given, { pointer: `${(schema.$id ?? '').replace(/^.*:/, '')}#`, path: [] }, dice)
