import { spawnSync } from 'node:child_process'
import type { Test } from 'tap'
import { roomPath } from '../../../schemas/index.js'
import { main } from '../../cli.js'

/** The program, as a process is given it. */
export const program = roomPath('conformance', 'bin', 'sage-conformance.js')

/** What a command says and returns. */
export const typed = async (t: Test, ...argv: string[]) => {
  let [out, err] = ['', '']
  const streams = [
    t.capture(process.stdout, 'write', (text: string | Uint8Array) => ((out += String(text)), true)),
    t.capture(process.stderr, 'write', (text: string | Uint8Array) => ((err += String(text)), true)),
  ]
  try {
    return { status: await main(argv), out, err }
  } finally {
    for (const { restore } of streams) restore()
  }
}

/** Why a shell cannot be used here, if so. */
export const lacking = (shell: string): string | false =>
  spawnSync(shell, ['-c', 'exit 0']).status !== 0 && `there is no ${shell} here`
