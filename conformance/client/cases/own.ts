import { encodeHex } from '../../probe/bytes/hex.js'
import { broken, type Broken } from '../../runner/judgement.js'
import { refuses, watches, type Run } from '../check.js'
import { describeOutcome, judgeAnswered } from '../verdict.js'

const first = <Found>(runs: readonly Run[], look: (run: Run) => Found | undefined): Found | undefined =>
  runs.map(look).find(found => found !== undefined)

const nothingRefused = ({ seen, outcome }: Run, expected: string): Broken | undefined => {
  const [rule] = seen.refusals
  if (rule !== undefined) return broken('refused-by-responder', expected, `the responder refused it: ${rule}`)
  return seen.exchanges.length === 0
    ? broken('nothing-arrived', expected, `nothing arrived; ${describeOutcome(outcome)}`)
    : undefined
}

/** The first value that occurs twice. */
const repeated = (values: readonly string[]): string | undefined =>
  values.find((value, index) => values.indexOf(value) !== index)

const freshKeys = (runs: readonly Run[]): Broken | undefined => {
  const handshakes = runs.flatMap(({ seen }) => seen.handshakes)
  for (const name of ['ephC', 'enc'] as const)
    if (repeated(handshakes.map(handshake => encodeHex(handshake[name]))) !== undefined)
      return broken(`${name}-repeated`, `${name} made anew for every handshake`, `the same ${name} in two handshakes`)
  return undefined
}

const numbersOf = ({ seen }: Run): [kid: string, numbers: bigint[]][] => {
  const kids = [...new Set(seen.requests.map(({ message }) => message.kid))]
  return kids.map(kid => [kid, seen.requests.filter(({ message }) => message.kid === kid).map(({ seq }) => seq)])
}

/** Requests that are under way at once may overtake each other, so that their order proves nothing. */
const numberedFromZero = (run: Run): Broken | undefined => {
  for (const [, numbers] of numbersOf(run)) {
    const sorted = [...numbers].sort((a, b) => (a < b ? -1 : 1))
    if (sorted.some((seq, index) => seq !== BigInt(index)))
      return broken('numbering', 'records numbered 0, 1, 2 …', `records numbered ${numbers.join(', ')}`)
  }
  return undefined
}

const uniqueIds = ({ seen, task }: Run) => {
  const payloads = seen.requests.filter(({ message }) => message.task_id === task.task)
  if (payloads.length < 2)
    return { notObserved: 'the initiator does not take SAGE_REQUESTS: no two requests in flight' }
  const id = repeated(payloads.map(({ message }) => message.id))
  return id === undefined
    ? undefined
    : broken('id-repeated', 'each request in flight has an id of its own', `${id} twice`)
}

const MAX_RECORDS = 16

const stopsInTime = ({ seen }: Run) => {
  const numbers = seen.requests.map(({ seq }) => seq)
  const beyond = seen.refusals.some(rule => rule.includes('record.seq-limit'))
  if (beyond || numbers.some(seq => seq >= BigInt(MAX_RECORDS)))
    return broken('numbered-beyond', `no record numbered ${MAX_RECORDS} or above`, 'such a record arrived')
  return numbers.length < MAX_RECORDS
    ? { notObserved: `the initiator sealed ${numbers.length} records of the ${MAX_RECORDS} that it may seal` }
    : undefined
}

const request = 'a handshake message that a responder accepts'
const record = 'a request whose record opens'

/** What an initiator itself sends. The first three come before everything else. */
export const ownChecks = [
  watches('handshake.strings', {
    variant: 'request',
    prerequisite: true,
    look: runs =>
      first(runs, run => {
        const { seen } = run
        const shaken = seen.handshakes.length > 0
        return shaken ? undefined : (nothingRefused(run, request) ?? broken('no-handshake', request, 'none arrived'))
      }),
  }),
  watches('message.request-aad', {
    variant: 'request',
    also: [
      'handshake.exporter',
      'handshake.shared-secret',
      'handshake.seed',
      'keys.sid',
      'keys.session-prk',
      'keys.block',
      'keys.direction',
      'record.layout',
    ],
    prerequisite: true,
    look: runs =>
      first(runs, run => {
        const sent = run.seen.requests.some(({ message }) => message.task_id === run.task.task)
        const refused = nothingRefused(run, record)
        if (refused ?? sent) return refused
        return broken('no-request', record, `no request arrived; ${describeOutcome(run.outcome)}`)
      }),
  }),
  watches('message.response-aad', {
    variant: 'answer',
    also: ['handshake.ack-key', 'handshake.transcript-hash', 'handshake.ack-tag'],
    prerequisite: true,
    look: runs => first(runs, judgeAnswered),
  }),
  watches('handshake.ephemeral-fresh', { variant: 'initiator', look: freshKeys }),
  watches('record.seq-from-zero', { variant: 'initiator', look: runs => first(runs, numberedFromZero) }),
  watches('record.nonce-random', {
    variant: 'initiator',
    look: runs => {
      const nonces = runs.flatMap(({ seen }) => seen.requests.map(({ nonce }) => encodeHex(nonce)))
      return repeated(nonces) === undefined
        ? undefined
        : broken('nonce-repeated', 'the nonce of every record drawn at random', 'two records with one nonce')
    },
  }),
  watches('message.id-unique', { requests: 2, look: runs => first(runs, uniqueIds) }),
  watches('record.sender-exhausted', {
    variant: 'initiator',
    limits: { maxSessionRecords: MAX_RECORDS },
    requests: MAX_RECORDS + 1,
    look: runs => first(runs, stopsInTime),
  }),
  refuses('limits.defaults', {
    cardless: true,
    at: 'answer',
    fault: { answer: draft => ({ ...draft, seq: 1_000_000n }) },
  }),
]
