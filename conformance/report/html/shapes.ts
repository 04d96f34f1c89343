import type { Report } from '../../../schemas/report.js'

/** A check over one transport, as the report has it. */
export type Result = Report['results'][number]

/** What was exchanged once. */
export type Exchange = Result['cases'][number]['transcript'][number]

/** What the page reads of a case when its check is opened. */
export type PageCase = Omit<Result['cases'][number], 'clock' | 'signatures'>
