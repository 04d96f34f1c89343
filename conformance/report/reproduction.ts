import type { Report } from '../../schemas/index.js'
import { runClientDefaults, runDefaults } from '../runner/defaults.js'
import { quoted } from './shell-word.js'

/** What has to be known of a result to judge it again. */
type Result = Pick<Report['results'][number], 'check' | 'transport'> & {
  readonly cases: readonly { readonly name: string }[]
}

/** The check whose cases are other checks. */
const SAME = 'ws.same-as-http'

/** Files that a run was given, which a report does not name. */
export interface GivenFiles {
  readonly identity?: string | undefined
  readonly metricsToken?: string | undefined
  readonly ca?: string | undefined
}

/** What stands for a file that is not known. */
const FILE = 'FILE'

type Given = readonly [flag: string, value: string | undefined]

/** Those that were given, as words. */
const wordsOf = (given: readonly Given[]): string[] =>
  given.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]))

const unless = (value: number, byDefault: string): string | undefined =>
  String(value) === byDefault ? undefined : String(value)

/** What has to be judged for the verdict of `result`: what compares the verdicts of others needs those that differ. */
const selection = ({ check, cases }: Result): string[] => {
  const compared = check === SAME ? cases.map(({ name }) => name).filter(name => name !== '') : []
  return [check, ...compared].flatMap(id => ['--only', id])
}

/** Over which transport: what compares them needs all that there were. */
const over = ({ check, transport }: Result, { transports }: Report['run']): string[] =>
  check === SAME && transports.length > 1 ? [] : ['--transport', transport]

const againstResponder = ({ target, run }: Report, result: Result, files: GivenFiles): string[] => {
  const { did, kemKey, signingKey, http, ws } = run.flags
  const given: Given[] = [
    ['--did', did],
    ['--kem-key', kemKey],
    ['--signing-key', signingKey],
    ['--http', http],
    ['--ws', ws],
    ['--identity', run.identity && (files.identity ?? FILE)],
    ['--metrics-token', run.metricsToken && (files.metricsToken ?? FILE)],
    ['--ca', run.ca && (files.ca ?? FILE)],
    ['--timeout', unless(run.timeoutMs, runDefaults.timeout)],
    ['--patience', unless(run.patienceSeconds, runDefaults.patience)],
  ]
  const switches = [run.insecure && '--insecure', run.strict && '--strict'].filter(each => each !== false)
  return [
    'run',
    target.url,
    ...selection(result),
    ...over(result, run),
    ...wordsOf(given),
    ...switches.flatMap(each => each ?? []),
  ]
}

const againstClient = ({ target, run }: Report, result: Result): string[] => {
  const given: Given[] = [['--timeout', unless(run.timeoutMs, runClientDefaults.timeout)]]
  return [
    'run-client',
    ...selection(result),
    ...over(result, run),
    ...wordsOf(given),
    '--',
    ...(target.argv ?? [target.url]),
  ]
}

/**
 * The command that judges one check of a report again, as a shell reads it, on one line. With entropy of its own: to a
 * target that was not started anew the handshakes of a repeated salt are replays.
 * @param files where they are known; elsewhere the word FILE stands for each
 */
export const reproduction = (report: Report, result: Result, files: GivenFiles = {}): string => {
  const words = report.command === 'run' ? againstResponder(report, result, files) : againstClient(report, result)
  return ['sage-conformance', ...words].map(quoted).join(' ')
}
