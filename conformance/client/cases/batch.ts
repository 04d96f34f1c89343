import type { Json } from '../../probe/bytes/json.js'
import { Unplayable, type Fault } from '../../played/fault.js'
import { refuses } from '../check.js'

const batch = { over: 'http', capabilities: ['batch'], batch: true, requests: 3, at: 'answer' } as const

/** Other responses to a batch of two messages or more. */
const responds = (change: (honest: readonly [Json, Json, ...Json[]]) => readonly Json[]): Fault => ({
  responses: ([first, second, ...others]) => {
    if (first === undefined || second === undefined) throw new Unplayable('a batch arrived that has one message only')
    return change([first, second, ...others])
  },
})

const internal = { success: false, error: 'internal' }

/** What an initiator takes from a batch response. */
export const batchChecks = [
  refuses('batch.response-places', {
    variant: 'number',
    ...batch,
    faults: {
      'one too few': responds(honest => honest.slice(0, -1)),
      'the first one alone': responds(([first]) => [first]),
      'one too many, an error': responds(honest => [...honest, internal]),
      'one too many, the last one again': responds(honest => [...honest, ...honest.slice(-1)]),
      'one too many, null': responds(honest => [...honest, null]),
    },
  }),
  refuses('batch.response-places', {
    variant: 'exchanged',
    ...batch,
    faults: {
      'the first two': responds(([first, second, ...others]) => [second, first, ...others]),
      'all in reverse': responds(honest => honest.toReversed()),
      'each one place on': responds(honest => [...honest.slice(-1), ...honest.slice(0, -1)]),
      'the first one in each place': responds(honest => honest.map(() => honest[0])),
    },
  }),
]
