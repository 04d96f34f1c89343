import { frozenDigest, frozenForm, type FrozenSet } from './frozen-set.js'
import type { DeclaredChange } from './declared-changes.js'
import type { Requirement } from './read-requirements.js'
import type { Finding } from './trace.js'

const FORM = 16

/** What each id ought to be by now: what was frozen, and then every record in its order. */
const applied = (frozen: FrozenSet, changes: readonly DeclaredChange[]) => {
  const due = new Map(frozen.requirements.map(({ id, sentence }) => [id, sentence.slice(0, FORM)]))
  const findings: Finding[] = []
  for (const { record, kind, id, hash } of changes) {
    const isThere = due.has(id)
    if (kind === 'added' && isThere) findings.push({ id, text: `is added by ${record}, and was there before` })
    if (kind !== 'added' && !isThere) findings.push({ id, text: `is ${kind} by ${record}, and was not there before` })
    if (kind === 'changed' && due.get(id) === hash)
      findings.push({ id, text: `is changed by ${record} to what it was before` })
    if (hash === undefined) due.delete(id)
    else due.set(id, hash)
  }
  return { due, findings }
}

const hint = (kind: DeclaredChange['kind'], { id, hash }: { id: string; hash?: string }): string =>
  `a decision record has to say so: - ${kind} \`${id}\`${hash === undefined ? '' : ` \`${hash}\``}`

/**
 * Holds the sentences against those that were frozen: one that was added, removed or reworded since then, and that no
 * decision record declares, is a finding, and so is a declaration that does not hold.
 */
export const freezeFindings = (
  requirements: readonly Requirement[],
  frozen: FrozenSet,
  changes: readonly DeclaredChange[],
  published?: FrozenSet,
): Finding[] => {
  const { due, findings } = applied(frozen, changes)
  const name = `spec/frozen/${frozen.version}.json`
  if (frozenDigest(frozen.requirements) !== frozen.digest)
    findings.push({ id: name, text: 'was edited: its digest is not that of its requirements' })
  if (published && published.digest !== frozen.digest)
    findings.push({ id: name, text: 'is not what was published: it never changes again' })
  for (const requirement of requirements) {
    const { id } = requirement
    const hash = frozenForm(requirement).sentence.slice(0, FORM)
    const was = due.get(id)
    if (was === undefined)
      findings.push({ id, text: `was added since ${frozen.version} was frozen; ${hint('added', { id, hash })}` })
    else if (was !== hash)
      findings.push({ id, text: `was reworded since ${frozen.version} was frozen; ${hint('changed', { id, hash })}` })
  }
  const present = new Set(requirements.map(({ id }) => id))
  for (const id of due.keys())
    if (!present.has(id))
      findings.push({ id, text: `was removed since ${frozen.version} was frozen; ${hint('removed', { id })}` })
  return findings
}
