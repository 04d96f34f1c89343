import { hexOf } from '../fixed.js'
import type { Case, Family, Layer } from '../case.js'
import type { Flag } from '../notes.js'
import type { RequirementId } from '../../../schemas/index.js'

const bytes = (
  id: string,
  comment: string,
  hex: string,
  flag: Flag,
  requirements: readonly RequirementId[],
  reject?: Layer,
): Case => ({ id, comment, flags: [flag], requirements, input: { bytes: hex }, ...(reject && { reject }) })

const accept = (id: string, comment: string, text: string, flag: Flag, requirement?: RequirementId): Case =>
  bytes(id, comment, hexOf(text), flag, requirement === undefined ? [] : [requirement])

const reject = (id: string, comment: string, text: string, flag: Flag, requirement: RequirementId): Case =>
  bytes(id, comment, hexOf(text), flag, [requirement], 'encoding')

const nested = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`
const nestedArrays = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

const accepted: readonly Case[] = [
  accept('empty-object', 'the empty object', '{}', 'Border', 'conventions.json-utf8'),
  accept(
    'white-space',
    'white space wherever RFC 8259 allows it',
    ' \t\r\n{ "a" : [ 1 , 2 ] } \n',
    'JsonForm',
    'conventions.json-utf8',
  ),
  accept(
    'every-kind',
    'every kind of value',
    '{"a":"x","b":0,"c":-1,"d":true,"e":false,"f":[],"g":{}}',
    'Honest',
    'conventions.json-utf8',
  ),
  accept(
    'escapes',
    'every escape of RFC 8259',
    '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041"}',
    'JsonForm',
    'conventions.json-utf8',
  ),
  accept(
    'surrogate-pair-escaped',
    'a character beyond U+FFFF, escaped as a pair',
    '{"a":"\\ud83d\\ude00"}',
    'Utf8',
    'conventions.json-surrogate',
  ),
  accept(
    'surrogate-pair-raw',
    'a character beyond U+FFFF in UTF-8',
    '{"a":"\u{1f600}"}',
    'Utf8',
    'conventions.json-surrogate',
  ),
  accept(
    'line-separator',
    'U+2028 within a string, which is no line end in JSON',
    '{"a":"\u2028"}',
    'Utf8',
    'conventions.json-utf8',
  ),
  accept('nul-escaped', 'a zero character, escaped', '{"a":"\\u0000"}', 'Utf8', 'conventions.json-utf8'),
  accept(
    'noncharacter',
    'U+FFFE within a string is not a byte order mark',
    '{"a":"\ufffe\ufeff"}',
    'Utf8',
    'conventions.json-utf8',
  ),
  accept('proto', 'a member named __proto__ is a member like any other', '{"__proto__":{"a":1}}', 'Prototype'),
  accept(
    'same-name-elsewhere',
    'the same name in two objects',
    '{"a":{"a":1},"b":{"a":2}}',
    'DuplicateName',
    'conventions.json-duplicate-signed',
  ),
  accept(
    'names-differ-in-case',
    'names compare exactly',
    '{"a":1,"A":2}',
    'DuplicateName',
    'conventions.json-duplicate-signed',
  ),
  accept('depth-16', 'objects 16 deep', nested(16), 'Depth', 'conventions.json-depth'),
  accept('depth-16-arrays', 'arrays within an object, 16 deep', nestedArrays(16), 'Depth', 'conventions.json-depth'),
  accept(
    'wide',
    'many members side by side are not deep',
    `{"a":[${Array(300).fill('{}').join(',')}]}`,
    'Depth',
    'conventions.json-depth',
  ),
  accept('largest-integer', '2^53 - 1', '{"a":9007199254740991}', 'JsonNumber', 'conventions.json-integer'),
  accept('smallest-integer', '-(2^53 - 1)', '{"a":-9007199254740991}', 'JsonNumber', 'conventions.json-integer'),
]

const encoding: readonly Case[] = [
  bytes('bom', 'a byte order mark', `efbbbf${hexOf('{}')}`, 'JsonForm', ['conventions.json-utf8'], 'encoding'),
  bytes('utf-16', 'UTF-16', '7b007d00', 'Utf8', ['conventions.json-utf8'], 'encoding'),
  bytes('utf-16-bom', 'UTF-16 with its byte order mark', 'fffe7b007d00', 'Utf8', ['conventions.json-utf8'], 'encoding'),
  ...(
    [
      ['lone-continuation', 'a continuation byte without a beginning', '80'],
      ['overlong', 'a slash in two bytes', 'c0af'],
      ['overlong-nul', 'a zero character in two bytes', 'c080'],
      ['truncated', 'the first two bytes of three', 'e282'],
      ['surrogate', 'half of a surrogate pair in UTF-8 (CESU-8)', 'eda080'],
      ['beyond-unicode', 'a character beyond U+10FFFF', 'f4908080'],
      ['byte-ff', 'a byte that UTF-8 does not have', 'ff'],
      ['latin-1', 'a letter in ISO 8859-1', 'e9'],
    ] as const
  ).map(([id, comment, hex]) =>
    bytes(
      `utf8-${id}`,
      comment,
      `${hexOf('{"a":"')}${hex}${hexOf('"}')}`,
      'Utf8',
      ['conventions.json-utf8'],
      'encoding',
    ),
  ),
  reject(
    'surrogate-high-escaped',
    'the first half of a pair, escaped, alone',
    '{"a":"\\ud83d"}',
    'Utf8',
    'conventions.json-surrogate',
  ),
  reject(
    'surrogate-low-escaped',
    'the second half of a pair, escaped, alone',
    '{"a":"\\ude00"}',
    'Utf8',
    'conventions.json-surrogate',
  ),
  reject(
    'surrogates-exchanged',
    'a pair in the wrong order',
    '{"a":"\\ude00\\ud83d"}',
    'Utf8',
    'conventions.json-surrogate',
  ),
  reject('surrogate-in-name', 'half of a pair in a name', '{"\\ud83d":1}', 'Utf8', 'conventions.json-surrogate'),
]

const forms: readonly Case[] = (
  [
    ['empty', 'nothing at all', ''],
    ['space-only', 'white space', ' '],
    ['array', 'an array', '[]'],
    ['string', 'a string', '"a"'],
    ['number', 'a number', '1'],
    ['null', 'null', 'null'],
    ['two-objects', 'two objects, one after the other', '{}{}'],
    ['text-after', 'a comma after the object', '{},'],
    ['truncated', 'an object without its end', '{"a":1'],
    ['truncated-string', 'a string without its end', '{"a":"'],
    ['trailing-comma', 'a comma before the end of an object', '{"a":1,}'],
    ['trailing-comma-array', 'a comma before the end of an array', '{"a":[1,]}'],
    ['leading-comma', 'a comma before the first member', '{,"a":1}'],
    ['missing-colon', 'no colon', '{"a" 1}'],
    ['missing-comma', 'no comma', '{"a":1 "b":2}'],
    ['missing-value', 'no value', '{"a":}'],
    ['bare-name', 'a name without quotation marks', '{a:1}'],
    ['number-name', 'a number for a name', '{1:1}'],
    ['single-quotes', 'single quotation marks', "{'a':1}"],
    ['comment', 'a comment', '{/**/}'],
    ['line-comment', 'a comment to the end of the line', '{}//'],
    ['nan', 'not a number, in a word', '{"a":NaN}'],
    ['infinity', 'infinity, in a word', '{"a":Infinity}'],
    ['true-upper-case', 'True', '{"a":True}'],
    ['undefined', 'undefined', '{"a":undefined}'],
    ['control-character', 'a line feed within a string, not escaped', '{"a":"\n"}'],
    ['nul-raw', 'a zero character within a string, not escaped', '{"a":"\u0000"}'],
    ['escape-unknown', 'an escape that JSON does not have', '{"a":"\\x41"}'],
    ['escape-quote', 'an escaped apostrophe', '{"a":"\\\'"}'],
    ['escape-short', 'three hex digits', '{"a":"\\u041"}'],
    ['escape-not-hex', 'digits that are not hex', '{"a":"\\u00g1"}'],
    ['vertical-tab', 'white space that JSON does not have', '\u000b{}'],
    ['no-break-space', 'a no-break space outside of a string', '{}\u00a0'],
  ] as const
).map(([id, comment, text]) => reject(id, comment, text, 'JsonForm', 'conventions.json-utf8'))

const numbers: readonly Case[] = (
  [
    ['fraction', 'a fraction', '1.5'],
    ['fraction-zero', 'an integer written with a fraction', '1.0'],
    ['exponent', 'an integer written with an exponent', '1e2'],
    ['exponent-zero', 'an exponent of zero', '1E0'],
    ['minus-exponent', 'an integer written with a negative exponent', '100e-2'],
  ] as const
).map(([id, comment, number]) =>
  reject(`number-${id}`, comment, `{"a":${number}}`, 'JsonNumber', 'conventions.json-integer'),
)

const numberForms: readonly Case[] = (
  [
    ['leading-zero', 'a zero before', '01'],
    ['plus', 'a plus sign', '+1'],
    ['minus-only', 'a minus sign alone', '-'],
    ['point-first', 'a point without a digit before it', '.5'],
    ['hex', 'hex', '0x10'],
    ['separator', 'a separator of thousands', '1_000'],
  ] as const
).map(([id, comment, number]) =>
  reject(`number-${id}`, comment, `{"a":${number}}`, 'JsonNumber', 'conventions.json-utf8'),
)

const structure: readonly Case[] = [
  reject('duplicate', 'a name twice', '{"a":1,"a":2}', 'DuplicateName', 'conventions.json-duplicate-signed'),
  reject(
    'duplicate-same-value',
    'a name twice with the same value',
    '{"a":1,"a":1}',
    'DuplicateName',
    'conventions.json-duplicate-signed',
  ),
  reject(
    'duplicate-escaped',
    'a name twice, once escaped',
    '{"a":1,"\\u0061":2}',
    'DuplicateName',
    'conventions.json-duplicate-signed',
  ),
  reject(
    'duplicate-inner',
    'a name twice in an inner object',
    '{"a":{"b":1,"b":2}}',
    'DuplicateName',
    'conventions.json-duplicate-signed',
  ),
  reject(
    'duplicate-in-array',
    'a name twice in an object in an array',
    '{"a":[{"b":1,"b":2}]}',
    'DuplicateName',
    'conventions.json-duplicate-signed',
  ),
  reject(
    'duplicate-proto',
    'the name __proto__ twice',
    '{"__proto__":1,"__proto__":2}',
    'DuplicateName',
    'conventions.json-duplicate-signed',
  ),
  reject(
    'duplicate-empty',
    'the empty name twice',
    '{"":1,"":2}',
    'DuplicateName',
    'conventions.json-duplicate-signed',
  ),
  reject('depth-17', 'objects 17 deep', nested(17), 'Depth', 'conventions.json-depth'),
  reject('depth-17-arrays', 'arrays within an object, 17 deep', nestedArrays(17), 'Depth', 'conventions.json-depth'),
  reject('depth-1000', 'objects 1000 deep', nested(1000), 'Depth', 'conventions.json-depth'),
]

/** Signed JSON as this protocol reads it: strict, bounded, one object. */
export const json = (): Family => ({
  name: 'json',
  title: 'JSON as a reader of signed objects takes it',
  anchor: 'none: the rules are RFC 8259 and RFC 7493 (I-JSON), narrowed by conventions.md',
  groups: [{ op: 'json.parse', cases: [...accepted, ...encoding, ...forms, ...numbers, ...numberForms, ...structure] }],
})
