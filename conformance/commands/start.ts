import { existsSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { roomPath } from '../../schemas/index.js'
import { main } from '../cli.js'
import { startResponder, type ResponderProcess } from './responder-process.js'

// `npm start`: the reference responder in a process of its own, judged over its URL as any other agent would be.

const ownFault = 4
const reportPath = 'sage-report.json'
const program = roomPath('conformance', 'bin', 'sage-conformance.js')

let interrupted: number | undefined

async function judge(responder: ResponderProcess): Promise<number> {
  const verdict = main(['run', responder.url, '--report', `json=${reportPath}`, ...process.argv.slice(2)])
  const outcome = await Promise.race([verdict, responder.ended])
  if (interrupted !== undefined) return interrupted
  if (typeof outcome === 'number') return outcome
  console.error(`the reference responder ${outcome} before the verdict`)
  return ownFault
}

async function start(): Promise<number> {
  rmSync(reportPath, { force: true })
  let responder: ResponderProcess
  try {
    responder = await startResponder(process.execPath, [program, 'serve', '--port', '0'])
  } catch (error) {
    console.error(`the reference responder ${(error as Error).message}`)
    return ownFault
  }
  const interrupt = (status: number) => {
    interrupted = status
    void responder.stop()
  }
  process.once('SIGINT', () => interrupt(130))
  process.once('SIGTERM', () => interrupt(143))

  console.log(`reference responder at ${responder.url}\n`)
  const status = await judge(responder)
  if (existsSync(reportPath)) console.log(`\nreport: ${resolve(reportPath)}`)
  await responder.stop()
  return status
}

process.exit(await start())
