import { Type } from '@sinclair/typebox'

// The forms of conventions.md that recur in every message. Patterns are ECMA-262, anchored, and linear to match.

/** `$id` of the schema called `name`: a name, not an address to fetch. */
export const schemaId = (name: string): string => `urn:sage:1.0:schema:${name}`

/** Options of every object on the wire: closed, and with a resolvable name. */
export const closed = (name: string, title: string) =>
  ({ $id: schemaId(name), title, additionalProperties: false }) as const

/** `token`: 1 to 128 of `A-Z a-z 0-9 . _ ~ : -` (conventions.token). */
export const Token = Type.String({ pattern: '^[A-Za-z0-9._~:-]{1,128}$' })

/** `task`: a token's characters and `/` and `@` (conventions.task). */
export const Task = Type.String({ pattern: '^[A-Za-z0-9._~:/@-]{1,128}$' })

/** `did`: 7 to 512 characters (conventions.did). */
export const Did = Type.String({ pattern: '^did:[a-z0-9]+:[A-Za-z0-9._:%-]+$', minLength: 7, maxLength: 512 })

/** UTC time, up to nanoseconds; that the date is real is for the parser to see (conventions.time). */
export const Time = Type.String({
  pattern:
    '^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?Z$',
})

/** b64 of any length. The alphabet is for the parser to see: a pattern over megabytes would exhaust a regex engine. */
export const Base64 = Type.String({ contentEncoding: 'base64' })

/** b64 of exactly 64 bytes, canonical. */
export const Base64Of64 = Type.String({ pattern: '^[A-Za-z0-9+/]{85}[AQgw]==$' })

/** b64u of exactly 32 bytes, canonical. */
export const Base64UrlOf32 = Type.String({ pattern: '^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$' })

/** b64u of exactly 64 bytes, canonical. */
export const Base64UrlOf64 = Type.String({ pattern: '^[A-Za-z0-9_-]{85}[AQgw]$' })

/** Unsigned 32-bit integer. */
export const Uint32 = Type.Integer({ minimum: 0, maximum: 4294967295 })

/** Name of a content coding, such as `gzip`; which of them are supported is the capability's matter. */
export const EncodingName = Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' })
