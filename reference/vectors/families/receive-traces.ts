import { encodeHex } from '../../bytes/hex.js'
import { be64 } from '../../bytes/integers.js'
import type { Ask, Case, Family, Values } from '../case.js'
import { textOf } from '../case.js'
import { fixedBytes, flipped, hexOf } from '../fixed.js'
import type { Flag } from '../notes.js'
import type { RequirementId } from '../../../schemas/index.js'

const key = fixedBytes('trace key')
const callerAad = hexOf('trace')

/** One record on its way, and whether it must be accepted. */
interface Delivery {
  readonly seq: bigint
  readonly record: string
  readonly accepted: boolean
}

/** Records that came in, one after the other, as the specification has them accepted or refused. */
export const receiveTraces = (ask: Ask): Family => {
  const honest = (seq: bigint): string =>
    textOf(
      ask('record.seal', {
        key,
        seq: String(seq),
        nonce: fixedBytes(`trace nonce ${seq}`, 12),
        callerAad,
        plaintext: hexOf(`record ${seq}`),
      }),
      'record',
    )
  const yes = (seq: number | bigint): Delivery => ({ seq: BigInt(seq), record: honest(BigInt(seq)), accepted: true })
  const no = (seq: number | bigint): Delivery => ({ ...yes(seq), accepted: false })
  /** A record that nobody with the key has sealed. */
  const forged = (seq: number | bigint): Delivery => ({ ...no(seq), record: flipped(honest(BigInt(seq)), -1) })
  /** An honest record under another number. */
  const moved = (from: number | bigint, to: number | bigint): Delivery => ({
    ...no(to),
    record: encodeHex(be64(BigInt(to))) + honest(BigInt(from)).slice(16),
  })
  const cut = (seq: number | bigint): Delivery => ({ ...no(seq), record: honest(BigInt(seq)).slice(0, 70) })

  const trace = (
    id: string,
    comment: string,
    flags: readonly Flag[],
    requirements: readonly RequirementId[],
    deliveries: readonly Delivery[],
    maxSessionRecords = '1000000',
  ): Case => ({
    id,
    comment,
    flags,
    requirements,
    input: { key, maxSessionRecords, deliveries: deliveries.map(({ record }): Values => ({ record, callerAad })) },
    // What must come of it is written here, by the rules of session.md, and not taken from the implementation.
    pinned: {
      results: deliveries.map(({ seq, accepted }) =>
        accepted ? { accepted, seq: String(seq), plaintext: hexOf(`record ${seq}`) } : { accepted },
      ),
    },
  })

  const failureLeavesNoTrace = ['record.failure-leaves-no-trace', 'record.tag'] as const
  return {
    name: 'receive-traces',
    title: 'Receiving: order, gaps, replay, the window, and its borders',
    anchor: 'none: the outcomes are written by the rules of session.md, the records are sealed by the generator',
    groups: [
      {
        op: 'record.receive',
        cases: [
          trace('in-order', 'records 0 to 4 in order', ['Honest'], ['record.any-order'], [0, 1, 2, 3, 4].map(yes)),
          trace(
            'opposite-order',
            'records 4 to 0 in the opposite order',
            ['Reordered'],
            ['record.any-order'],
            [4, 3, 2, 1, 0].map(yes),
          ),
          trace(
            'first-is-5',
            'the first record that arrives is 5; the others come after it',
            ['Reordered'],
            ['record.any-order'],
            [5, 0, 4, 2, 1, 3].map(yes),
          ),
          trace(
            'gaps',
            'records never come at all',
            ['Reordered'],
            ['record.any-order'],
            [0, 10, 1000, 99999].map(yes),
          ),
          trace(
            'replay-at-once',
            'a record twice in a row',
            ['Replayed'],
            ['record.replay'],
            [yes(0), no(0), yes(1), no(1), no(0)],
          ),
          trace(
            'replay-of-highest',
            'the highest record again',
            ['Replayed'],
            ['record.replay'],
            [yes(7), no(7), no(7), yes(8)],
          ),
          trace(
            'replay-of-late',
            'a record that came late, again',
            ['Replayed', 'Reordered'],
            ['record.replay'],
            [yes(9), yes(3), no(3), no(9), yes(4)],
          ),
          trace(
            'replay-all',
            'every record of a session, again',
            ['Replayed'],
            ['record.replay'],
            [yes(2), yes(0), yes(1), no(0), no(1), no(2)],
          ),
          trace(
            'border-h-minus-1023',
            'H is 1023: record 0 is H - 1023 and is accepted, once',
            ['Window', 'Border'],
            ['record.window', 'record.any-order'],
            [yes(1023), yes(0), no(0)],
          ),
          trace(
            'border-h-minus-1024',
            'H is 1024: record 0 is H - 1024 and is refused, record 1 is not',
            ['Window', 'Border'],
            ['record.window'],
            [yes(1024), no(0), yes(1), no(1)],
          ),
          trace(
            'border-h-minus-1025',
            'H is 1025: records 0 and 1 are refused, record 2 is not',
            ['Window', 'Border'],
            ['record.window'],
            [yes(1025), no(0), no(1), yes(2)],
          ),
          trace(
            'border-step-by-step',
            'the border moves with every record',
            ['Window', 'Border'],
            ['record.window'],
            [yes(5000), yes(3977), no(3976), yes(5001), no(3977), yes(3978), yes(5002), no(3978), yes(3979)],
          ),
          trace(
            'alias-1024',
            'record 5, then 1029, which has its place in a window of 1024; 5 stays refused',
            ['Window'],
            ['record.window', 'record.replay'],
            [yes(5), yes(1029), no(5), no(1029), yes(1028), yes(6)],
          ),
          trace(
            'alias-1024-unseen',
            'record 1029 when 5 never came; 1028, whose place is that of 4, is still accepted',
            ['Window'],
            ['record.any-order'],
            [yes(4), yes(1029), yes(1028), no(1028), no(4)],
          ),
          trace(
            'alias-2048',
            'record 5, then 2053: everything between is accepted as far as it is in view',
            ['Window'],
            ['record.window', 'record.any-order'],
            [yes(5), yes(2053), yes(1030), no(1029), no(5), yes(2052)],
          ),
          trace(
            'alias-exact-multiples',
            'records 0, 1024, 2048, 3072 share a place',
            ['Window'],
            ['record.any-order', 'record.replay'],
            [yes(0), yes(1024), no(1024), yes(2048), no(2048), yes(3072), no(3072), no(2048), yes(2049)],
          ),
          trace(
            'jump-far',
            'a jump over many windows leaves nothing behind it accepted',
            ['Window'],
            ['record.window'],
            [yes(0), yes(1), yes(500000), no(0), no(2), no(498976), yes(498977), yes(499999)],
          ),
          trace(
            'jump-by-one-window',
            'a jump by 1023, 1024 and 1025',
            ['Window', 'Border'],
            ['record.any-order'],
            [yes(0), yes(1023), yes(2047), yes(3072), yes(3071), yes(2049), no(2048), no(2047)],
          ),
          trace(
            'forged-far-ahead',
            'a forged record far ahead does not move the window',
            ['ForgedFarAhead'],
            failureLeavesNoTrace,
            [yes(10), forged(999999), yes(11), yes(0), yes(12)],
          ),
          trace('forged-first', 'the first record is forged and far ahead', ['ForgedFarAhead'], failureLeavesNoTrace, [
            forged(500000),
            yes(0),
            yes(1),
          ]),
          trace(
            'forged-then-honest',
            'a forged record does not use its number up',
            ['ForgedFarAhead', 'Tampered'],
            failureLeavesNoTrace,
            [forged(3), yes(3), no(3), forged(3), yes(4)],
          ),
          trace(
            'forged-in-view',
            'a forged record behind the highest does not use its number up',
            ['Tampered'],
            failureLeavesNoTrace,
            [yes(100), forged(50), forged(50), yes(50), no(50)],
          ),
          trace(
            'moved-far-ahead',
            'an honest record under a number far ahead',
            ['ForgedFarAhead'],
            failureLeavesNoTrace,
            [yes(0), moved(1, 900000), yes(1), yes(2)],
          ),
          trace(
            'short-record',
            'a record that is cut to 35 bytes',
            ['Length'],
            ['record.min-length', 'record.failure-leaves-no-trace'],
            [cut(0), yes(0), cut(1), yes(1)],
          ),
          trace('many-failures', 'twenty forged records end nothing', ['Tampered'], failureLeavesNoTrace, [
            ...Array.from({ length: 20 }, (_, seq) => forged(seq)),
            yes(0),
            yes(19),
          ]),
          trace(
            'limit-last',
            'maxSessionRecords is 16: 15 is the last number',
            ['Border'],
            ['record.seq-limit', 'conventions.limit-inclusive'],
            [yes(15), no(16), no(17), yes(14)],
            '16',
          ),
          trace(
            'limit-does-not-move',
            'a record at the limit, with a good tag, does not move the window',
            ['Border', 'ForgedFarAhead'],
            ['record.seq-limit', 'record.failure-leaves-no-trace'],
            [no(5000), yes(0), no(2000), yes(1)],
            '2000',
          ),
          trace(
            'limit-2-pow-32',
            'maxSessionRecords is 2^32, the most that there is: 2^32 - 1 is the last number',
            ['BigSequence', 'Border'],
            ['record.seq-limit', 'record.integer-64'],
            [yes(2n ** 32n - 1n), no(2n ** 32n), yes(2n ** 32n - 1024n), no(2n ** 32n - 1025n)],
            '4294967296',
          ),
          trace(
            'over-32-bits',
            'numbers that are small when they are cut to 32 bits',
            ['BigSequence'],
            ['record.seq-limit', 'record.integer-64'],
            [yes(0), no(2n ** 32n + 1n), no(2n ** 33n + 2n), yes(1), yes(2)],
          ),
          trace(
            'over-53-bits',
            'numbers that a double does not hold',
            ['BigSequence'],
            ['record.seq-limit', 'record.integer-64'],
            [no(2n ** 53n + 1n), no(2n ** 53n), yes(0)],
          ),
          trace(
            'negative-with-sign',
            'numbers that are negative when they are read with a sign',
            ['BigSequence'],
            ['record.seq-limit', 'record.integer-64'],
            [yes(5), no(2n ** 63n), no(2n ** 64n - 1n), no(2n ** 64n - 2n), yes(6)],
          ),
        ],
      },
    ],
  }
}
