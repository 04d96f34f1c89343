import { wantsStdout } from '../commands/report-option.js'
import type { Screen } from '../report/console.js'

/** What a stream can do, as far as its kind and the environment say: `NO_COLOR` and `TERM=dumb` are heeded, `FORCE_COLOR` too. */
export const screenOf = (
  stream: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number } = process.stdout,
  env: NodeJS.ProcessEnv = process.env,
): Screen => {
  const isTerminal = stream.isTTY === true && env['TERM'] !== 'dumb'
  const forced = env['FORCE_COLOR']
  const isForced = forced !== undefined && forced !== '0' && forced !== 'false'
  return {
    write: text => void stream.write(text),
    isTerminal,
    colour: !env['NO_COLOR'] && (isForced || (isTerminal && forced === undefined)),
    columns: stream.columns ?? 100,
  }
}

/** Where a run is shown: on standard error where a report goes to standard output. */
export const screenBeside = (reports: readonly string[] | undefined): Screen =>
  screenOf(wantsStdout(reports) ? process.stderr : process.stdout)
