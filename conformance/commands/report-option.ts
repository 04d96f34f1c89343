import { closeSync, openSync } from 'node:fs'
import { UsageError } from './usage.js'

/**
 * The files that `--report json=FILE` names. Each is opened before anything is sent or started, so that no verdict is lost
 * for want of a folder. Throws UsageError.
 */
export const parseReports = (reports: readonly string[]): string[] =>
  reports.map(report => {
    const path = /^json=(.+)$/s.exec(report)?.[1]
    if (path === undefined) throw new UsageError(`--report takes json=FILE, not ${JSON.stringify(report)}`)
    try {
      closeSync(openSync(path, 'a'))
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? 'error'
      throw new UsageError(`--report: cannot write ${path} (${reason})`, { cause })
    }
    return path
  })
