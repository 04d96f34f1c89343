import type { vectorLayers } from '../../schemas/index.js'

/** The part of an implementation that refuses, as `vectors/README.md` names them. */
export type Layer = (typeof vectorLayers)[number]

/**
 * The one way in which the probe refuses what it was given. `layer` says where; `rule` says which rule was broken,
 * by its requirement id in `spec/` where it has one. It repeats nothing of the input but a member's name that is safe to show.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  constructor(
    readonly layer: Layer,
    readonly rule: string,
    options?: ErrorOptions,
  ) {
    super(`${layer}: ${rule}`, options)
  }
}
