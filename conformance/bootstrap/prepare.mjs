import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileHash, projects, removeOrphans, sourceHash } from './built-sources.mjs'
import { oneAtATime } from './one-at-a-time.mjs'
import { giveUp, root } from './place.mjs'

// Brings a checkout into the state in which it runs: dependencies as locked, dist/ as the sources are. Does nothing
// where nothing changed. `--despite-errors` goes on with what the compiler wrote although types are wrong: a new
// requirement is a type error until `generate` has run. `--anew` compiles everything again: what the compiler writes after a
// change is right, and may put the parts of a type in another order than it does for the whole.

const at = (...parts) => join(root, ...parts)
const say = line => console.error(line)
const installStamp = at('node_modules', '.installed-from')
const buildStamp = at('dist', '.built-from')
const isStamped = (stamp, hash) => existsSync(stamp) && readFileSync(stamp, 'utf8') === hash

const isAnew = process.argv.includes('--anew')
const isInstalled = () => isStamped(installStamp, fileHash(at('package-lock.json')))
const isBuilt = () => isStamped(buildStamp, sourceHash(root))

const seconds = since => `${((Date.now() - since) / 1000).toFixed(1)} s`

const run = (command, args, options) =>
  spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  })

const install = () => {
  say('installing the dependencies (npm ci) …')
  const started = Date.now()
  const args = ['ci', '--no-audit', '--no-fund', '--include=dev', '--loglevel=error']
  const npm = process.env.npm_execpath
  const done =
    npm && /\.[cm]?js$/.test(npm)
      ? run(process.execPath, [npm, ...args])
      : run('npm', args, { shell: process.platform === 'win32' })
  if (done.error) giveUp(`npm could not be started: ${done.error.message}`)
  if (done.status !== 0) {
    process.stderr.write(done.stderr || done.stdout)
    giveUp(`npm ci failed (${done.signal || `exit status ${done.status}`}): nothing was built`)
  }
  writeFileSync(installStamp, fileHash(at('package-lock.json')))
  say(`installed in ${seconds(started)}`)
}

const build = despiteErrors => {
  say('building (tsc) …')
  const started = Date.now()
  const hash = sourceHash(root)
  if (isAnew || !existsSync(buildStamp)) rmSync(at('dist'), { recursive: true, force: true })
  rmSync(buildStamp, { force: true })
  const compile = project => run(process.execPath, [at('node_modules', 'typescript', 'bin', 'tsc'), '-p', at(project)])
  const all = projects.map(compile)
  removeOrphans(root)
  for (const done of all) {
    if (done.error) giveUp(`the compiler could not be started: ${done.error.message}`)
    if (done.status === 0) continue
    if (despiteErrors) return say('built, with type errors')
    process.stderr.write(done.stdout + done.stderr)
    const errors = (done.stdout.match(/error TS\d+/g) || []).length
    giveUp(errors > 0 ? `the build failed: type errors: ${errors}` : `the compiler failed (exit status ${done.status})`)
  }
  writeFileSync(buildStamp, hash)
  say(`built in ${seconds(started)}`)
}

const [major] = process.versions.node.split('.').map(Number)
if (major < 20) giveUp(`Node 20 or later is needed; this is Node ${process.versions.node}`, 2)

try {
  if (isAnew || !isInstalled() || !isBuilt())
    oneAtATime(
      at('.build', 'preparing'),
      () => say('waiting for another preparation …'),
      () => {
        if (!isInstalled()) install()
        if (isAnew || !isBuilt()) build(process.argv.includes('--despite-errors'))
      },
    )
} catch (error) {
  giveUp(`not prepared: ${error.message}`)
}
