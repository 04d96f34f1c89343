import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { rootPath } from '../../../schemas/index.js'
import { startResponder } from '../../commands/responder-process.js'

// The action and the workflows, as far as they can be run without the service that runs them.

interface Step {
  readonly name?: string
  readonly run?: string
  readonly uses?: string
  readonly env?: Readonly<Record<string, string>>
  readonly with?: Readonly<Record<string, string>>
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>
  readonly runs: { readonly steps: readonly Step[] }
}

const read = (...path: string[]): unknown => parse(readFileSync(join(rootPath, ...path), 'utf8'))

const action = read('action.yml') as Action
const program = join(rootPath, 'conformance', 'bin', 'sage-conformance.js')
const node = process.execPath
const noBash = spawnSync('bash', ['-c', 'true']).status !== 0 && 'there is no bash here'

/** Runs the step that judges, with inputs as the service would put them in. */
const judge = (t: Test, given: Readonly<Record<string, string>>) => {
  const step = action.runs.steps.find(({ name }) => name === 'Judge')
  const folder = t.testdir({ output: '', summary: '' })
  const inputs = (text: string): string =>
    text.replace(/\$\{\{ inputs\.(\w+) \}\}/g, (_, name: string) => given[name] ?? action.inputs[name]?.default ?? '')
  const env = Object.fromEntries(Object.entries(step?.env ?? {}).map(([name, text]) => [name, inputs(text)]))
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', step?.run ?? 'exit 99'], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      ...env,
      GITHUB_ACTION_PATH: rootPath,
      GITHUB_OUTPUT: join(folder, 'output'),
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    },
  })
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8')
  return { status, printed: stdout + stderr, text, folder }
}

t.test('an agent at a URL is judged, with every report, a summary and an output', { skip: noBash }, async t => {
  const { url, stop } = await startResponder(node, [program, 'serve'])
  t.teardown(() => stop())
  const site = 'https://owner.github.io/name'
  const { status, printed, text, folder } = judge(t, { url, site, options: '--only task.ping --strict' })
  t.equal(status, 0, printed)
  t.equal(text('output'), 'status=0\n')
  t.match(text('summary'), /conformant/)
  t.match(JSON.parse(text('sage-reports/badge.json')), { message: 'conformant' })
  t.match(text('sage-reports/report.sarif'), `"helpUri": "${site}/req/task.ping.html"`)
  t.strictSame(readdirSync(join(folder, 'sage-reports')).sort(), [
    'badge.json',
    'junit.xml',
    'report.html',
    'report.json',
    'report.sarif',
    'summary.md',
  ])
})

t.test('the workflow of the guide leads from a URL to a badge', { skip: noBash }, async t => {
  const guide = readFileSync(join(rootPath, 'conformance', 'guides', 'put-it-in-ci.md'), 'utf8')
  const [, yaml = ''] = /^```yaml\n(name: SAGE\n[^]*?)^```$/m.exec(guide) ?? []
  const { jobs } = parse(yaml) as { readonly jobs: { readonly conformance: { readonly steps: readonly Step[] } } }
  const [judging, copying, ...others] = jobs.conformance.steps
  t.match(judging?.uses, /^OWNER\/sage-conformance@v/)
  t.strictSame(Object.keys(judging?.with ?? {}), ['url'], 'the URL is all that is to be put in')
  for (const { with: given = {} } of [judging!]) for (const name of Object.keys(given)) t.ok(action.inputs[name], name)
  t.strictSame(
    others.map(({ uses }) => uses),
    ['actions/upload-pages-artifact@v3', 'actions/deploy-pages@v4'],
  )
  const { url, stop } = await startResponder(node, [program, 'serve'])
  t.teardown(() => stop())
  const { status, printed, folder } = judge(t, { url, options: '--only task.ping' })
  t.equal(status, 0, printed)
  const copied = spawnSync('bash', ['-e', '-c', copying?.run ?? 'exit 99'], { cwd: folder, encoding: 'utf8' })
  t.equal(copied.status, 0, copied.stderr)
  t.strictSame(readdirSync(join(folder, 'pages')).sort(), ['badge.json', 'index.html'])
  t.match(JSON.parse(readFileSync(join(folder, 'pages', 'badge.json'), 'utf8')), { message: 'conformant' })
  t.match(guide, '/badge.json)](https://YOU.github.io/REPO/)', 'and the badge is shown to be copied')
  t.match(readFileSync(join(rootPath, 'README.md'), 'utf8'), 'guides/put-it-in-ci.md#from-a-url-to-a-badge')
})

