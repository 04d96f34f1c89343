import { writeFileSync } from 'node:fs'
import type { Judged } from './judge.js'
import { exitStatus, type Counts, type Verdict } from './verdict.js'

/** The machine-readable account of a run: what was asked, and how each test came out. */
export const runReport = (judged: readonly Judged[], counts: Counts, verdict: Verdict): object => ({
  suite: 'sage/1.0',
  kind: 'vectors',
  verdict,
  exitStatus: exitStatus[verdict],
  counts,
  tests: judged.map(({ test: { id, op, test }, judgement }) => ({
    id,
    op,
    requirements: test.requirements,
    ...judgement,
  })),
})

/** Writes a report. @throws the system's error when the file cannot be written */
export const writeReport = (path: string, report: object): void =>
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`)
