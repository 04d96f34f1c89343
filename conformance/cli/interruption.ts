import { unlessNobodyReads } from '../commands/command-streams.js'

/** Exit statuses of what a signal ended, as shells count them. */
const statusOf = { SIGINT: 130, SIGTERM: 143 } as const

/** Signals that ask a program to end. */
type EndingSignal = keyof typeof statusOf

/** Exit status of the suite's own fault, which no signal hides. */
const OWN_FAULT = 4

const names = Object.keys(statusOf) as EndingSignal[]

/**
 * Runs `work` with a signal that Ctrl-C, termination and a closed output raise: what was judged is then still reported. A
 * second signal ends the process at once.
 * @returns the status of `work`, or 130 after SIGINT and 143 after SIGTERM
 */
export const interruptible = async (work: (signal: AbortSignal) => Promise<number>): Promise<number> => {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  let ended: number | undefined
  const onSignal = (name: EndingSignal): void => {
    if (ended !== undefined) process.exit(statusOf[name])
    ended = statusOf[name]
    if (process.stderr.isTTY) process.stderr.write('\nending; once more ends at once\n')
    stop()
  }
  for (const name of names) process.on(name, onSignal)
  try {
    const status = await unlessNobodyReads(stop, () => work(controller.signal))
    return status === OWN_FAULT ? status : (ended ?? status)
  } finally {
    for (const name of names) process.off(name, onSignal)
  }
}
