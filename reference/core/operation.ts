import type { VectorOp } from '../../schemas/index.js'
import type { CoreGuards } from './guards.js'
import type { OpInput } from './op-input.js'
import type { Parts } from '../parts.js'

/** The protocol's core as an operation sees it. */
export interface Core {
  readonly parts: Parts
  readonly guards: CoreGuards
}

/** An operation of vectors/README.md: the members of its output and steps, or SageError where it rejects. */
export type Operation = (input: OpInput, core: Core) => Readonly<Record<string, unknown>>

/** Some operations, by their names. */
export type Operations<Op extends VectorOp> = Readonly<Record<Op, Operation>>

/** Operations whose names begin with `Prefix`. */
export type OperationsOf<Prefix extends string> = Operations<Extract<VectorOp, `${Prefix}${string}`>>
