// What a run says of itself on its last lines, as numbers.

/** Counts of the top-level summary `# { total: 5, pass: 3, fail: 1, skip: 1 }` of TAP; undefined where there is none. */
export const tapTally = text => {
  const summary = [...text.matchAll(/^# \{ (total: \d+[^}]*) \}\s*$/gm)].pop()
  if (!summary) return undefined
  const count = name => Number((new RegExp(`\\b${name}: (\\d+)`).exec(summary[1]) || [])[1] || 0)
  return { passed: count('pass'), failed: count('fail'), skipped: count('skip') + count('todo') }
}

/** Counts of a last line such as `7 passed, 0 failed`; undefined where there is none. */
export const lineTally = text => {
  const last = /(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/.exec(text)
  return last ? { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3] || 0) } : undefined
}

/** The line of {@link lineTally}. */
export const tallyLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`

/** Counts of a run; an exit status other than 0 is a failure even where the run itself counted none. */
export const tallyOf = (read, text, status) => {
  const { passed, failed, skipped } = read(text) || { passed: 0, failed: 0, skipped: 0 }
  return { passed, failed: status !== 0 && failed === 0 ? 1 : failed, skipped }
}

/** Sum of counts. */
export const sumOf = tallies =>
  tallies.reduce((sum, { passed, failed, skipped }) => ({
    passed: sum.passed + passed,
    failed: sum.failed + failed,
    skipped: sum.skipped + skipped,
  }))