t.test('a failure fails the step, and one that is known does not', { skip: noBash }, async t => {
  const mutant = join(rootPath, 'dist', 'conformance', 'mutants', 'serve-mutant.js')
  const { url, stop } = await startResponder(node, [mutant, 'tag-ignored'])
  t.teardown(() => stop())
  const options = '--only record.tag/other-key --transport http'
  const failed = judge(t, { url, options })
  t.equal(failed.status, 1, failed.printed)
  t.equal(failed.text('output'), 'status=1\n')
  const elsewhere = mkdtempSync(join(tmpdir(), 'sage-action-'))
  t.teardown(() => rmSync(elsewhere, { recursive: true }))
  const baseline = join(elsewhere, 'known.json')
  const known = [{ check: 'record.tag/other-key', transport: 'http', reasonCode: 'accepted' }]
  writeFileSync(baseline, JSON.stringify({ baseline: 'sage-conformance/1', known }))
  const passed = judge(t, { url, options, baseline })
  t.equal(passed.status, 0, passed.printed)
  t.match(passed.printed, /^conformant but for 1 known failure/m)
})

t.test('a cryptographic core is judged by its command, with reports and a summary', { skip: noBash }, t => {
  const peer = join(rootPath, 'dist', 'reference', 'core-peer.js')
  const { status, printed, text, folder } = judge(t, { vectors: `"${node}" "${peer}"`, options: '--only hkdf' })
  t.equal(status, 0, printed)
  t.match(text('summary'), /SAGE 1\.0 vectors: conformant/)
  t.match(JSON.parse(text('sage-reports/badge.json')), { label: 'SAGE 1.0 vectors', message: 'conformant' })
  t.match(text('sage-reports/junit.xml'), 'classname="sage.vectors.hkdf"')
  t.strictSame(readdirSync(join(folder, 'sage-reports')).sort(), [
    'badge.json',
    'junit.xml',
    'report.json',
    'summary.md',
  ])
  t.end()
})

t.test('a core that is wrong fails the step, and the summary says where', { skip: noBash }, t => {
  const peer = join(rootPath, 'dist', 'conformance', 'mutants', 'derivation', 'peer.js')
  const options = '--only key-schedule/counting'
  const { status, printed, text } = judge(t, { vectors: `"${node}" "${peer}" salt-raw`, options })
  t.equal(status, 1, printed)
  t.equal(text('output'), 'status=1\n')
  t.match(text('summary'), 'sessionPrk is the first value that differs')
  t.end()
})

t.test('nothing to judge, or two things at once, is wrong usage', { skip: noBash }, t => {
  for (const given of [{}, { url: 'http://127.0.0.1:9', client: 'true' }]) {
    const { status, printed } = judge(t, given)
    t.equal(status, 2)
    t.match(printed, '::error::give one of url, client and vectors')
  }
  t.end()
})

t.test('the workflows run what there is', t => {
  const { scripts } = read('package.json') as { readonly scripts: Readonly<Record<string, string>> }
  for (const name of readdirSync(join(rootPath, '.github', 'workflows'))) {
    const { jobs } = read('.github', 'workflows', name) as {
      readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>
    }
    const steps = Object.values(jobs).flatMap(job => job.steps)
    t.ok(steps.length > 0)
    for (const { run = '' } of steps) {
      for (const [, script = ''] of run.matchAll(/npm run (\S+)/g)) t.ok(scripts[script], `npm run ${script}`)
      if (!noBash) t.equal(spawnSync('bash', ['-n', '-c', run]).status, 0, `the shell reads: ${run}`)
    }
  }
  t.end()
})
