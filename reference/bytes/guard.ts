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

/** A value that is there, or one that has to be waited for. Who finds it there does not wait. */
export type Later<Value> = Value | Promise<Value>

/** A guard that may have to ask somebody. */
export type LaterGuard<Context> = Guard<Context, WireErrorCode | Promise<WireErrorCode | undefined>>

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
  throwIf(firstRefusal(guards, context))
}

/**
 * As {@link enforce}, each guard after the one before it has said its word. Nothing waits, and no other work comes in between,
 * as long as no guard has to ask anybody.
 * @returns a promise where one had to, which rejects as this throws
 */
export const enforceInTurn = <Context>(
  guards: readonly LaterGuard<Context>[],
  context: Context,
): Promise<void> | undefined => {
  for (const [place, [, refuse]] of guards.entries()) {
    const refusal = refuse(context)
    if (refusal instanceof Promise)
      return refusal.then(code => {
        throwIf(code)
        return enforceInTurn(guards.slice(place + 1), context)
      })
    throwIf(refusal)
  }
  return undefined
}

const throwIf = (code: SageErrorCode | undefined): void => {
  if (code !== undefined) throw new SageError(code, code.replaceAll('_', ' '))
}
