import type { RequirementId } from '../../schemas/index.js'
import { SageError, type SageErrorCode, type WireErrorCode } from './sage-error.js'

/**
 * One check of an accept path: the requirement that it enforces, and a function that names the error with which it
 * refuses, or returns undefined. A guard only looks: leaving one out gives an agent that works and is wrong.
 */
export type Guard<Context, Code extends SageErrorCode = WireErrorCode> = readonly [
  id: RequirementId,
  refuse: (context: Context) => Code | undefined,
]

/**
 * Runs the guards in their order.
 * @throws SageError with the code of the first guard that refuses; its text is the same for every guard.
 */
export const enforce = <Context, Code extends SageErrorCode>(
  guards: readonly Guard<Context, Code>[],
  context: Context,
): void => {
  for (const [, refuse] of guards) {
    const code = refuse(context)
    if (code !== undefined) throw new SageError(code, code.replaceAll('_', ' '))
  }
}
