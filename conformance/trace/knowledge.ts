import type { Knowledge } from '../report/explanation.js'
import { loadJudges } from './judges.js'
import { loadRequirementSet } from './requirement-set.js'

/**
 * What there is to say of requirements: who judges them, and which broken agents prove that. The mutants are the reference
 * with faults in it: they are loaded here and nowhere else, when they are asked for.
 */
export const loadKnowledge = async (): Promise<Knowledge> => {
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
