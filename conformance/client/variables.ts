import { asksForGzip } from '../played/request-answer.js'
import type { Run } from './check.js'

/** The variable that an initiator was given and has not taken, seen from a run with an honest responder. */
export const variableIgnored = ({ seen, task }: Run): string | undefined => {
  const payloads = seen.requests.filter(({ message }) => message.task_id === task.task)
  if (task.kemKey !== undefined && seen.handshakes.length === 0) return 'SAGE_KEM_KEY in place of a card'
  if (task.batch && seen.batches === 0) return 'SAGE_BATCH: no batch arrived'
  if (task.stream && !payloads.some(({ message }) => message.stream)) return 'SAGE_STREAM: no stream was opened'
  if (task.encoding && !payloads.some(asksForGzip))
    return 'SAGE_ENCODING: nothing came compressed, and nothing compressed was asked for'
  if (task.requests > 1 && payloads.length <= 1) return 'SAGE_REQUESTS: the payload was sent once'
  return undefined
}
