import type { Report } from '../../schemas/index.js'

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** The verdict of a report, with how many failures it leaves out. */
export const describeVerdict = ({ verdict, baseline }: Pick<Report, 'verdict' | 'baseline'>): string =>
  verdict === 'conformant but for known failures' && baseline
    ? `conformant but for ${counted(baseline.known, 'known failure')}`
    : verdict

/** What came of the known failures that the caller listed, in one line; nothing without such a list. */
export const describeBaseline = ({ baseline }: Pick<Report, 'baseline'>): string | undefined =>
  baseline &&
  [
    `baseline: ${counted(baseline.known, 'known failure')}`,
    ...(baseline.mend.length > 0 ? [`${counted(baseline.mend.length, 'entry', 'entries')} to mend`] : []),
    ...(baseline.unjudged > 0 ? [`${counted(baseline.unjudged, 'entry', 'entries')} not judged by this run`] : []),
  ].join(', ')
