import type { Json } from '../../probe/bytes/json.js'

/** A value that breaks exactly one constraint of a schema, or that is at the border of one and keeps all of them. */
export interface Variant {
  /** The constraint, as the path of its keyword in the schema: `session-message#/properties/id/pattern`. */
  readonly constraint: string
  readonly isKept: boolean
  /** The whole value; a member that is undefined is absent. */
  readonly value: Json | undefined
  /** The members on the way to what was changed: the first one decides what an accepted value means. */
  readonly path: readonly string[]
}
