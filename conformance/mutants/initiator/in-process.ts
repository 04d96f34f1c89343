import type { Client, Outcome } from '../../client/client.js'
import { environmentOf } from '../../client/client.js'
import { readEnvironment } from '../../../reference/client-peer.js'
import { runInitiator, type Wrong } from './mutant.js'

const textOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))

/** An initiator, wrong or not, that runs in this process as its command would in one of its own. */
export const inProcessClient =
  (wrong: Wrong): Client =>
  async (task, timeoutMs) => {
    const done = async (): Promise<Outcome> => {
      try {
        const asked = readEnvironment(environmentOf(task))
        const answers = await runInitiator(wrong, asked)
        const stdout = Buffer.concat(answers.flatMap(answer => [answer, Buffer.from('\n')]))
        return { kind: 'exit', status: 0, stdout, stderr: '' }
      } catch (error) {
        return { kind: 'exit', status: 1, stdout: new Uint8Array(0), stderr: textOf(error) }
      }
    }
    let timer: NodeJS.Timeout | undefined
    const hang = new Promise<Outcome>(resolve => {
      timer = setTimeout(() => resolve({ kind: 'hang', afterMs: timeoutMs, stderr: '' }), timeoutMs)
    })
    try {
      return await Promise.race([done(), hang])
    } finally {
      clearTimeout(timer)
    }
  }
