import { isDeepStrictEqual } from 'node:util'
import type { VectorFile, VectorOp, VectorTest } from '../../schemas/index.js'
import type { JsonObject } from '../bytes/json.js'
import { createCorePeer, type CorePeer } from '../core-peer.js'
import type { Ask, Case, Family, Group, Values } from './case.js'
import { mistakenParts, type Mistake } from './mistakes/mistake.js'
import { notes, type Flag } from './notes.js'
import { stepsOf } from './op-steps.js'

const honest = createCorePeer()

const answerOf = (peer: CorePeer, op: VectorOp, input: Values): Values | undefined => {
  const answer = peer(op, input as JsonObject)
  return answer.outcome === 'accept' ? answer.output : undefined
}

/** All values of `op`, steps included, by the honest implementation. @throws Error when it rejects */
export const ask: Ask = (op, input) => {
  const values = answerOf(honest, op, input)
  if (values === undefined) throw new Error(`${op} rejects ${JSON.stringify(input).slice(0, 300)}`)
  return values
}

const inOrder = (op: VectorOp, values: Values): [string, unknown][] => {
  const names = [...stepsOf(op), ...Object.keys(values).filter(name => !stepsOf(op).includes(name))]
  return names.map(name => [name, values[name]])
}

/** The first value that a mistake changes, in the order of derivation. */
const nearMiss = (op: VectorOp, input: Values, values: Values, mistake: Mistake) => {
  const mistaken = answerOf(createCorePeer(mistakenParts(mistake)), op, input) ?? {}
  const changed = inOrder(op, values).find(([name, value]) => !isDeepStrictEqual(mistaken[name], value))
  const value = changed && mistaken[changed[0]]
  if (changed === undefined || value === undefined) throw new Error(`"${mistake.mistake}" changes nothing`)
  return { step: changed[0], value, mistake: mistake.mistake }
}

const accepted = (op: VectorOp, { input, pinned = {}, mistakes = [] }: Case): Partial<VectorTest> => {
  const values = ask(op, input)
  for (const [name, value] of Object.entries(pinned))
    if (!isDeepStrictEqual(values[name], value))
      throw new Error(`${name} is ${String(values[name])}, not ${String(value)}`)
  const members = inOrder(op, values)
  const steps = members.slice(0, stepsOf(op).length)
  return {
    ...(steps.length > 0 && { steps: Object.fromEntries(steps) }),
    ...(mistakes.length > 0 && { nearMisses: mistakes.map(mistake => nearMiss(op, input, values, mistake)) }),
    expect: { outcome: 'accept', output: Object.fromEntries(members.slice(steps.length)) },
  }
}

const rejected = (op: VectorOp, input: Values, layer: NonNullable<Case['reject']>): Pick<VectorTest, 'expect'> => {
  if (answerOf(honest, op, input) !== undefined) throw new Error('accepted, and must be rejected')
  return { expect: { outcome: 'reject', layer } }
}

const buildTest = (op: VectorOp, test: Case): VectorTest => {
  const { id, comment, flags = [], requirements = [], input, reject } = test
  const expected = reject === undefined ? accepted(op, test) : rejected(op, input, reject)
  return { id, comment, flags: [...flags], requirements: [...requirements], input, ...expected } as VectorTest
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The groups, or, all together, what is wrong with their tests. */
const buildGroups = (groups: readonly Group[]): VectorFile['groups'] => {
  const faults: string[] = []
  const built = groups.map(({ op, source, cases }) => ({
    op,
    ...(source !== undefined && { source }),
    tests: cases.flatMap(test => {
      try {
        return [buildTest(op, test)]
      } catch (error) {
        faults.push(`${test.id} (${op}): ${messageOf(error)}`)
        return []
      }
    }),
  }))
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return built
}

/**
 * A vector file with every value in it, as the honest implementation derives them.
 * @throws Error when a value is not the one that an outside source has, or an outcome is not the one that is expected
 */
export const buildFile = ({ title, anchor, groups }: Family): VectorFile => {
  const built = buildGroups(groups)
  const tests = built.flatMap(group => group.tests)
  const accept = tests.filter(test => test.expect.outcome === 'accept').length
  const used = new Set(tests.flatMap(test => test.flags))
  return {
    $schema: '../schemas/vector-file.schema.json',
    title,
    suite: 'sage/1.0',
    generator: 'reference/vectors, on the reference implementation',
    checker: 'conformance/probe, which shares no code with it (sage-conformance vectors check)',
    anchor,
    counts: { tests: tests.length, accept, reject: tests.length - accept },
    notes: Object.fromEntries(
      (Object.keys(notes) as Flag[]).filter(flag => used.has(flag)).map(flag => [flag, { ...notes[flag] }]),
    ),
    groups: built,
  }
}
