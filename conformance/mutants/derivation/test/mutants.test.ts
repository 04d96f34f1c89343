import { fileURLToPath } from 'node:url'
import t from 'tap'
import { vectorsRunCommand } from '../../../commands/vectors-run.js'
import { compareAnswer, type Peer } from '../../../vectors/compare.js'
import { loadVectorFiles, ownVectors } from '../../../vectors/load.js'
import { namedTests, type NamedTest } from '../../../vectors/select.js'
import type { VectorFile } from '../../../../schemas/index.js'
import { derivationMutants } from '../all.js'
import { mutantPeer } from '../mutant.js'

const tests = namedTests(
  loadVectorFiles(ownVectors()).map(({ name, content }) => ({ name, file: content as VectorFile })),
)
const byId = new Map(tests.map(test => [test.id, test]))
const differenceOf = (peer: Peer, { op, test }: NamedTest) => compareAnswer(test, peer(op, test.input))

t.test('the honest core passes every vector', t => {
  const peer = mutantPeer({})
  const failed = tests.filter(test => differenceOf(peer, test) !== undefined)
  t.strictSame(
    failed.map(({ id }) => id),
    [],
  )
  t.end()
})

t.test('every mutant has a name of its own', t => {
  t.equal(new Set(derivationMutants.map(({ name }) => name)).size, derivationMutants.length)
  t.ok(derivationMutants.length >= 30)
  t.end()
})

t.test('every mutant is found by the vector that names it, at the step that names its fault', t => {
  for (const { name, kills, parts, guards } of derivationMutants) {
    const test = byId.get(kills.vector)
    if (test === undefined) {
      t.fail(`${name}: there is no vector ${kills.vector}`)
      continue
    }
    const difference = differenceOf(mutantPeer({ ...(parts && { parts }), ...(guards && { guards }) }), test)
    const found =
      difference === undefined ? 'nothing' : 'step' in difference ? { step: difference.step } : difference.reason
    t.strictSame(found, kills.finding, `${name} by ${kills.vector}`)
  }
  t.end()
})

const runPeer = async (name: string, only: string[]): Promise<{ status: number; text: string }> => {
  const lines: string[] = []
  const peer = fileURLToPath(new URL('../peer.js', import.meta.url))
  const status = await vectorsRunCommand([process.execPath, peer, name], {
    only,
    streams: { out: text => void lines.push(String(text)), err: line => void lines.push(line) },
  })
  return { status, text: lines.join('') }
}

t.test('mutants as commands: the run names vector, step and mistake', async t => {
  const honest = await runPeer('honest', [])
  t.equal(honest.status, 0, honest.text)
  const salt = await runPeer('salt-raw', ['key-schedule'])
  t.equal(salt.status, 1)
  t.match(salt.text, 'key-schedule/counting (key-schedule): wrong answer: sessionPrk is the first value that differs')
  t.match(salt.text, 'this is what comes of a known mistake: the 16 bytes that sid encodes for the salt')
  const window = await runPeer('window-moves-early', ['record.receive'])
  t.equal(window.status, 1)
  t.match(window.text, 'receive-traces/forged-far-ahead')
  const nobody = await runPeer('nobody', ['hkdf/too-long'])
  t.equal(nobody.status, 1)
  t.match(nobody.text, 'no such mutant')
})
