import { explain, nearMatches, type Knowledge } from '../report/explanation.js'
import { printable } from '../report/text.js'
import { loadJudges } from '../trace/judges.js'
import { loadRequirementSet } from '../trace/requirement-set.js'
import { UsageError } from './usage.js'

/** The mutants are the reference with faults in it: it is loaded here and nowhere else, when it is asked for. */
const loadKnowledge = async (): Promise<Knowledge> => {
  const [{ mutants }, { initiatorMutants }, { derivationMutants }] = await Promise.all([
    import('../mutants/index.js'),
    import('../mutants/initiator/all.js'),
    import('../mutants/derivation/all.js'),
  ])
  const cores = derivationMutants.map(({ name, kills }) => ({ name, kills: [kills.vector] }))
  return {
    requirements: loadRequirementSet().requirements,
    judges: loadJudges(),
    mutants: [...mutants, ...initiatorMutants, ...cores],
  }
}

/**
 * `sage-conformance explain ID`: the sentence of a requirement or of a check, and what judges it.
 * @returns exit status 0
 * @throws UsageError (exit status 2) where `id` names nothing, with what is like it
 */
export const explainCommand = async (
  id: string,
  screen: { readonly write: (text: string) => void; readonly columns: number },
): Promise<number> => {
  const knowledge = await loadKnowledge()
  const text = explain(id, knowledge, Math.min(120, Math.max(40, screen.columns)))
  if (text === undefined) {
    const { requirements, judges } = knowledge
    const near = nearMatches(id, [...new Set([...requirements, ...judges.checks].map(each => each.id))])
    const hint = near.length > 0 ? `; there is ${near.join(', ')}` : ''
    throw new UsageError(`${printable(id)} is no requirement and no check${hint}`)
  }
  screen.write(`${text}\n`)
  return 0
}
