import { statusOf, type Stream } from '../../schemas/index.js'
import { answerCode, describeAnswer, type Answer } from '../probe/initiator/answer.js'
import { ENDED } from '../probe/net/inbox.js'
import { headerValues } from '../probe/net/response-reader.js'
import type { Expectation } from './check.js'

/** What was seen where a requirement did not hold. */
export interface Broken {
  /** Stable and short, such as `accepted` or `plain-malformed`: what a baseline refers to. */
  readonly reasonCode: string
  readonly expected: string
  readonly observed: string
  /** Nothing came back, or a goodbye: the runner finds out whether the target is alive before this counts. */
  readonly silence?: 'timeout' | 'connection' | 'goodbye'
  /** The target was busy, and said when it will not be, in seconds: no answer to the question. */
  readonly busy?: number
}

/** Close code of whoever shuts down (RFC 6455 §7.4.1). */
const GOING_AWAY = 1001

/** Why a case cannot be judged. Thrown by the runner's own tools only, never by a check. */
export class Interruption extends Error {
  override readonly name = 'Interruption'

  constructor(
    readonly state: 'inconclusive' | 'not-observed',
    readonly reasonCode: string,
    message: string,
    /** Seconds after which it is worth another try. */
    readonly retryAfterSeconds?: number,
  ) {
    super(message)
  }
}

/** A requirement that did not hold, in words. */
export const broken = (reasonCode: string, expected: string, observed: string): Broken => ({
  reasonCode,
  expected,
  observed,
})

/** The same, told by an answer of the target. */
export const brokenBy = (answer: Answer, expected: string): Broken => {
  const said = { reasonCode: answerCode(answer), expected, observed: describeAnswer(answer) }
  if (answer.kind === 'busy') return { ...said, reasonCode: 'busy', busy: answer.retryAfterSeconds }
  if (answer.kind === 'timeout') return { ...said, silence: 'timeout' }
  if (answer.kind === 'reset' || answer.kind === 'unreachable') return { ...said, silence: 'connection' }
  if (answer.kind === 'closed' && answer.code === GOING_AWAY) return { ...said, silence: 'goodbye' }
  return said
}

/** Was an honest message accepted, or each of a batch of them? */
export const isAccepted = (answer: Answer): boolean =>
  answer.kind === 'batch' ? answer.answers.every(isAccepted) : answer.kind === 'session' || answer.kind === 'success'

/** An expectation in words. */
export const describeExpectation = (expected: Expectation, overHttp = true): string => {
  if ('plain' in expected)
    return `plain error ${expected.plain}${overHttp ? ` (HTTP ${statusOf(expected.plain)})` : ''}`
  if ('authenticated' in expected)
    return `authenticated error ${expected.authenticated}${expected.stream ? ' in the one chunk of its stream' : ''}`
  if ('close' in expected) return `the connection closed with ${expected.close}`
  return typeof expected.status === 'number' ? `HTTP ${expected.status}` : `HTTP ${expected.status.join(' to ')}`
}

/** What is expected of the transport over which it was asked: where bytes close a connection, no error comes. */
const dueOf = ({ due }: Answer, expected: Expectation): Expectation =>
  due !== undefined && 'plain' in expected ? { close: due } : expected

const isOneChunk = (stream: Stream | undefined): boolean =>
  stream !== undefined && 'seq' in stream && stream.seq === 0 && stream.end

const isMet = (answer: Answer, expected: Expectation): boolean => {
  if ('close' in expected) return answer.kind === 'closed' && answer.code === expected.close
  if ('plain' in expected) return (answer.kind === 'plain' || answer.kind === 'busy') && answer.error === expected.plain
  if ('authenticated' in expected)
    return (
      answer.kind === 'authenticated' &&
      answer.error === expected.authenticated &&
      (!expected.stream || isOneChunk(answer.stream))
    )
  const status = answer.response?.status ?? 0
  const [min, max] = typeof expected.status === 'number' ? [expected.status, expected.status] : expected.status
  return status >= min && status <= max
}

/** What is wrong with a refusal, or nothing. */
export const judgeRefusal = (answer: Answer, expectation: Expectation): Broken | undefined => {
  const expected = dueOf(answer, expectation)
  if ('close' in expected && answer.kind === 'reset' && answer.why === ENDED)
    return broken('no-close-frame', describeExpectation(expected), 'the connection ended without a close frame')
  if (!isMet(answer, expected)) return brokenBy(answer, describeExpectation(expected, answer.response !== undefined))
  if (!answer.response) return undefined
  for (const [name, form] of Object.entries(expected.headers ?? {})) {
    const values = headerValues(answer.response.headers, name)
    if (values.length !== 1 || !form.test(values[0] ?? ''))
      return broken(
        `header-${name}`,
        `${describeExpectation(expected)} with ${name} like ${form.source}`,
        `${name}: ${values.join(', ') || '(absent)'}`,
      )
  }
  return undefined
}

/** What is wrong where an honest message ought to have been accepted, or nothing. */
export const judgeAcceptance = (answer: Answer, what: string): Broken | undefined =>
  isAccepted(answer) ? undefined : brokenBy(answer, `${what} is accepted`)

/** The first of several findings. */
export const firstOf = (...findings: readonly (Broken | undefined)[]): Broken | undefined =>
  findings.find(finding => finding !== undefined)
