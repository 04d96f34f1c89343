import t from 'tap'
import { readRequirements, readSubjects, sentenceHash } from '../read-requirements.js'
import { chapterNames, loadChapters } from '../spec-chapters.js'

const conventions = `# Conventions

| subject | whom |
|---|---|
| responder | the one that answers |
| sender, receiver | either |
`

const read = (text: string, name = 'record') =>
  readRequirements([
    { name: 'conventions', file: 'spec/conventions.md', text: conventions },
    { name, file: `spec/${name}.md`, text },
  ])

const problemOf = (text: string): string => {
  const { problems } = read(text)
  return problems.length === 1 ? problems[0]! : `${problems.length} problems: ${problems.join('; ')}`
}

t.test('a normative sentence is read with its level, role, place and hash', async t => {
  const { requirements, problems } = read(`# Records

Why so.

- **record.tag** A receiver MUST NOT accept a record
  that does   not open.
- **record.window** A sender SHOULD think.
- an ordinary item
`)
  t.strictSame(problems, [])
  const text = 'A receiver MUST NOT accept a record that does not open.'
  t.strictSame(requirements, [
    {
      id: 'record.tag',
      level: 'MUST NOT',
      role: 'receiver',
      chapter: 'record',
      line: 5,
      text,
      hash: sentenceHash(text),
    },
    {
      id: 'record.window',
      level: 'SHOULD',
      role: 'sender',
      chapter: 'record',
      line: 7,
      text: 'A sender SHOULD think.',
      hash: sentenceHash('A sender SHOULD think.'),
    },
  ])
})

t.test('a hash follows the words and not the line breaks', async t => {
  const hashOf = (text: string) => read(text).requirements[0]!.hash
  const one = hashOf('- **a.b** A sender MUST number records.\n')
  t.equal(hashOf('- **a.b** A sender MUST\n  number records.\n'), one)
  t.not(hashOf('- **a.b** A sender MUST count records.\n'), one)
  t.match(one, /^[0-9a-f]{16}$/)
})

t.test('every rule of writing that a sentence breaks is one line with its place', async t => {
  t.match(problemOf('- **a.b** A sender does it.\n'), /^spec\/record\.md:1 a\.b has no key word/)
  t.match(problemOf('\n- **a.b** A sender MUST do it and MUST NOT tell.\n'), /^spec\/record\.md:2 a\.b has 2 key words/)
  t.match(problemOf('- **a.b** A sender MUST do it and SHALL tell.\n'), /a\.b uses SHALL/)
  t.match(problemOf('text\n\nA sender MUST do it.\n'), /^spec\/record\.md:3 MUST stands outside a normative item/)
  t.match(problemOf('- A sender SHOULD do it.\n'), /^spec\/record\.md:1 SHOULD stands outside/)
  t.match(problemOf('| cell | it is OPTIONAL |\n'), /^spec\/record\.md:1 OPTIONAL stands outside/)
  t.match(problemOf('- **a.b** A gardener MUST do it.\n'), /a\.b has no known subject: it begins "A gardener"/)
  t.match(problemOf('- **a.b** Senders MUST do it.\n'), /a\.b has no known subject/)
  t.match(problemOf('- **A.b** A sender MUST do it.\n'), /"A\.b" is not an identifier/)
  t.match(problemOf('- **a** A sender MUST do it.\n'), /"a" is not an identifier/)
  t.match(problemOf('- **a.b-** A sender MUST do it.\n'), /"a\.b-" is not an identifier/)
  t.match(
    problemOf('- **a.b** A sender MUST do it.\n- **a.b** A sender MUST do that.\n'),
    /^spec\/record\.md:2 a\.b stands already at spec\/record\.md:1/,
  )
  t.match(problemOf('- **a.b** A sender MUST do it in\ntwo lines.\n'), /a\.b does not end with a full stop/)
})

t.test('a key word in code is a mention', async t => {
  t.strictSame(read('The word `MUST`, and `a span\nwith SHOULD` too.\n\n```\nMAY\n- **x.y** MUST\n```\n'), {
    requirements: [],
    problems: [],
  })
  t.equal(read('- **a.b** A sender MUST send `MUST`.\n').requirements[0]?.text, 'A sender MUST send `MUST`.')
  t.match(problemOf('one ` alone\n\nA sender MUST ` do it.\n'), /:3 MUST stands outside/)
})

t.test('subjects and chapters are read from their tables', async t => {
  t.strictSame(readSubjects(conventions), ['responder', 'sender', 'receiver'])
  t.strictSame(readSubjects('no table'), [])
  t.strictSame(chapterNames('| [a.md](a.md) | x |\n| [b-c.md](b-c.md) | y |\n| [d.md](e.md) | z |\n'), ['a', 'b-c'])
})

t.test('the specification itself breaks no rule of writing', async t => {
  const { requirements, problems } = readRequirements(loadChapters())
  t.strictSame(problems, [])
  t.ok(requirements.length > 150)
})
