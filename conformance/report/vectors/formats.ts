import type { VectorsReport } from '../../../schemas/index.js'
import type { Formats } from '../formats.js'
import { encodeJson } from '../json.js'
import { encodeVectorsBadge } from './badge.js'
import { encodeVectorsJunit } from './junit.js'
import { encodeVectorsMarkdown } from './markdown.js'
import { encodeVectorsTap } from './tap.js'

/**
 * Every format of the reports of `vectors run`. There is no SARIF: a wrong value breaks no one sentence, and many a test is
 * of an RFC and of none of ours. There is no page either: there are no exchanges to read.
 */
export const vectorsFormats = {
  json: encodeJson,
  junit: encodeVectorsJunit,
  tap: encodeVectorsTap,
  markdown: encodeVectorsMarkdown,
  badge: encodeVectorsBadge,
} as const satisfies Formats<VectorsReport>
