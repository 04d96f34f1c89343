import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootPath, type Report } from '../../schemas/index.js'
import { startResponder } from '../commands/responder-process.js'
import { commandOf, type Peer, type PeerPart, type Role } from './peer.js'

const program = join(rootPath, 'conformance', 'bin', 'sage-conformance.js')

const BUILD_MS = 900_000
const JUDGE_MS = 900_000
/** A program in an interpreted language, on a busy machine. */
const START_MS = 60_000

/** What came of a command: exit status, -1 where it was ended, and everything that it wrote. */
interface Ended {
  readonly status: number
  readonly output: string
}

const runIn = (folder: string, [command = '', ...args]: readonly string[], timeoutMs: number): Promise<Ended> =>
  new Promise(resolve => {
    const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const hear = (text: string): void => void (output += text)
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    const end = (status: number): void => {
      clearTimeout(timer)
      resolve({ status, output })
    }
    child.on('error', error => {
      output += `${command} could not be started: ${error.message}\n`
      end(-1)
    })
    child.on('close', status => end(status ?? -1))
  })

/** What came of a peer in one role. */
export interface Judgement {
  readonly role: Role
  /** 0 where it is conformant but for what is known. */
  readonly status: number
  /** What the suite said. */
  readonly output: string
  /** Of `run` and `run-client`. */
  readonly report?: Report
}

const readReport = (path: string): Report | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report
  } catch {
    return undefined
  }
}

const judge = async (peer: Peer, role: Role, { baseline, options = [] }: PeerPart, subject: readonly string[]) => {
  const scratch = mkdtempSync(join(tmpdir(), 'sage-peer-'))
  const path = join(scratch, 'report.json')
  const reported = role !== 'vectors'
  try {
    const { status, output } = await runIn(
      peer.folder,
      [
        process.execPath,
        program,
        ...commandOf[role].split(' '),
        ...(reported ? ['--report', `json=${path}`] : []),
        ...(baseline === undefined ? [] : ['--baseline', baseline]),
        ...options,
        ...subject,
      ],
      JUDGE_MS,
    )
    const report = reported ? readReport(path) : undefined
    return { role, status, output, ...(report && { report }) }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

const judgeResponder = async (peer: Peer, part: PeerPart): Promise<Judgement> => {
  const [command = '', ...args] = part.command
  const options = { cwd: peer.folder, announcement: /(https?:\/\/\S+)/, patience: START_MS }
  let responder
  try {
    responder = await startResponder(command, args, options)
  } catch (cause) {
    return { role: 'responder', status: -1, output: `${(cause as Error).message}\n` }
  }
  try {
    return await judge(peer, 'responder', part, [responder.url])
  } finally {
    await responder.stop()
  }
}

/**
 * Builds a peer and judges it in every role that it has, one after the other.
 * @returns nothing but what failed, where it could not be built
 */
export const judgePeer = async (
  peer: Peer,
  say: (line: string) => void,
): Promise<readonly Judgement[] | { readonly failed: string }> => {
  for (const command of peer.build) {
    say(`${peer.name}: ${command.join(' ')}`)
    const { status, output } = await runIn(peer.folder, command, BUILD_MS)
    if (status !== 0) return { failed: `${command.join(' ')} (exit status ${status})\n${output}` }
  }
  const judgements: Judgement[] = []
  for (const role of ['vectors', 'responder', 'initiator'] as const) {
    const part = peer[role]
    if (!part) continue
    say(`${peer.name}: ${commandOf[role]}`)
    judgements.push(
      role === 'responder' ? await judgeResponder(peer, part) : await judge(peer, role, part, ['--', ...part.command]),
    )
  }
  return judgements
}
