import type { CloseCode } from '../../schemas/index.js'
import { MAX_FLOOD } from '../played/listener.js'
import { lineOf } from '../report/text.js'
import { broken, type Broken } from '../runner/judgement.js'
import type { Heeding, NotObserved, Place, Run } from './check.js'
import { isAnswered, type Outcome } from './client.js'

/** What came of a run, or of all runs of a check that watches. */
export type Found = Broken | NotObserved | { readonly inconclusive: string; readonly observed: string } | undefined

const MAX_SHOWN = 160

const lastLine = (stderr: string): string => {
  const line = stderr.split('\n').findLast(each => each.trim() !== '')
  return line === undefined ? '' : `: ${lineOf(line.trim(), MAX_SHOWN)}`
}

/** How a run ended, in one line. */
export const describeOutcome = (outcome: Outcome): string => {
  switch (outcome.kind) {
    case 'exit':
      return `exit status ${outcome.status}${lastLine(outcome.stderr)}`
    case 'signal':
      return `ended by ${outcome.signal}${lastLine(outcome.stderr)}`
    case 'hang':
      return `still running after ${outcome.afterMs} ms${lastLine(outcome.stderr)}`
    case 'flood':
      return 'more than 1 MiB of output'
  }
}

const linesOf = (stdout: Uint8Array): string[] =>
  Buffer.from(stdout)
    .toString('utf8')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)

/** What an initiator does wrong, whatever the responder is like. */
const misconduct = (run: Run, expected: string): Broken | undefined => {
  const { seen, task } = run
  const sent = seen.requests.filter(({ plaintext }) => Buffer.from(plaintext).equals(Buffer.from(task.payload)))
  if (seen.unprotected !== undefined)
    return broken(
      'unprotected',
      'nothing of the payload outside a record',
      `the payload arrived as ${seen.unprotected}`,
    )
  if (seen.connections.some(({ isSelected, messages }) => !isSelected && messages > 0))
    return broken(
      'sent-unselected',
      'nothing is sent on a connection whose responder has not selected sage.v1',
      'a message arrived on such a connection',
    )
  if (seen.elsewhere > 0)
    return broken('redirect-followed', expected, `${seen.elsewhere} requests arrived where the redirect leads`)
  if (sent.length > task.requests)
    return broken('resent', `the payload is sent ${times(task.requests)}`, `it arrived ${times(sent.length)}`)
  if (seen.repeats > 0)
    return broken('resent', 'each request is sent once', 'a request arrived again, in the same record')
  return undefined
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)

/** What does not count as a way of ending at all. */
const misbehaviour = ({ outcome }: Run, expected: string): Broken | undefined => {
  if (outcome.kind === 'exit') return undefined
  const code = outcome.kind === 'signal' ? `crash-${outcome.signal}` : outcome.kind
  return broken(code, expected, describeOutcome(outcome))
}

/** Did the initiator print every answer, and nothing else? */
const judgeOutput = ({ outcome, answers, task }: Run): Broken | undefined => {
  if (outcome.kind !== 'exit') return undefined
  const inOrder = (lines: readonly string[]): readonly string[] => (task.stream ? lines : lines.toSorted())
  const printed = inOrder(linesOf(outcome.stdout))
  const wanted = inOrder(answers)
  if (printed.length === wanted.length && printed.every((line, index) => line === wanted[index])) return undefined
  const shown = lineOf(printed.join('\n'), MAX_SHOWN)
  return broken(
    'wrong-output',
    `the answer on standard output: ${wanted.join(', ')}`,
    `there is: ${shown || 'nothing'}`,
  )
}

/** What is wrong where the answers ought to have been taken, or nothing. */
export const judgeAnswered = (run: Run): Broken | undefined => {
  const expected = 'exit status 0 and the answer on standard output'
  const found = misconduct(run, expected) ?? misbehaviour(run, expected)
  if (found) return found
  if (!isAnswered(run.outcome)) {
    const refused = run.seen.refusals.map(rule => `; the responder refused: ${rule}`).join('')
    return broken('refused', expected, describeOutcome(run.outcome) + refused)
  }
  return judgeOutput(run) ?? judgePongs(run)
}

const judgePongs = ({ seen }: Run): Broken | undefined => {
  const pings = seen.connections.flatMap(connection => connection.pings)
  const missed = pings.filter(({ isAnswered }) => !isAnswered)
  if (missed.length === 0) return undefined
  return broken(
    'no-pong',
    'a pong with the content of each ping',
    `${missed.length} of ${pings.length} pings had none in time`,
  )
}

/** Why an initiator has not gone over WebSocket where it was told to and could, seen from an honest run; nothing where it has. */
export const withoutWebSocket = ({ seen, outcome }: Run): string | undefined => {
  const said = 'the initiator does not use WebSocket'
  if (seen.connections.length === 0)
    return outcome.kind === 'exit' ? `${said}: no upgrade arrived (${describeOutcome(outcome)})` : undefined
  return seen.posted > 0 && seen.refusals.length === 0 ? `${said} for its messages: they arrived over HTTP` : undefined
}

/** What is wrong in what was sent to a responder that is as its fault has it, or nothing. */
export const judgeHeeded = (run: Run, look: Heeding['look']): Found => {
  const { seen, outcome } = run
  const expected = 'a responder is sent what it may be sent, and nothing twice'
  if (seen.unplayable !== undefined) return { notObserved: seen.unplayable }
  const found = misconduct(run, expected) ?? look(run) ?? misbehaviour(run, expected)
  if (found || seen.faultPlayed) return found
  return { inconclusive: 'fault-not-met', observed: describeOutcome(outcome) }
}

const wentOn = ({ seen }: Run, at: Place): Broken | undefined => {
  if (at === 'card' && seen.handshakesAfterFault > 0)
    return broken('went-on', 'no handshake with the agent of such a card', 'a handshake message arrived')
  if ((at === 'card' || at === 'handshake') && seen.requestsAfterFault > 0)
    return broken('session-made', 'no session comes of such a handshake', 'a session message arrived')
  return undefined
}

const judgeClose = ({ seen }: Run, code: CloseCode): Found => {
  const expected = `the connection is closed with ${code}`
  const connection = seen.connections.find(({ metFault }) => metFault)
  if (connection?.wasLeft) return broken('not-closed', expected, 'it was kept open')
  const closedWith = connection?.closedWith
  if (closedWith === undefined) return { notObserved: 'the connection ended without a close frame' }
  return closedWith === code ? undefined : broken(`closed-${closedWith}`, expected, `it was closed with ${closedWith}`)
}

/**
 * What is wrong where a fault ought to have been refused, or nothing.
 * @param closes code with which the connection is to be closed for it
 */
export const judgeRefused = (run: Run, at: Place, closes?: CloseCode): Found => {
  const expected = 'no answer is taken: exit status other than 0'
  const { seen, outcome } = run
  if (seen.unplayable !== undefined) return { notObserved: seen.unplayable }
  const found = misconduct(run, expected)
  if (found) return found
  // Who cannot connect may go over to HTTP.
  const hasOtherWay = at === 'upgrade' && seen.posted > 0
  if (isAnswered(outcome) && !hasOtherWay) return broken('accepted', expected, 'exit status 0')
  if (seen.flooded >= MAX_FLOOD) return broken('endless', 'reading ends', `${seen.flooded} bytes were read`)
  const bad = misbehaviour(run, expected) ?? wentOn(run, at)
  if (bad) return bad
  if (seen.faultPlayed) return closes && judgeClose(run, closes)
  return { inconclusive: 'fault-not-met', observed: describeOutcome(outcome) }
}
