import type { VectorFailure } from '../../schemas/index.js'
import { MalformedAnswer, MisplacedAnswer, encodeRequest, parseAnswer } from './answer.js'
import { ChildPeer, type Reply } from './child-peer.js'
import { compareAnswer } from './compare.js'
import { crashFailure, differenceFailure, malformedFailure } from './failure.js'
import type { NamedTest } from './select.js'

/** Processes that are started anew at most, after the first. */
const MAX_RESTARTS = 5

/** How a test came out, and why. */
export type Judgement =
  | { readonly state: 'pass' | 'skipped' | 'unsupported' | 'blocked' }
  | { readonly state: 'fail'; readonly failure: VectorFailure }

/** A test and how it came out. */
export interface Judged {
  readonly test: NamedTest
  readonly judgement: Judgement
  /** From question to answer; absent where nothing was asked. */
  readonly seconds?: number
}

/** What to start, and how long to wait for each answer, in milliseconds. */
export interface JudgeOptions {
  readonly command: readonly string[]
  readonly timeout: number
  readonly onJudged?: (judged: Judged) => void
  /** Raised to ask nothing more: what was not answered is blocked. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number
}

const fail = (failure: VectorFailure): Judgement => ({ state: 'fail', failure })

const judgeLine = (line: Uint8Array, { id, test }: NamedTest): Judgement => {
  const difference = compareAnswer(test, parseAnswer(line, id))
  if (difference === undefined) return { state: 'pass' }
  return difference.reason === 'unsupported' ? { state: 'unsupported' } : fail(differenceFailure(difference, test))
}

/** The judgement of a reply, and whether the next request can go to the same process. */
const judgeReply = (reply: Reply, test: NamedTest, ms: number): { judgement: Judgement; usable: boolean } => {
  switch (reply.kind) {
    case 'interrupted':
      return { judgement: { state: 'blocked' }, usable: false }
    case 'hang':
      return { judgement: fail({ kind: 'hang', ms }), usable: false }
    case 'flood':
      return { judgement: fail({ kind: 'malformed', what: 'a line that does not end' }), usable: false }
    case 'crash':
      return { judgement: fail(crashFailure(reply.status, reply.stderr)), usable: false }
    case 'line':
      try {
        return { judgement: judgeLine(reply.line, test), usable: true }
      } catch (error) {
        if (!(error instanceof MalformedAnswer)) throw error
        const judgement = fail(malformedFailure(error.message, reply.line))
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
  const { command, timeout, onJudged = () => {}, signal, now = () => performance.now() } = options
  const judged: Judged[] = []
  let starts = 0
  let peer: ChildPeer | undefined
  const ask = async (test: NamedTest): Promise<Judgement> => {
    if (signal?.aborted || (peer === undefined && starts > MAX_RESTARTS)) return { state: 'blocked' }
    if (peer === undefined) {
      peer = await ChildPeer.start(command)
      starts++
    }
    const reply = await peer.ask(encodeRequest(test.id, test.op, test.test.input), timeout, signal)
    const { judgement, usable } = judgeReply(reply, test, timeout)
    if (!usable) {
      peer.kill()
      peer = undefined
    }
    return judgement
  }
  try {
    for (const test of tests) {
      const asked = now()
      const judgement = await ask(test)
      const seconds = Math.round(now() - asked) / 1000
      const result: Judged = { test, judgement, ...(judgement.state !== 'blocked' && { seconds }) }
      judged.push(result)
      onJudged(result)
    }
    if (!signal?.aborted) await peer?.close(timeout)
  } finally {
    peer?.kill()
  }
  return judged
}
