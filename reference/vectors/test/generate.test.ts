import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { roomPath } from '../../../schemas/index.js'
import { ask, buildFile } from '../build.js'
import type { Case, Family } from '../case.js'
import { buildVectorFiles, encodeVectorFile } from '../families.js'
import { fixedBytes, flipped } from '../fixed.js'
import { cardLabelMissing, extractExchanged } from '../mistakes/primitives.js'

t.test('the vector files are those that the source makes, and there are no others', t => {
  const files = buildVectorFiles()
  t.strictSame(
    files.map(({ name }) => `${name}.json`).sort(),
    readdirSync(roomPath('vectors'))
      .filter(name => name.endsWith('.json'))
      .sort(),
  )
  for (const { name, file } of files)
    t.equal(
      encodeVectorFile(file) === readFileSync(roomPath('vectors', `${name}.json`), 'utf8'),
      true,
      `${name} is up to date`,
    )
  t.end()
})

t.test('fixed bytes are fixed: another label or place gives others', t => {
  t.equal(fixedBytes('a', 70), fixedBytes('a', 70))
  t.equal(fixedBytes('a', 70).slice(0, 64), fixedBytes('a'))
  t.not(fixedBytes('a'), fixedBytes('b'))
  t.equal(fixedBytes('a', 0), '')
  t.equal(flipped('00ff', -1), '00fe')
  t.equal(flipped('00ff', 0, 0x80), '80ff')
  t.end()
})

const family = (test: Partial<Case>): Family => ({
  name: 'x',
  title: 'x',
  anchor: 'none',
  groups: [
    { op: 'hkdf', cases: [{ id: 'x', comment: 'x', input: { salt: '', ikm: '00', info: '', length: 32 }, ...test }] },
  ],
})

t.test('generation fails where a pinned value, an outcome or a near miss is not as written', t => {
  t.equal(buildFile(family({})).counts.accept, 1)
  t.throws(() => buildFile(family({ pinned: { okm: '00' } })), /okm is/)
  t.throws(() => buildFile(family({ pinned: { nothing: '00' } })), /nothing is undefined/)
  t.throws(() => buildFile(family({ reject: 'length' })), /accepted, and must be rejected/)
  t.throws(() => buildFile(family({ input: { salt: '' } })), /rejects/)
  t.throws(() => buildFile(family({ mistakes: [cardLabelMissing] })), /changes nothing/)
  t.match(buildFile(family({ mistakes: [extractExchanged] })).groups[0]?.tests[0]?.nearMisses, [{ step: 'prk' }])
  t.throws(() => ask('token.parse', { text: '' }), /rejects/)
  t.end()
})
