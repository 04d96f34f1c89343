import { markdownOf } from './markdown.js'
import type { BenchReport } from './report.js'

const HEAD = `# The bench

Written by \`npm run bench -- --json reference/bench/figures.json --markdown reference/bench/README.md\`. Figures vary from machine to machine and from run
to run, so only the names of the rows are held against the sources. Quote ratios, not times.

## How it is measured

- **Side by side.** Each case runs beside its baselines, in one process that does nothing else. A round has each of them once, in an order of chance; the ratio is computed round by
  round. A ratio is a median, with the quartiles behind it. \`at least\` 2 means that the baseline costs twice as much; \`at most\` 2 that the subject does.
- **time**, **cpu**, **gc**: microseconds a unit, of the wall clock, of the processor (user and system, all threads), of the garbage collector. Where a process of its own does the work, as a
  server does, processor and collector are that process's.
- **p50**, **p99**, **delay**: microseconds of a call at those percentiles, and milliseconds by which a timer of the event loop was late at the 99th.
- **bytes**, **external**, **allocations**: what a unit allocates, garbage included, in a second process whose young generation is so large that nothing is collected between two looks at
  the heap statistics of V8; the median of nine blocks, less what an empty block costs. Allocations are counted by V8's sampling profiler of the heap, which is told to sample every one,
  to a tenth; those that optimised code makes in one step count once.
- Rows of whole processes, such as resident memory, come from trials: every round starts each of them in a process of its own.

\`npm run bench -- --only NAME\` runs the cases whose names begin so, with \`--keep OLD.json\` the others are as they were; \`--rounds N\` says how many rounds count, and
\`--compare OLD.json\` ends with exit code 1 where a ratio got worse and the middle halves of both runs do not meet.
Two programs stand beside it: \`node dist/reference/bench/stream-memory.js\` shows that long streams do not cost memory, and \`node dist/reference/bench/gzip-bomb.js\` what a bomb costs.

`

/** The page of the bench: how it is measured, and the tables of a run. */
export const pageOf = (report: BenchReport): string => HEAD + markdownOf(report)
