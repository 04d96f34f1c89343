import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { rootPath, type Report } from '../../../schemas/index.js'
import { loadRequirementSet } from '../../trace/requirement-set.js'
import { findingsPage } from '../findings-page.js'
import { judgePeer } from '../judge-peer.js'
import { loadPeers, missingPrograms, type Peer } from '../peer.js'

const dist = (path: string): string => join(rootPath, 'dist', path)
const program = join(rootPath, 'conformance', 'bin', 'sage-conformance.js')
const node = process.execPath
const silent = (): void => undefined

/** A folder of peers with one in it. */
const folderWith = (t: Test, name: string, file: unknown): string => {
  const folder = t.testdir({})
  mkdirSync(join(folder, name))
  mkdirSync(join(folder, 'no-peer'))
  writeFileSync(join(folder, name, 'peer.json'), JSON.stringify(file))
  return folder
}

const peer = (folder: string, parts: Partial<Peer>): Peer => ({
  name: 'ours',
  folder,
  language: 'TypeScript',
  toolchain: [],
  build: [],
  ...parts,
})

t.test('a folder with a peer.json is a peer, others are not, and one that is wrong is refused', t => {
  const file = { language: 'Any', toolchain: ['any'], build: [] }
  t.match(loadPeers(folderWith(t, 'one', file)), [{ name: 'one', language: 'Any', toolchain: ['any'] }])
  t.throws(() => loadPeers(folderWith(t, 'one', { ...file, responders: [] })))
  t.end()
})

t.test('every peer of ours has a file that can be read', t => {
  t.doesNotThrow(() => loadPeers())
  t.end()
})

t.test('what is missing of a toolchain is named', { skip: process.platform === 'win32' && 'looks for files' }, t => {
  const folder = t.testdir({ present: '' })
  writeFileSync(join(folder, 'program'), '', { mode: 0o755 })
  t.strictSame(missingPrograms({ toolchain: ['program', 'present', 'absent'] }, `/nowhere:${folder}`), [
    'present',
    'absent',
  ])
  t.end()
})

t.test('a peer is judged in every role that it has, each by the command for it', async t => {
  const ours = peer(t.testdir({}), {
    build: [[node, '-e', 'require("fs").writeFileSync("built", "")']],
    responder: { command: [node, program, 'serve'], options: ['--only', 'task.ping'] },
    initiator: {
      command: [node, dist('reference/client-peer.js')],
      options: ['--only', 'message.id-unique', '--transport', 'http'],
    },
    vectors: { command: [node, dist('reference/core-peer.js')], options: ['--only', 'hkdf/*'] },
  })
  const outcome = await judgePeer(ours, silent)
  t.strictSame(
    ('failed' in outcome ? [] : outcome).map(({ role, status, report }) => [role, status, report?.verdict]),
    [
      ['vectors', 0, undefined],
      ['responder', 0, 'conformant'],
      ['initiator', 0, 'conformant'],
    ],
  )
})

t.test('what is known to fail is no failure, and is one once it does not', async t => {
  const known = ['message.schema', 'message.schema/handshake', 'message.schema/names', 'message.schema/stream'].map(
    check => ({ check, transport: 'ws', reasonCode: 'closed-1007', note: 'It closes.' }),
  )
  const baseline = JSON.stringify({ baseline: 'sage-conformance/1', known })
  const judged = async (mutant: string) => {
    const part = {
      command: [node, dist('conformance/mutants/serve-mutant.js'), mutant],
      options: ['--only', 'message.schema', '--transport', 'ws'],
      baseline: 'known.json',
    }
    const outcome = await judgePeer(peer(t.testdir({ 'known.json': baseline }), { responder: part }), silent)
    return 'failed' in outcome ? outcome.failed : outcome[0]
  }
  t.match(await judged('schema-violations-close'), { status: 0, report: { verdict: /known/ } })
  t.match(await judged('every-answer-twice'), { status: 1 })
})

t.test('a peer that cannot be built or started fails with what was said', async t => {
  const broken = await judgePeer(
    peer(t.testdir({}), { build: [[node, '-e', 'console.error("no"); process.exit(3)']] }),
    silent,
  )
  t.match(broken, { failed: /exit status 3\)\nno/ })
  const mute = await judgePeer(peer(t.testdir({}), { responder: { command: [node, '-e', ''] } }), silent)
  t.match(mute, [{ role: 'responder', status: -1, output: /ended/ }])
})

t.test('the page says of each peer what holds, what does not, and why that is known', t => {
  const result = (check: string, state: string) => ({ check, requirement: check, also: [], state, transport: 'http' })
  const results = [result('task.ping', 'pass'), result('record.replay', 'fail'), result('batch.alone', 'skip')]
  const known = [{ check: 'record.replay', transport: 'http', reasonCode: 'success', note: 'It keeps no window.' }]
  const folder = t.testdir({ 'known.json': JSON.stringify({ baseline: 'sage-conformance/1', known }) })
  const report = { verdict: 'not conformant', results } as unknown as Report
  const page = findingsPage(
    [
      {
        peer: peer(folder, { responder: { command: [node], baseline: 'known.json' } }),
        judgements: [{ role: 'responder', status: 1, output: '', report }],
      },
    ],
    loadRequirementSet().requirements,
  )
  t.match(page, '| [task.ping](../../spec/messages.md) | ✓ |')
  t.match(page, '| [record.replay](../../spec/session.md) | ✗ |')
  t.notMatch(page, 'batch.alone')
  t.match(page, '- `record.replay` (success): It keeps no window. Seen over http.')
  t.end()
})
