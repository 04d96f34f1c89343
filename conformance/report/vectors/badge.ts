import type { VectorsReport } from '../../../schemas/index.js'
import { badgeOf } from '../badge.js'

/** A report of vectors as a badge: the verdict, and how many tests failed. */
export const encodeVectorsBadge = ({ verdict, counts }: VectorsReport): string =>
  badgeOf('SAGE 1.0 vectors', verdict, verdict, counts.fail)
