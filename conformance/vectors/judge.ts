import { MalformedAnswer, MisplacedAnswer, encodeRequest, parseAnswer } from './answer.js'
import { ChildPeer, type Reply } from './child-peer.js'
import { compareAnswer, type Difference } from './compare.js'
import type { NamedTest } from './select.js'

/** Processes that are started anew at most, after the first. */
const MAX_RESTARTS = 5

/** How a test came out, and why. */
export type Judgement =
  | { readonly state: 'pass' }
  | { readonly state: 'skipped' | 'unsupported' | 'blocked' }
  | { readonly state: 'fail'; readonly difference: Exclude<Difference, { reason: 'unsupported' }> }
  | { readonly state: 'fail'; readonly malformed: string; readonly line: string }
  | { readonly state: 'fail'; readonly hang: number }
  | { readonly state: 'fail'; readonly flood: true }
  | { readonly state: 'fail'; readonly crash: string; readonly stderr: readonly string[] }

/** A test and how it came out. */
export interface Judged {
  readonly test: NamedTest
  readonly judgement: Judgement
}

/** What to start, and how long to wait for each answer, in milliseconds. */
export interface JudgeOptions {
  readonly command: readonly string[]
  readonly timeout: number
  readonly onJudged?: (judged: Judged) => void
}

const judgeLine = (line: Uint8Array, { id, test }: NamedTest): Judgement => {
  const difference = compareAnswer(test, parseAnswer(line, id))
  if (difference === undefined) return { state: 'pass' }
  return difference.reason === 'unsupported' ? { state: 'unsupported' } : { state: 'fail', difference }
}

/** The judgement of a reply, and whether the next request can go to the same process. */
const judgeReply = (reply: Reply, test: NamedTest, timeout: number): { judgement: Judgement; usable: boolean } => {
  switch (reply.kind) {
    case 'hang':
      return { judgement: { state: 'fail', hang: timeout }, usable: false }
    case 'flood':
      return { judgement: { state: 'fail', flood: true }, usable: false }
    case 'crash':
      return { judgement: { state: 'fail', crash: reply.status, stderr: reply.stderr }, usable: false }
    case 'line':
      try {
        return { judgement: judgeLine(reply.line, test), usable: true }
      } catch (error) {
        if (!(error instanceof MalformedAnswer)) throw error
        const line = Buffer.from(reply.line).toString('utf8')
        const judgement: Judgement = { state: 'fail', malformed: error.message, line }
        return { judgement, usable: !(error instanceof MisplacedAnswer) }
      }
  }
}

/**
 * Asks the command every test, in order and one at a time. A process that hangs, floods, crashes or loses step is ended
 * and started anew, a bounded number of times; what is left after that is blocked.
 * @throws NotStartable when the command cannot be started
 */
export const judgeCommand = async (tests: readonly NamedTest[], options: JudgeOptions): Promise<Judged[]> => {
  const { command, timeout, onJudged = () => {} } = options
  const judged: Judged[] = []
  let starts = 0
  let peer: ChildPeer | undefined
  const ask = async (test: NamedTest): Promise<Judgement> => {
    if (peer === undefined && starts > MAX_RESTARTS) return { state: 'blocked' }
    if (peer === undefined) {
      peer = await ChildPeer.start(command)
      starts++
    }
    const reply = await peer.ask(encodeRequest(test.id, test.op, test.test.input), timeout)
    const { judgement, usable } = judgeReply(reply, test, timeout)
    if (!usable) {
      peer.kill()
      peer = undefined
    }
    return judgement
  }
  try {
    for (const test of tests) {
      const result: Judged = { test, judgement: await ask(test) }
      judged.push(result)
      onJudged(result)
    }
    await peer?.close(timeout)
  } finally {
    peer?.kill()
  }
  return judged
}
