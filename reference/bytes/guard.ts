import type { RequirementId } from '../../schemas/index.js'
import { SageError, type SageErrorCode, type WireErrorCode } from './sage-error.js'

/**
 * One check of an accept path: the requirement that it enforces, and a function that names what it refuses with, an error
 * code unless the path says otherwise, or returns undefined. A guard only looks: leaving one out gives an agent that works
 * and is wrong.
 */
export type Guard<Context, Refusal = WireErrorCode> = readonly [
  id: RequirementId,
  refuse: (context: Context) => Refusal | undefined,
]

/** What the first guard refuses with that refuses; undefined where none does. */
export const firstRefusal = <Context, Refusal>(
  guards: readonly Guard<Context, Refusal>[],
  context: Context,
): Refusal | undefined => {
  for (const [, refuse] of guards) {
    const refusal = refuse(context)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/**
 * Runs the guards in their order.
 * @throws SageError with the code of the first guard that refuses; its text is the same for every guard.
 */
export const enforce = <Context, Code extends SageErrorCode>(
  guards: readonly Guard<Context, Code>[],
  context: Context,
): void => {
  const code = firstRefusal(guards, context)
  if (code !== undefined) throw new SageError(code, code.replaceAll('_', ' '))
}
