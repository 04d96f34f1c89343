import type { Case, Family } from '../case.js'
import { counting, fixedBytes, repeated } from '../fixed.js'
import type { Mistake } from '../mistakes/mistake.js'
import { blocksNotChained, counterStuck, infoMissing } from '../mistakes/primitives.js'
import * as mistakes from '../mistakes/session.js'
import type { Flag } from '../notes.js'

const nearMisses: readonly Mistake[] = [
  mistakes.sidLabelChanged,
  mistakes.sidWhole,
  mistakes.sidHex,
  mistakes.sidPadded,
  mistakes.sidSeedFirst,
  mistakes.saltRaw,
  mistakes.sessionPrkExchanged,
  mistakes.sessionPrkWithoutSalt,
  mistakes.sessionKeysLabelChanged,
  mistakes.directionalLabelChanged,
  mistakes.directionalLabelRepeated,
  mistakes.oneExpand,
  mistakes.extractTwice,
  mistakes.lastKeyZero,
  mistakes.blockOffset,
  mistakes.directionsExchanged,
  mistakes.encAndSignExchanged,
  mistakes.encryptAndSigningExchanged,
  counterStuck,
  blocksNotChained,
  infoMissing,
]

const schedule = (id: string, comment: string, seed: string, flags: readonly Flag[]): Case => ({
  id,
  comment,
  flags,
  requirements: ['keys.sid', 'keys.session-prk', 'keys.block', 'keys.direction'],
  input: { seed },
})

/** From the seed to the six keys of a session. */
export const keySchedule = (): Family => ({
  name: 'key-schedule',
  title: 'The key schedule: sid, sessionPrk, and all six keys',
  anchor:
    'the formulas are those of the deployed core, whose recording is in recorded-sage-go-1.5.2.json; none for these seeds',
  groups: [
    {
      op: 'key-schedule',
      cases: [
        { ...schedule('counting', 'the bytes 0 to 31', counting(0, 32), ['Honest', 'NearMiss']), mistakes: nearMisses },
        {
          ...schedule('all-zero', 'a seed of zeros', repeated(0, 32), ['DegenerateKey', 'NearMiss']),
          mistakes: [mistakes.saltRaw, mistakes.oneExpand, mistakes.lastKeyZero, counterStuck],
        },
        schedule('all-ff', 'a seed of ones', repeated(0xff, 32), ['DegenerateKey']),
        schedule('first-bit', 'only the first bit is set', `80${'00'.repeat(31)}`, ['DegenerateKey']),
        schedule('last-bit', 'only the last bit is set', `${'00'.repeat(31)}01`, ['DegenerateKey']),
        ...Array.from({ length: 16 }, (_, index) =>
          schedule(`seed-${index + 1}`, `any seed, number ${index + 1}`, fixedBytes(`key schedule ${index}`), [
            'Honest',
          ]),
        ),
        ...[0, 31, 33].map(length => ({
          ...schedule(`seed-of-${length}-bytes`, `a seed of ${length} bytes`, fixedBytes('odd seed', length), [
            'Length',
          ]),
          reject: 'length' as const,
        })),
      ],
    },
  ],
})
