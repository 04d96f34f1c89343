import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { rootPath } from '../../../schemas/index.js'

// The workflow of a release, as far as it can be run without the service that runs it.

interface Job {
  readonly needs?: string | readonly string[]
  readonly permissions?: Readonly<Record<string, string>>
  readonly steps: readonly { readonly name?: string; readonly run?: string; readonly uses?: string }[]
}
interface Workflow {
  readonly on: { readonly push: { readonly tags: readonly string[] } }
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<'check' | 'pack' | 'publish', Job>>
}

const workflow = parse(readFileSync(join(rootPath, '.github', 'workflows', 'release.yml'), 'utf8')) as Workflow
const noBash = spawnSync('bash', ['-c', 'true']).status !== 0 && 'there is no bash here'

/** Runs the step called `name` in `folder`, as the service would. */
const step = (job: keyof Workflow['jobs'], name: string, folder: string, env: NodeJS.ProcessEnv = {}) => {
  const run = workflow.jobs[job].steps.find(each => each.name === name)?.run ?? 'exit 99'
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', run], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { status, said: stdout + stderr }
}

t.test('what is published was checked and packed before, and only that job may write', async t => {
  t.strictSame(workflow.on, { push: { tags: ['v*'] } })
  t.strictSame(workflow.permissions, { contents: 'read' })
  t.strictSame(workflow.jobs.publish.needs, ['check', 'pack'])
  for (const name of ['check', 'pack'] as const) t.equal(workflow.jobs[name].permissions, undefined, name)
  t.ok(workflow.jobs.check.steps.some(({ run }) => run === 'bash .ci/run'))
  const publishing = Object.values(workflow.jobs).flatMap(job =>
    job.steps.filter(({ run }) => run?.includes('npm publish')),
  )
  t.equal(publishing.length, 1)
  t.match(publishing[0]?.run, /npm publish --provenance/)
})

/** A folder with a package of a version, a changelog and a repository. */
const house = (t: Test, version: string, changelog: string, url: string): string =>
  t.testdir({
    'package.json': JSON.stringify({ version, repository: { url } }),
    'CHANGELOG.md': `# Changelog\n\n${changelog}\n`,
  })

t.test('a tag is released as what package.json and the changelog say', { skip: noBash }, async t => {
  const env = { GITHUB_REF_NAME: 'v1.0.0', GITHUB_REPOSITORY: 'someone/sage' }
  const url = 'git+https://git.example/someone/sage.git'
  const dated = '## [1.0.0] - 2026-11-22'
  t.match(step('check', 'Version', house(t, '1.0.0', dated, url), env), { status: 0 })
  for (const [version, changelog, repository, said] of [
    ['1.0.1', dated, url, /the tag is v1\.0\.0, and package\.json says 1\.0\.1/],
    ['1.0.0', '## [Unreleased]', url, /no dated section \[1\.0\.0\]/],
    ['1.0.0', dated, 'git+https://git.example/other/sage.git', /no repository\.url/],
  ] as const)
    await t.test(String(said), async t =>
      t.match(step('check', 'Version', house(t, version, changelog, repository), env), { status: 1, said }),
    )
})

t.test('two tarballs that differ are not published', { skip: noBash }, async t => {
  const same = t.testdir({ here: { 'a-1.tgz': 'bytes' }, elsewhere: { 'a-1.tgz': 'bytes' } })
  t.match(step('publish', 'Compare', same), { status: 0 })
  t.match(readFileSync(join(same, 'release', 'SHA512SUMS'), 'utf8'), /^[0-9a-f]{128} {2}a-1\.tgz\n$/)
  await t.test('other bytes', async t => {
    const other = t.testdir({ here: { 'a-1.tgz': 'bytes' }, elsewhere: { 'a-1.tgz': 'others' } })
    t.match(step('publish', 'Compare', other), { status: 1, said: /two tarballs/ })
  })
  await t.test('another name', async t => {
    const other = t.testdir({ here: { 'a-1.tgz': 'bytes' }, elsewhere: { 'a-2.tgz': 'bytes' } })
    t.match(step('publish', 'Compare', other), { status: 1 })
  })
})

t.test('the list of what is in it is of what a user installs', { skip: noBash }, async t => {
  const folder = t.testdir({ release: {}, source: { 'package.json': '{"name":"a-small-one","version":"1.2.3"}' } })
  const packed = spawnSync('npm', ['pack', '--pack-destination', '../release'], { cwd: join(folder, 'source') })
  t.equal(packed.status, 0)
  const { status, said } = step('publish', 'List what is in it', folder)
  t.equal(status, 0, said)
  const { bomFormat, components } = JSON.parse(readFileSync(join(folder, 'release', 'sbom.cdx.json'), 'utf8')) as {
    bomFormat: string
    components: readonly { name: string; version: string }[]
  }
  t.equal(bomFormat, 'CycloneDX')
  t.match(components, [{ name: 'a-small-one', version: '1.2.3' }])
})
