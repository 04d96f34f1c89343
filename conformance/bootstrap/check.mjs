import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './place.mjs'
import { tallyLine } from './tally.mjs'

// Everything that CI checks beside the tests, one step after the other. A step that fails shows what it printed, and
// the next ones run all the same.

const bin = (name, ...parts) => [join('node_modules', name, ...parts)]
const program = 'conformance/bin/sage-conformance.js'
const vectorsRun = peer => [program, 'vectors', 'run', '--', process.execPath, peer]

const steps = [
  ['types', ['conformance/bootstrap/prepare.mjs']],
  ['lint', [...bin('eslint', 'bin', 'eslint.js'), '.']],
  ['boundaries', ['dist/conformance/trace/check-boundaries.js']],
  ['format', [...bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level=warn', '.']],
  ['generated files', ['dist/conformance/trace/generate.js', '--check']],
  ['generated vectors', ['dist/reference/vectors/generate.js', '--check']],
  ['trace', ['dist/conformance/trace/main.js']],
  ['vectors check', [program, 'vectors', 'check']],
  ['vectors run: reference', vectorsRun('dist/reference/core-peer.js')],
  ['vectors run: probe', vectorsRun('dist/conformance/probe/core-peer.js')],
  ['package', ['dist/conformance/package/check-package.js']],
  ['site', ['dist/conformance/site/main.js']],
  ['kill matrix', ['dist/conformance/mutants/kill-matrix.js']],
]

const passes = ([name, args]) => {
  const started = Date.now()
  const done = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ok = done.status === 0
  if (!ok) process.stdout.write(`\n$ node ${args.join(' ')}\n${done.stdout}${done.stderr}${done.error || ''}\n`)
  const how = ok ? 'ok' : `FAILED (${done.signal || `exit status ${done.status}`})`
  console.log(`${name.padEnd(24)} ${`${((Date.now() - started) / 1000).toFixed(1)} s`.padStart(8)}  ${how}`)
  return ok
}

const results = steps.map(passes)
const passed = results.filter(Boolean).length
console.log(tallyLine({ passed, failed: results.length - passed, skipped: 0 }))
process.exitCode = passed === results.length ? 0 : 1
