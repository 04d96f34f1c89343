import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseScript } from '../bootstrap/script-options.js'
import { loadRequirementSet } from '../trace/requirement-set.js'
import { findingsPage, type Judged } from './findings-page.js'
import { judgePeer } from './judge-peer.js'
import { loadPeers, missingPrograms, peersFolder } from './peer.js'

// The last line counts the verdicts that are as they should be, those that are not, and the peers that were not judged.

const { values, positionals } = parseScript(
  {
    name: 'npm run peers',
    purpose: 'judges every peer whose toolchain this machine has',
    uses: [
      ['NAME [NAME…]', 'these peers alone'],
      ['--require NAME', 'it is an error if this one cannot be judged; may be repeated'],
      ['--write', 'writes what was found to conformance/peers/what-the-suite-found.md'],
    ],
  },
  { options: { require: { type: 'string', multiple: true }, write: { type: 'boolean' } }, allowPositionals: true },
)
const required = values.require ?? []

const peers = loadPeers()
const unknown = [...positionals, ...required].filter(name => !peers.some(peer => peer.name === name))
if (unknown.length > 0) {
  console.error(`no peer is called ${unknown.join(', ')}; there are ${peers.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

const wanted = peers.filter(({ name }) => positionals.length === 0 || [...positionals, ...required].includes(name))
const judged: Judged[] = []
let [passed, failed, skipped] = [0, 0, 0]
for (const peer of wanted) {
  const missing = missingPrograms(peer)
  if (missing.length > 0) {
    const isRequired = required.includes(peer.name)
    if (isRequired) failed += 1
    else skipped += 1
    console.log(`${peer.name}: ${isRequired ? 'FAILED' : 'not judged'}, this machine has no ${missing.join(', ')}`)
    continue
  }
  const outcome = await judgePeer(peer, line => console.error(line))
  if ('failed' in outcome) {
    failed += 1
    console.log(`${peer.name}: FAILED to build\n${outcome.failed}`)
    continue
  }
  for (const { role, status, output } of outcome) {
    const verdict = output.split('\n').find(line => /^(not )?conformant|^incomplete|^suite error/.test(line))
    console.log(`${peer.name} ${role}: ${verdict ?? 'no verdict'}`)
    if (status === 0) passed += 1
    else {
      failed += 1
      console.log(output.replace(/^/gm, '  '))
    }
  }
  judged.push({ peer, judgements: outcome })
}

const path = join(peersFolder, 'what-the-suite-found.md')
if (judged.length === peers.length) {
  const page = findingsPage(judged, loadRequirementSet().requirements)
  if (values.write) writeFileSync(path, page)
  else if (readFileSync(path, 'utf8') === page) passed += 1
  else {
    failed += 1
    console.log(`${path} is not what was found: npm run peers -- --write, and look at the difference`)
  }
} else if (values.write) console.log('what was found is not written: not every peer was judged')
if (judged.length === 0) console.log('no peer was judged')
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 ? 1 : 0
