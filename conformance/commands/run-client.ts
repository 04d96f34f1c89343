import { randomBytes } from 'node:crypto'
import { clientChecks } from '../client/all.js'
import type { ClientCheck } from '../client/check.js'
import { createChildClient } from '../client/child-client.js'
import { runClientChecks } from '../client/run-client.js'
import { placesOf, selectClientChecks } from '../client/select.js'
import { encodeHex, parseHex } from '../probe/bytes/hex.js'
import { encodeTime } from '../probe/bytes/time.js'
import { ConsoleReport, type Screen } from '../report/console.js'
import { formats } from '../report/formats.js'
import { createReport } from '../report/json.js'
import { reproduction } from '../report/reproduction.js'
import { quoted } from '../report/shell-word.js'
import { printable } from '../report/text.js'
import { isUnknownFailure } from '../runner/baseline.js'
import type { Judged, Settings } from '../runner/judge.js'
import { UnknownSelection } from '../runner/plan.js'
import type { CheckResult } from '../runner/result.js'
import { compareTransports } from '../runner/same-verdict.js'
import { loadRequirementSet } from '../trace/requirement-set.js'
import { NotStartable } from '../vectors/child-peer.js'
import { openBaseline, parseEnding, writeBaseline, type EndingOptions } from './baseline-option.js'
import { runClientDefaults } from '../runner/defaults.js'
import { parseReports, parseSite, statusAfterWriting, writeReports } from './report-option.js'
import { parseHexOption, parseTransports, parseWhole, UsageError } from './usage.js'

/** The options of `run-client`, as texts from the command line. */
export interface RunClientCommandOptions extends EndingOptions {
  readonly only?: readonly string[]
  readonly skip?: readonly string[]
  readonly transport?: string
  readonly timeout?: string
  readonly jobs?: string
  readonly seed?: string
  readonly salt?: string
  readonly report?: readonly string[]
  readonly site?: string
}

const parseChecks = ({ transports, only, skip }: Settings): ClientCheck[] => {
  try {
    return selectClientChecks(clientChecks, transports, only, skip)
  } catch (cause) {
    throw cause instanceof UnknownSelection ? new UsageError(cause.message, { cause }) : cause
  }
}

const parseSettings = (options: RunClientCommandOptions): Settings => ({
  seed: parseHexOption('--seed', options.seed ?? runClientDefaults.seed),
  salt: parseHexOption('--salt', options.salt ?? encodeHex(randomBytes(16))),
  transports: parseTransports(options.transport),
  only: [...(options.only ?? [])],
  skip: [...(options.skip ?? [])],
  jobs: parseWhole('--jobs', options.jobs ?? runClientDefaults.jobs, 1, 64),
  timeoutMs: parseWhole('--timeout', options.timeout ?? runClientDefaults.timeout, 1, 600_000),
  patienceSeconds: 0,
  exactClock: false,
  strict: false,
  flags: {},
  ...parseEnding(options, clientChecks.map(placesOf)),
})

/**
 * `sage-conformance run-client -- CMD [ARGS]`: judges the initiator that CMD is, by playing responders to it.
 * @returns exit status: 0 conformant, 1 not, 3 incomplete, 4 the suite's own fault, or a report that could not be written
 * @throws UsageError (exit status 2) before anything is started, or when CMD cannot be started
 */
export const runClientCommand = async (
  command: readonly string[],
  options: RunClientCommandOptions,
  screen: Screen,
  signal: AbortSignal,
): Promise<number> => {
  if (command.length === 0) throw new UsageError('no command: run-client -- CMD [ARGS]')
  const settings = parseSettings(options)
  const checks = parseChecks(settings)
  const list = options.writeBaseline === undefined ? undefined : openBaseline(options.writeBaseline)
  const site = parseSite(options.site)
  const reports = parseReports(options.report ?? [], formats)
  const { requirements: set } = loadRequirementSet()
  const requirements = new Map(set.map(each => [each.id as string, each]))
  const shown = new ConsoleReport(screen, id => requirements.get(id), site)
  const url = command.map(quoted).join(' ')
  const startedAt = encodeTime(BigInt(Date.now()) * 1_000_000n)
  const started = performance.now()
  shown.begin(url)
  const environment = {
    client: createChildClient(command, signal),
    timeoutMs: settings.timeoutMs,
    seed: parseHex(settings.seed),
    salt: parseHex(settings.salt),
    levelOf: (id: string): string => requirements.get(id)?.level ?? 'MUST',
    signal,
  }
  const isEnd = (result: CheckResult): boolean => settings.failFast === true && isUnknownFailure(result, settings)
  let results: CheckResult[]
  try {
    results = await runClientChecks(checks, environment, settings.jobs, shown, settings.transports, isEnd)
  } catch (cause) {
    throw cause instanceof NotStartable ? new UsageError(`CMD cannot be started: ${cause.message}`, { cause }) : cause
  }
  const seconds = Math.round(performance.now() - started) / 1000
  const target = {
    url,
    argv: [...command],
    capabilities: [],
    identityRestsOn: 'the process that was started',
    clockAheadSeconds: 0,
  }
  const judged: Judged = { target, startedAt, discovery: { clock: [], transcript: [] }, results }
  const report = createReport('run-client', settings, judged, seconds)
  const unwritten = writeReports(reports, report, set, site)
  shown.end(report, result => reproduction(report, result))
  for (const { check, found } of compareTransports(results).differences)
    screen.write(`differs  ${check}: ${printable(found.observed)}\n`)
  if (list) unwritten.push(...writeBaseline(list, report, line => screen.write(`${line}\n`)))
  return statusAfterWriting(unwritten, report.exitStatus)
}
