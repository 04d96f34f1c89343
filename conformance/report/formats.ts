import type { Report } from '../../schemas/index.js'
import type { Requirement } from '../trace/read-requirements.js'
import { encodeBadge } from './badge.js'
import { encodeHtml } from './html/encode-html.js'
import { encodeJson } from './json.js'
import { encodeJunit } from './junit.js'
import { encodeMarkdown } from './markdown.js'
import { encodeSarif } from './sarif.js'
import { encodeTap } from './tap.js'

/**
 * Makes a format of a report, and of nothing else but the requirements that it was judged by, and where a site has a page for
 * each of these: the base of it, ending in a slash. Without one there are no links.
 */
export type Encode<Kept = Report> = (report: Kept, requirements: readonly Requirement[], site?: string) => string

/** The formats in which a kind of report can be had, by the names that `--report` takes. */
export type Formats<Kept> = Readonly<Record<string, Encode<Kept>>>

/** Every format of the reports of `run` and `run-client`. */
export const formats = {
  json: encodeJson,
  junit: encodeJunit,
  tap: encodeTap,
  sarif: encodeSarif,
  markdown: encodeMarkdown,
  html: encodeHtml,
  badge: encodeBadge,
} as const satisfies Formats<Report>

/** Name of a format. */
export type FormatName = keyof typeof formats
