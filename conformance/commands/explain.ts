import { describeExplanation, explain } from '../report/explanation.js'
import { thereIs } from '../report/near-matches.js'
import { lineOf } from '../report/text.js'
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
  json = false,
): Promise<number> => {
  const knowledge = await loadKnowledge()
  const text = json
    ? describeExplanation(id, knowledge)
    : explain(id, knowledge, Math.min(120, Math.max(40, screen.columns)))
  if (text === undefined) {
    const { requirements, judges } = knowledge
    const hint = thereIs(id, [...new Set([...requirements, ...judges.checks].map(each => each.id))])
    throw new UsageError(`${lineOf(id, 100)} is no requirement and no check${hint}`)
  }
  screen.write(typeof text === 'string' ? `${text}\n` : `${JSON.stringify(text, null, 2)}\n`)
  return 0
}
