import type { RequirementId, VectorFile, VectorOp, vectorLayers } from '../../schemas/index.js'
import type { Flag } from './notes.js'
import type { Mistake } from './mistakes/mistake.js'

/** Members of an input or an output. */
export type Values = Readonly<Record<string, unknown>>

/** The part of an implementation that ought to refuse. */
export type Layer = (typeof vectorLayers)[number]

/** A test before its values are known. */
export interface Case {
  readonly id: string
  readonly comment: string
  readonly flags?: readonly Flag[]
  readonly requirements?: readonly RequirementId[]
  readonly input: Values
  /** Values from outside this project, which must come out equal. */
  readonly pinned?: Values
  /** Deliberately wrong implementations whose value is written beside the true one. */
  readonly mistakes?: readonly Mistake[]
  /** Given where the input must be rejected. */
  readonly reject?: Layer
}

/** Tests of one op. */
export interface Group {
  readonly op: VectorOp
  /** Document that the tests were taken from. */
  readonly source?: string
  readonly cases: readonly Case[]
}

/** A vector file before its values are known. */
export interface Family extends Pick<VectorFile, 'title' | 'anchor'> {
  /** Name of the file, without `.json`. */
  readonly name: string
  readonly groups: readonly Group[]
}

/** Asks the honest implementation for all its values, steps included. Throws when it rejects. */
export type Ask = (op: VectorOp, input: Values) => Values

/** `name` of `values`, a text. */
export const textOf = (values: Values, name: string): string => {
  const value = values[name]
  if (typeof value !== 'string') throw new Error(`there is no text ${name}`)
  return value
}
