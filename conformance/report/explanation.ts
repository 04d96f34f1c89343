import type { Explanation } from '../../schemas/index.js'
import type { Requirement } from '../trace/read-requirements.js'
import { judgingOf, type Judges, type JudgingCheck, type JudgingVector } from '../trace/judges.js'
import { abbreviated, withoutLinks, wrap } from './text.js'

/** A broken agent or core, and the checks or vectors (`file/test`) that find it out. */
export interface Proof {
  readonly name: string
  readonly kills: readonly string[]
}

/** Everything that an explanation is made of. */
export interface Knowledge {
  readonly requirements: readonly Requirement[]
  readonly judges: Judges
  readonly mutants: readonly Proof[]
}

const INDENT = ' '.repeat(6)
const LABEL = 13
const SHOWN = 6

const say = (label: string, text: string, width: number): string => wrap(text, `${INDENT}${label.padEnd(LABEL)}`, width)

const provenBy = (id: string, mutants: readonly Proof[]): string => {
  const names = mutants.filter(({ kills }) => kills.includes(id)).map(({ name }) => name)
  return names.length === 0 ? 'no mutant' : abbreviated(names, SHOWN)
}

const labelOf = { run: 'check', 'run-client': 'client check' } as const

const explainCheck = (check: JudgingCheck, id: string, { mutants }: Knowledge, width: number): string[] => {
  const { requirement, cases, by } = check
  const notes = [...(requirement === id ? [] : [`of ${requirement}`]), ...check.notes]
  return [
    say(labelOf[by], notes.length > 0 ? `${check.id} (${notes.join('; ')})` : check.id, width),
    ...(cases.length > 0 ? [say('  cases', abbreviated(cases, cases.length), width)] : []),
    say('  proven by', provenBy(check.id, mutants), width),
  ]
}

const explainVectors = (vectors: readonly JudgingVector[], mutants: readonly Proof[], width: number): string[] => {
  const files = [...new Set(vectors.map(({ file }) => file))]
  const ids = new Set(vectors.map(({ id }) => id))
  const proofs = mutants.filter(({ kills }) => kills.some(id => ids.has(id))).map(({ name }) => name)
  return [
    ...files.map(file => {
      const tests = vectors.filter(vector => vector.file === file).map(({ id }) => id.slice(file.length + 1))
      return say('vectors', `${file}.json: ${abbreviated(tests, SHOWN)}`, width)
    }),
    ...(proofs.length > 0 ? [say('  proven by', abbreviated(proofs, SHOWN), width)] : []),
  ]
}

const explainRequirement = (requirement: Requirement, knowledge: Knowledge, width: number): string => {
  const { id, level, role, chapter, line, text } = requirement
  const { checks, vectors, reason, issue } = judgingOf(id, knowledge.judges)
  const lines = [
    `${id}  ${level}, ${role}, spec/${chapter}.md:${line}`,
    wrap(withoutLinks(text), INDENT, width),
    ...checks.flatMap(check => explainCheck(check, id, knowledge, width)),
    ...explainVectors(vectors, knowledge.mutants, width),
    ...(reason === undefined ? [] : [say('unobservable', reason, width)]),
    ...(issue === undefined ? [] : [say('not yet', `nothing judges it; issue ${issue} will`, width)]),
  ]
  return lines.join('\n')
}

/** What {@link explain} says, as data; nothing where `id` is neither a requirement nor a check. */
export const describeExplanation = (
  id: string,
  { requirements, judges, mutants }: Knowledge,
): Explanation | undefined => {
  const sentenceOf = (named: string) =>
    requirements
      .filter(each => each.id === named)
      .map(({ id, level, role, chapter, line, text }) => ({ id, level, role, chapter, line, text }))
  const provers = (killed: string): string[] =>
    mutants.filter(({ kills }) => kills.includes(killed)).map(({ name }) => name)
  const checkOf = ({ id, requirement, also, by, cases, notes }: JudgingCheck) => ({
    ...{ id, requirement, by, also: [...also], cases: [...cases], notes: [...notes] },
    provenBy: provers(id),
  })
  const [requirement] = sentenceOf(id)
  if (requirement) {
    const { checks, vectors, reason, issue } = judgingOf(id, judges)
    return {
      ...{ explanation: 'sage-conformance/1', id, kind: 'requirement', requirements: [requirement] },
      checks: checks.map(checkOf),
      vectors: vectors.map(vector => ({ id: vector.id, provenBy: provers(vector.id) })),
      ...(reason !== undefined && { unobservable: reason }),
      ...(issue !== undefined && { unjudged: issue }),
    }
  }
  const check = judges.checks.find(each => each.id === id)
  if (!check) return undefined
  const judged = [check.requirement, ...check.also].flatMap(sentenceOf)
  return {
    ...{ explanation: 'sage-conformance/1', id, kind: 'check', requirements: judged },
    ...{ checks: [checkOf(check)], vectors: [] },
  }
}

/**
 * What there is to say of `id`: a requirement with its judges, or a check with the requirements that it judges. Nothing
 * where it is neither.
 */
export const explain = (id: string, knowledge: Knowledge, width: number): string | undefined => {
  const { requirements, judges } = knowledge
  const requirement = requirements.find(each => each.id === id)
  if (requirement) return explainRequirement(requirement, knowledge, width)
  const check = judges.checks.find(each => each.id === id)
  if (!check) return undefined
  const judged = [check.requirement, ...check.also].map(each => requirements.find(of => of.id === each))
  return [
    ...explainCheck(check, check.requirement, knowledge, width).map(line => line.slice(INDENT.length)),
    ...judged.flatMap(each =>
      each
        ? [
            `${each.id}  ${each.level}, ${each.role}, spec/${each.chapter}.md:${each.line}`,
            wrap(withoutLinks(each.text), INDENT, width),
          ]
        : [],
    ),
  ].join('\n')
}
