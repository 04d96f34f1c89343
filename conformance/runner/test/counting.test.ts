import t from 'tap'
import { judgeCounts, type Step } from '../counting.js'
import type { Kit } from '../kit.js'

// What is counted, in the place of a target: `others` is called at every reading, and may count too.
const judge = async (
  steps: (values: Map<string, number>) => readonly Step[],
  others?: (values: Map<string, number>, at: number) => void,
) => {
  const values = new Map([
    ['a', 5],
    ['b', 0],
    ['level', 3],
  ])
  let at = 0
  const kit = { conversation: { step: '' }, finish: async () => undefined } as unknown as Kit
  return judgeCounts(kit, steps(values), {
    read: async () => {
      others?.(values, at++)
      return new Map(values)
    },
    isCounted: name => name !== 'level',
  })
}

const counting =
  (moves: Record<string, number>, real = moves, free?: string[]) =>
  (values: Map<string, number>): Step[] => [
    {
      name: 'it',
      begin: async () => async () => {
        for (const [name, by] of Object.entries(real)) values.set(name, (values.get(name) ?? 0) + by)
        return { moves, ...(free && { free }) }
      },
    },
  ]

t.test('where nobody else is at work, everything moves by exactly what is due', async t => {
  t.equal(await judge(counting({ a: 1, level: -1 })), undefined)
  for (const real of [{}, { a: 2, level: -1 }, { a: 1 }, { a: 1, level: -1, b: 1 }])
    t.match(await judge(counting({ a: 1, level: -1 }, real)), { reasonCode: 'count' })
  t.match(await judge(counting({ a: 1 }, { a: 3 })), { expected: 'it: a moves by 1', observed: 'it moved by 3' })
})

t.test('what is free may move or not', async t => {
  t.equal(await judge(counting({ a: 1 }, { a: 1, b: 7 }, ['b'])), undefined)
})

t.test('where others are at work, what is counted moves by at least what is due, and the rest as it likes', async t => {
  const others = (values: Map<string, number>): void => {
    values.set('a', values.get('a')! + 1)
    values.set('level', values.get('level')! + 2)
  }
  t.equal(await judge(counting({ a: 1, level: -1 }), others), undefined)
  t.match(await judge(counting({ b: 1 }, {}), others), { reasonCode: 'count' })
})

t.test('who comes in between once is not held against the target', async t => {
  const once = (values: Map<string, number>, at: number): void => {
    if (at === 3) values.set('a', values.get('a')! + 1)
  }
  t.equal(await judge(counting({ a: 1 }), once), undefined)
})

t.test('what differs otherwise every time is no verdict', async t => {
  const ever = (values: Map<string, number>, at: number): void => {
    if (at >= 2) values.set('a', values.get('a')! + at)
  }
  const cause: unknown = await judge(counting({ a: 1 }), ever).catch((thrown: unknown) => thrown)
  t.match(cause, { state: 'inconclusive', reasonCode: 'others' })
})
