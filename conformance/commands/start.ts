import { existsSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { roomPath } from '../../schemas/index.js'
import { main } from '../cli.js'
import { reportFiles, withOwnReports } from './start-reports.js'
import { startResponder, type ResponderProcess } from './responder-process.js'

// `npm start`: the reference responder in a process of its own, judged over its URL as any other agent would be. First as it
// is by default, then with limits so low that the checks of caps and of expiry have something to see.

interface Target {
  readonly profile: string
  /** What the names of its reports have before their endings, so that no run writes over those of another. */
  readonly suffix: string
  readonly options: readonly string[]
}

const targets: readonly Target[] = [
  { profile: 'default', suffix: '', options: [] },
  { profile: 'low-limits', suffix: '-low-limits', options: ['--patience', '6', '--jobs', '12'] },
]

const reports = ['--report', 'json=sage-report.json', '--report', 'html=sage-report.html']

const ownFault = 4
const WRONG_USAGE = 2
const program = roomPath('conformance', 'bin', 'sage-conformance.js')
// Of several exit statuses, the first of these is the worst.
const worstFirst = [ownFault, 2, 1, 3]

const isHelpWanted = process.argv.slice(2).some(arg => ['--help', '-h'].includes(arg))

async function showHelp(): Promise<number> {
  console.log('npm start [-- options]: starts the reference responder and judges it, in each of its profiles.')
  console.log('It takes the options of run, save its URL; each profile has reports and baselines of its own.\n')
  return main(['run', '--help'])
}

let running: ResponderProcess | undefined
let interrupted: number | undefined

async function verdictOn(responder: ResponderProcess, { suffix, options }: Target): Promise<number> {
  const given = withOwnReports([...reports, ...options, ...process.argv.slice(2)], suffix)
  const verdict = main(['run', responder.url, ...given])
  const outcome = await Promise.race([verdict, responder.ended])
  if (typeof outcome === 'number') return outcome
  if (interrupted === undefined) console.error(`the reference responder ${outcome} before the verdict`)
  return ownFault
}

async function judge(target: Target): Promise<number> {
  const { profile, suffix } = target
  try {
    running = await startResponder(process.execPath, [program, 'serve', '--port', '0', '--profile', profile])
  } catch (error) {
    console.error(`the reference responder ${(error as Error).message}`)
    return ownFault
  }
  if (interrupted === undefined) console.log(`reference responder, ${profile} profile, at ${running.url}\n`)
  const status = interrupted ?? (await verdictOn(running, target))
  for (const path of reportFiles(withOwnReports([...reports, ...process.argv.slice(2)], suffix)))
    if (existsSync(path)) console.log(`report: ${resolve(path)}`)
  console.log('')
  await running.stop()
  return status
}

async function start(): Promise<number> {
  if (isHelpWanted) return showHelp()
  for (const path of targets.flatMap(({ suffix }) => reportFiles(withOwnReports(reports, suffix))))
    rmSync(path, { force: true })
  const interrupt = (status: number) => {
    interrupted = status
    void running?.stop()
  }
  process.once('SIGINT', () => interrupt(130))
  process.once('SIGTERM', () => interrupt(143))

  const statuses: number[] = []
  for (const target of targets) {
    const status = await judge(target)
    statuses.push(status)
    if (interrupted !== undefined) return interrupted
    // What is wrong with the options is so for both.
    if (status === WRONG_USAGE) break
  }
  return worstFirst.find(status => statuses.includes(status)) ?? 0
}

process.exit(await start())
