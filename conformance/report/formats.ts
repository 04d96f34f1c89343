import type { Report } from '../../schemas/index.js'
import type { Requirement } from '../trace/read-requirements.js'
import { encodeBadge } from './badge.js'
import { encodeHtml } from './html/encode-html.js'
import { encodeJson } from './json.js'
import { encodeJunit } from './junit.js'
import { encodeMarkdown } from './markdown.js'
import { encodeSarif } from './sarif.js'
import { encodeTap } from './tap.js'

/** Makes a format of a report, and of nothing else but the requirements that it was judged by. */
export type Encode = (report: Report, requirements: readonly Requirement[]) => string

/** Every format in which a report can be had, by the name that `--report` takes. */
export const formats = {
  json: encodeJson,
  junit: encodeJunit,
  tap: encodeTap,
  sarif: encodeSarif,
  markdown: encodeMarkdown,
  html: encodeHtml,
  badge: encodeBadge,
} as const satisfies Record<string, Encode>

/** Name of a format. */
export type FormatName = keyof typeof formats

/** Is `name` that of a format? */
export const isFormatName = (name: string): name is FormatName => Object.hasOwn(formats, name)
