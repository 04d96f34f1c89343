import { compressionMutants } from './compression.js'
import { guardMutants } from './guards.js'
import { lenientMutants } from './lenient.js'
import { mistakenMutants } from './mistaken.js'
import type { DerivationMutant } from './mutant.js'
import { windowMutants } from './windows.js'

/** Every core that is wrong on purpose, each with the vector that finds it. */
export const derivationMutants: readonly DerivationMutant[] = [
  ...mistakenMutants,
  ...lenientMutants,
  ...windowMutants,
  ...guardMutants,
  ...compressionMutants,
]
