import fc from 'fast-check'
import t from 'tap'
import { checks } from '../../checks/index.js'
import { loadJudges } from '../../trace/judges.js'
import { loadRequirementSet } from '../../trace/requirement-set.js'
import { explain } from '../explanation.js'
import { nearMatches } from '../near-matches.js'

const { requirements } = loadRequirementSet()
const judges = loadJudges()
const mutants = [
  { name: 'forgets', kills: ['record.replay', 'record.replay/behind-the-highest'] },
  { name: 'salt-raw', kills: [judges.vectors.find(each => each.requirements.includes('keys.session-prk'))?.id ?? ''] },
]
const knowledge = { requirements, judges, mutants }
const lines = (id: string, width = 100): string[] => (explain(id, knowledge, width) ?? '').split('\n')

t.test(
  'a requirement is explained by its sentence, its place, its checks with their cases, and what proves them',
  async t => {
    const said = lines('record.replay')
    t.match(said[0], /^record\.replay {2}MUST, receiver, spec\/session\.md:[0-9]+$/)
    t.match(said[1], /^ {6}A receiver MUST reject a record whose `seq`/)
    t.match(
      said.join('\n'),
      /check {8}record\.replay\n {8}cases {6}the same bytes again; its number again, sealed anew\n/,
    )
    t.match(said.join('\n'), /check {8}record\.replay\/behind-the-highest\n {8}proven by {2}forgets/)
  },
)

t.test('a check of another requirement that judges it too says whose it is', async t => {
  t.match(lines('keys.direction').join('\n'), /check {8}record\.tag\/other-key \(of record\.tag\)/)
  t.match(lines('record.layout').join('\n'), /check {8}task\.ping \(of task\.ping; prerequisite\)/)
})

t.test(
  'vectors are named by file and test, abbreviated where they are many, with the cores that they find out',
  async t => {
    const said = lines('keys.session-prk').join('\n')
    t.match(said, /vectors {6}key-schedule\.json: .*; and\s+[0-9]+ more/)
    t.match(said, /proven by {2}salt-raw/)
  },
)

t.test('what nobody judges says why', async t => {
  const { unobservable, unjudged } = judges
  for (const { id, reason } of unobservable) t.match(lines(id).join(' ').replace(/\s+/g, ' '), reason)
  for (const { id, issue } of unjudged) t.match(lines(id).join('\n'), `issue ${issue} will`)
})

t.test('a check is explained by the requirements that it judges', async t => {
  const said = lines('record.tag/other-key').join('\n')
  t.match(said, /^check {8}record\.tag\/other-key\n/)
  t.match(said, /^record\.tag {2}MUST/m)
  t.match(said, /^keys\.direction {2}MUST/m)
})

t.test('every requirement and every check can be explained, within any width', async () => {
  const ids = [...requirements, ...checks].map(({ id }) => id)
  const fits = (line: string, width: number): boolean => line.length <= width || !line.slice(20).includes(' ')
  fc.assert(
    fc.property(fc.constantFrom(...ids), fc.integer({ min: 40, max: 120 }), (id, width) =>
      lines(id, width).every(line => line !== '' && (!line.startsWith(' ') || fits(line, width))),
    ),
  )
})

t.test('an unknown id has near matches: misspelt first, then those that hold a part of it', async t => {
  const ids = requirements.map(({ id }) => id)
  t.equal(explain('record.reply', knowledge, 80), undefined)
  t.equal(nearMatches('record.reply', ids)[0], 'record.replay')
  t.equal(nearMatches('handshake.nonce-single-us', ids)[0], 'handshake.nonce-single-use')
  t.ok(nearMatches('nonce', ids).every(id => id.includes('nonce')))
  t.ok(nearMatches('nonce', ids).length > 3)
  t.strictSame(nearMatches('zzzzzzzz', ids), [])
})
