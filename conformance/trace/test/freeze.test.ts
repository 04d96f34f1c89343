import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadChanges, readChanges, type DeclaredChange } from '../declared-changes.js'
import { freezeFindings } from '../freeze-findings.js'
import { encodeFrozenSet, freeze, frozenForm, loadPublishedSet } from '../frozen-set.js'
import { sentenceHash, type Requirement } from '../read-requirements.js'

const requirement = (id: string, text = `A responder MUST ${id}.`): Requirement => ({
  ...{ id, level: 'MUST', role: 'responder', chapter: id.split('.')[0]!, line: 1, text },
  hash: sentenceHash(text),
})

const hashOf = (of: Requirement): string => frozenForm(of).sentence.slice(0, 16)

const three = ['task.ping', 'task.close', 'keys.sid'].map(id => requirement(id))
const frozen = freeze(three)

const found = (requirements: readonly Requirement[], changes: readonly DeclaredChange[] = []): string[] =>
  freezeFindings(requirements, frozen, changes).map(({ id, text }) => `${id} ${text}`)

t.test('what was frozen holds, in whatever order it stands', async t => {
  t.strictSame(found(three), [])
  t.strictSame(found([...three].reverse()), [])
  t.equal(hashOf(three[0]!), three[0]!.hash, 'the hash in a record is that of spec/requirements.json')
})

t.test('a sentence that is reworded, added or removed needs a record, and the finding is its line', async t => {
  const reworded = requirement('task.ping', 'A responder SHOULD ping.')
  const added = requirement('task.pong')
  for (const [requirements, said] of [
    [[reworded, ...three.slice(1)], `changed \`task.ping\` \`${hashOf(reworded)}\``],
    [[...three, added], `added \`task.pong\` \`${hashOf(added)}\``],
    [three.slice(1), 'removed `task.ping`'],
  ] as const) {
    const findings = found(requirements)
    t.equal(findings.length, 1)
    t.ok(findings[0]?.endsWith(`a decision record has to say so: - ${said}`), findings.join())
    const { changes, problems } = readChanges('0020.md', `# A record\n\n## Changes since 1.0\n\n- ${said}\n\n## More\n`)
    t.strictSame(problems, [])
    t.strictSame(found(requirements, changes), [], 'with that line in a record it holds')
    t.equal(found(three, changes).length > 0, true, 'and without the change the record does not')
  }
})

t.test('a record that declares another wording than the one that stands there is no record of it', async t => {
  const reworded = requirement('task.ping', 'A responder MAY ping.')
  const other: DeclaredChange = { record: '0020.md', kind: 'changed', id: 'task.ping', hash: '0'.repeat(16) }
  t.match(found([reworded, ...three.slice(1)], [other]), [/^task\.ping was reworded/])
})

t.test('a later record counts on top of an earlier one', async t => {
  const [second, third] = [requirement('task.ping', 'A MUST one.'), requirement('task.ping', 'A MUST two.')]
  const change = (record: string, of: Requirement): DeclaredChange => ({
    ...{ record, kind: 'changed', id: of.id, hash: hashOf(of) },
  })
  t.strictSame(found([third, ...three.slice(1)], [change('0020.md', second), change('0021.md', third)]), [])
  t.match(found([second, ...three.slice(1)], [change('0020.md', second), change('0021.md', third)]), [/was reworded/])
})

t.test('a declaration that cannot be is a finding', async t => {
  const record = '0020.md'
  t.match(found(three, [{ record, kind: 'removed', id: 'task.none' }]), [/not there before/])
  t.match(found(three, [{ record, kind: 'added', id: 'task.ping', hash: hashOf(three[0]!) }]), [/was there before/])
  t.match(found(three, [{ record, kind: 'changed', id: 'task.ping', hash: hashOf(three[0]!) }]), [/what it was before/])
})

t.test('a line of the list that is no declaration is a problem, and a list elsewhere is none', async t => {
  const text =
    '# R\n\n## Context\n\n- removed `a.b`\n\n## Changes since 1.0\n\n- removed `a.b` `0123456789abcdef`\n- changed `a.b`\n- dropped a.b\n'
  const { changes, problems } = readChanges('0020.md', text)
  t.strictSame(changes, [])
  t.equal(problems.length, 3)
})

t.test('the frozen file itself does not change', async t => {
  const edited = { ...frozen, requirements: frozen.requirements.slice(1) }
  t.match(freezeFindings(three, edited, []), [{ text: /was edited/ }, { id: 'keys.sid' }])
  const other = freeze([...three, requirement('task.pong')])
  t.match(freezeFindings(three, frozen, [], other), [{ text: /is not what was published/ }])
  t.strictSame(freezeFindings(three, frozen, [], frozen), [])
})

const sentences = fc.dictionary(
  fc.constantFrom('a.b', 'a.c', 'b.a', 'c.d', 'c.e'),
  fc.constantFrom('one', 'two', 'three'),
)
const setOf = (texts: Readonly<Record<string, string>>): Requirement[] =>
  Object.entries(texts).map(([id, text]) => requirement(id, text))

t.test('any set is reached from any other by the lines of its findings, and by no fewer', async () => {
  fc.assert(
    fc.property(sentences, sentences, (before, after) => {
      const [from, to] = [freeze(setOf(before)), setOf(after)]
      const findings = freezeFindings(to, from, [])
      const lines = findings.map(({ text }) => /- (?:added|changed|removed) .*$/.exec(text)?.[0] ?? '')
      const declared = (some: readonly string[]) =>
        readChanges('0020.md', `\n## Changes since 1.0\n\n${some.join('\n')}\n`).changes
      if (freezeFindings(to, from, declared(lines)).length > 0) return false
      return lines.every((_line, at) => freezeFindings(to, from, declared(lines.toSpliced(at, 1))).length > 0)
    }),
  )
})

t.test('what was published is read from its tag', async t => {
  const root = t.testdir({})
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      stdio: 'ignore',
    })
  git('init')
  t.equal(loadPublishedSet(root), undefined)
  mkdirSync(join(root, 'spec', 'frozen'), { recursive: true })
  writeFileSync(join(root, 'spec', 'frozen', '1.0.json'), encodeFrozenSet(frozen))
  git('add', '.')
  git('commit', '-m', 'frozen')
  t.equal(loadPublishedSet(root), undefined, 'a commit is no publication')
  git('tag', 'v1.0.0')
  t.match(loadPublishedSet(root), frozen)
})

t.test('the records of the house declare nothing that cannot be read', async t => {
  t.strictSame(loadChanges().problems, [])
})
