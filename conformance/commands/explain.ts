import { explain, nearMatches } from '../report/explanation.js'
import { printable } from '../report/text.js'
import { loadKnowledge } from '../trace/knowledge.js'
import { UsageError } from './usage.js'

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
