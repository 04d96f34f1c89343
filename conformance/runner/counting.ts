import { broken, Interruption, type Broken } from './judgement.js'
import type { Kit } from './kit.js'

/** Values by their names, as they are at one time. */
export type Reading = ReadonlyMap<string, number>

/** What something that happened moves: by how much, by the name of the value; all others stay as they are. */
export interface Moved {
  readonly moves: Readonly<Record<string, number>>
  /** Values that it may move or not. */
  readonly free?: readonly string[]
  /** What is to be waited for once the values have been read. */
  readonly rest?: Promise<unknown> | undefined
}

/** Something that happens, and is counted. */
export interface Step {
  readonly name: string
  /** Gets everything ready, and gives what then happens. */
  readonly begin: (kit: Kit) => Promise<() => Promise<Moved>>
}

/** How what is counted is read. */
export interface Counter {
  readonly read: (kit: Kit) => Promise<Reading>
  /** Does a value only ever grow? */
  readonly isCounted: (name: string) => boolean
}

/** Times that a step is tried that does not count as it should: others may have been at work meanwhile. */
const TRIES = 3

const differenceOf = (
  { name }: Step,
  [before, after]: readonly [Reading, Reading],
  { moves, free = [] }: Moved,
  isWrong: (name: string, moved: number, due: number) => boolean,
): Broken | undefined => {
  for (const [value, is] of after) {
    if (free.includes(value)) continue
    const [moved, due] = [is - (before.get(value) ?? 0), moves[value] ?? 0]
    if (isWrong(value, moved, due)) return broken('count', `${name}: ${value} moves by ${due}`, `it moved by ${moved}`)
  }
  return undefined
}

const isSame = (a: Reading, b: Reading): boolean => [...a].every(([name, value]) => b.get(name) === value)

/**
 * Does each step, and holds what was counted before and after against what it moves: exactly that where nobody else is at
 * work, as two readings with nothing between them tell, at least that where others are. What differs counts only if it
 * differs by the same every time.
 */
export const judgeCounts = async (
  kit: Kit,
  steps: readonly Step[],
  { read, isCounted }: Counter,
): Promise<Broken | undefined> => {
  kit.conversation.step = 'idle'
  const isExact = isSame(await read(kit), await read(kit))
  const isWrong = (name: string, moved: number, due: number): boolean =>
    isExact ? moved !== due : isCounted(name) && moved < due
  for (const step of steps) {
    const found: Broken[] = []
    for (let tries = 0; tries < TRIES && found.length === tries; tries++) {
      kit.conversation.step = step.name
      const happen = await step.begin(kit)
      const before = await read(kit)
      const moved = await happen()
      const difference = differenceOf(step, [before, await read(kit)], moved, isWrong)
      await moved.rest
      await kit.finish()
      if (difference) found.push(difference)
    }
    const [first, ...others] = found
    if (!first || found.length < TRIES) continue
    if (others.every(({ expected, observed }) => expected === first.expected && observed === first.observed))
      return first
    throw new Interruption('inconclusive', 'others', `${step.name}: others seem to be at work, and are counted too`)
  }
  return undefined
}
