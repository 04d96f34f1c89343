import { randomBytes } from 'node:crypto'
import type { Transport } from '../../schemas/index.js'
import { checks } from '../checks/index.js'
import { parseBase64url } from '../probe/bytes/base64.js'
import { parseDid } from '../probe/bytes/forms.js'
import { encodeHex } from '../probe/bytes/hex.js'
import type { Identity } from '../probe/initiator/target.js'
import { ConsoleReport, type Screen } from '../report/console.js'
import { formats } from '../report/formats.js'
import { createReport } from '../report/json.js'
import { reproduction } from '../report/reproduction.js'
import { createRealClock } from '../runner/clock.js'
import { judge, type Settings } from '../runner/judge.js'
import { createIdentity } from '../runner/kit.js'
import { placesOf, planChecks, UnknownSelection } from '../runner/plan.js'
import { LiveWorld } from '../runner/world.js'
import { loadRequirementSet } from '../trace/requirement-set.js'
import { openBaseline, parseEnding, writeBaseline, type EndingOptions } from './baseline-option.js'
import { runDefaults } from '../runner/defaults.js'
import { readSigningKey } from './identity-file.js'
import { parseReports, parseSite, statusAfterWriting, writeReports } from './report-option.js'
import {
  parseHexOption,
  parseHttpUrl,
  parseOption,
  parseTransports,
  parseWhole,
  parseWsUrl,
  readCertificates,
  readTextFile,
  UsageError,
} from './usage.js'

/** The options of `run`, as texts from the command line. */
export interface RunCommandOptions extends EndingOptions {
  readonly did?: string
  readonly kemKey?: string
  readonly signingKey?: string
  readonly http?: string
  readonly ws?: string
  readonly transport?: string
  readonly identity?: string
  readonly metricsToken?: string
  readonly only?: readonly string[]
  readonly skip?: readonly string[]
  readonly strict?: boolean
  readonly timeout?: string
  readonly patience?: string
  readonly jobs?: string
  readonly seed?: string
  readonly salt?: string
  readonly ca?: string
  readonly insecure?: boolean
  readonly report?: readonly string[]
  readonly site?: string
}

const checkKey = (option: string, text: string | undefined): void => {
  if (text === undefined) return
  const { length } = parseOption(option, 'b64u of 32 bytes', () => parseBase64url(text))
  if (length !== 32) throw new UsageError(`${option} takes b64u of 32 bytes, not of ${length}`)
}

const parseFlags = ({ did, kemKey, signingKey, http, ws }: RunCommandOptions): Settings['flags'] => {
  if (did !== undefined) parseOption('--did', 'a DID', () => parseDid(did))
  if (http !== undefined) parseHttpUrl('--http', http)
  if (ws !== undefined) parseWsUrl('--ws', ws)
  if (kemKey !== undefined && did === undefined) throw new UsageError('--kem-key needs --did')
  if (kemKey !== undefined && !did?.startsWith('did:key:') && signingKey === undefined)
    throw new UsageError('a --did that is not a did:key needs --signing-key, the key that it stands for')
  checkKey('--kem-key', kemKey)
  checkKey('--signing-key', signingKey)
  const given = Object.entries({ did, kemKey, signingKey, http, ws }).filter(([, text]) => text !== undefined)
  return Object.fromEntries(given)
}

const readIdentity = (path: string): Identity =>
  createIdentity(readSigningKey(path, line => void process.stderr.write(`${line}\n`)))

const readMetricsToken = (path: string): string => {
  const token = readTextFile('--metrics-token', path).trim()
  // The form of RFC 6750; anything shorter could stand in an answer by chance, out of which the token is taken.
  if (/^[A-Za-z0-9._~+/-]{8,4096}=*$/.test(token)) return token
  throw new UsageError(`--metrics-token takes a file with a bearer token of 8 characters or more (${path})`)
}

/** Refuses a selection of checks that are not there, before anything is sent. */
const checkSelection = (over: readonly Transport[], only: readonly string[], skip: readonly string[]): void => {
  try {
    planChecks(checks, over, only, skip)
  } catch (cause) {
    throw cause instanceof UnknownSelection ? new UsageError(cause.message, { cause }) : cause
  }
}

/** The options of a run, read: everything that can be wrong with them is found here. */
const parseRun = (urlText: string, options: RunCommandOptions) => {
  const { only = [], skip = [], strict = false } = options
  const transports = parseTransports(options.transport)
  checkSelection(transports, only, skip)
  const url = parseHttpUrl('URL', urlText)
  const flags = parseFlags(options)
  const identity = options.identity === undefined ? undefined : readIdentity(options.identity)
  const metricsToken = options.metricsToken === undefined ? undefined : readMetricsToken(options.metricsToken)
  const settings: Settings = {
    seed: parseHexOption('--seed', options.seed ?? runDefaults.seed),
    salt: parseHexOption('--salt', options.salt ?? encodeHex(randomBytes(16))),
    transports,
    only: [...only],
    skip: [...skip],
    jobs: parseWhole('--jobs', options.jobs ?? runDefaults.jobs, 1, 64),
    timeoutMs: parseWhole('--timeout', options.timeout ?? runDefaults.timeout, 1, 600_000),
    patienceSeconds: parseWhole('--patience', options.patience ?? runDefaults.patience, 0, 100_000),
    exactClock: false,
    strict,
    flags,
    ...(options.ca !== undefined && { ca: true }),
    ...(options.insecure && { insecure: true }),
    ...(metricsToken !== undefined && { metricsToken: true }),
    ...(identity && { identity: identity.did }),
    ...parseEnding(options, checks.map(placesOf)),
  }
  const list = options.writeBaseline === undefined ? undefined : openBaseline(options.writeBaseline)
  const ca = options.ca === undefined ? undefined : readCertificates('--ca', options.ca)
  const site = parseSite(options.site)
  return { url, identity, metricsToken, settings, ca, list, site, reports: parseReports(options.report ?? [], formats) }
}

/**
 * `sage-conformance run URL`: judges the responder there over every transport that it has.
 * @returns exit status: 0 conformant, 1 not, 3 unreachable, no SAGE there, or incomplete, 4 the suite's own fault, or a
 *   report that could not be written
 * @throws UsageError (exit status 2) before anything is sent
 */
export const runCommand = async (
  urlText: string,
  options: RunCommandOptions,
  screen: Screen,
  signal: AbortSignal,
): Promise<number> => {
  const { url, identity, metricsToken, ca, list, site, reports, settings } = parseRun(urlText, options)
  const world = new LiveWorld(
    createRealClock(settings.patienceSeconds),
    { timeoutMs: settings.timeoutMs, ca, insecure: options.insecure, signal },
    identity,
    metricsToken,
  )
  const { requirements } = loadRequirementSet()
  const shown = new ConsoleReport(screen, id => requirements.find(each => each.id === id), site)
  const started = performance.now()
  const judged = await judge(checks, url, settings, world, shown)
  const seconds = Math.round(performance.now() - started) / 1000
  const report = createReport('run', settings, judged, seconds)
  const unwritten = writeReports(reports, report, requirements, site)
  shown.end(report, result => reproduction(report, result, options))
  if (list) unwritten.push(...writeBaseline(list, report, line => screen.write(`${line}\n`)))
  return statusAfterWriting(unwritten, report.exitStatus)
}
