import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { roomPath, type Report } from '../../../schemas/index.js'
import { main } from '../../cli.js'
import { mutants } from '../../mutants/index.js'
import { reportFault } from '../../mutants/judge-mutant.js'
import { formats } from '../../report/formats.js'
import { publishedSite } from '../../report/published-site.js'
import { encodeJson, reportDigest } from '../../report/json.js'
import { readTap } from '../../report/test/read-back.js'
import { samples } from '../../report/test/sample.js'
import { loadRequirementSet } from '../../trace/requirement-set.js'
import { reportCommand } from '../report.js'
import { parseReports, statusAfterWriting, writeReports } from '../report-option.js'

const { requirements } = loadRequirementSet()
const { fault } = mutants.find(({ name }) => name === 'without-record.replay')!
const report = await reportFault(fault, { only: ['record.replay'] })
const made = Object.keys(formats).filter(format => format !== 'json') as (keyof typeof formats)[]

const kept = (t: Test, text = encodeJson(report)) => {
  const folder = t.testdir({ 'report.json': text })
  return { folder, path: join(folder, 'report.json') }
}

t.test('the formats of a report that was kept are those that the run would have written', async t => {
  const { folder, path } = kept(t)
  const wanted = made.map(format => `${format}=${join(folder, format)}`)
  t.equal(reportCommand(path, [...wanted, `json=${join(folder, 'copy.json')}`]), 0)
  for (const format of made)
    t.equal(readFileSync(join(folder, format), 'utf8'), formats[format](report, requirements, publishedSite()), format)
  t.equal(readFileSync(join(folder, 'copy.json'), 'utf8'), readFileSync(path, 'utf8'))
})

t.test('a run writes each format that it is asked for, and they are made again of its JSON', async t => {
  const folder = t.testdir({})
  const file = (name: string) => join(folder, name)
  const { restore } = t.capture(process.stdout, 'write', () => true)
  const asked = ['json', ...made].flatMap(format => ['--report', `${format}=${file(format)}`])
  const status = await main(['run', 'http://127.0.0.1:9/', ...asked]).finally(restore)
  t.equal(status, 3)
  t.equal(
    reportCommand(
      file('json'),
      made.map(format => `${format}=${file(`${format}.again`)}`),
    ),
    0,
  )
  for (const format of made) t.equal(readFileSync(file(format), 'utf8'), readFileSync(file(`${format}.again`), 'utf8'))
  t.match(readFileSync(file('tap'), 'utf8'), /^not ok 1 - incomplete: .*ECONNREFUSED/m)
})

t.test('what is no report of this suite, or was changed, is refused in one line', async t => {
  const changed: Report = { ...report, verdict: 'conformant', exitStatus: 0 }
  const half = { ...report, target: { ...report.target, name: '\ud800' } }
  const foreign = { ...report, suite: { ...report.suite, version: '9.\u001b9' } }
  const cases: [name: string, text: string, why: RegExp][] = [
    ['changed', JSON.stringify(changed), /its digest is not that of the report: it was changed$/],
    ['half a character', JSON.stringify(half), /its digest is not that of the report/],
    ['no JSON', 'hello', /it is not JSON$/],
    ['other JSON', '{"report":1}', /it is not a report \(/],
    [
      'another version',
      JSON.stringify({ ...foreign, digest: reportDigest(foreign) }),
      /a report of .* 9\.\\u001b9, and this is/,
    ],
  ]
  for (const [name, text, message] of cases) {
    const { folder, path } = kept(t, text)
    t.throws(() => reportCommand(path, [`tap=${join(folder, 'tap')}`]), { name: 'UsageError', message }, name)
    t.throws(() => readFileSync(join(folder, 'tap')), { code: 'ENOENT' }, 'and nothing is written')
  }
  t.throws(() => reportCommand('/nowhere', ['tap=-']), {
    name: 'UsageError',
    message: /cannot read \/nowhere: .* \(ENOENT\)/,
  })
  t.throws(() => reportCommand(kept(t).path, []), { name: 'UsageError', message: /--report html=report.html/ })
})

t.test('what cannot be written is found before anything is sent', async t => {
  const folder = t.testdir({ folder: {} })
  const cases: [texts: string[], message: RegExp][] = [
    [['xml=x'], /^--report takes FORMAT=FILE with one of json, junit, .*, not "xml=x"$/],
    [['json='], /^--report takes FORMAT=FILE/],
    [['constructor=x'], /^--report takes FORMAT=FILE/],
    [[`tap=${join(folder, 'folder')}`], /^--report: cannot write .* \(EISDIR\)$/],
    [[`tap=${join(folder, 'none', 'x')}`], /^--report: cannot write .* \(ENOENT\)$/],
    [
      [`tap=${join(folder, 'x')}`, `junit=${join(folder, 'folder', '..', 'x')}`],
      /two reports cannot both be written to/,
    ],
    [['tap=-', 'badge=-'], /two reports cannot both be written to -$/],
  ]
  for (const [texts, message] of cases) t.throws(() => parseReports(texts, formats), { name: 'UsageError', message })
})

t.test('what cannot be written any more is one line, and the other reports are there', async t => {
  const folder = t.testdir({ gone: {} })
  const [lost, full] = [join(folder, 'gone', 'x'), '/dev/full']
  const wanted = parseReports([`junit=${lost}`, `tap=${full}`, `badge=${join(folder, 'badge')}`], formats)
  rmSync(join(folder, 'gone'), { recursive: true })
  t.strictSame(writeReports(wanted, report, requirements), [
    `--report: cannot write ${lost}: there is no such file or folder (ENOENT)`,
    `--report: cannot write ${full}: there is no room left (ENOSPC)`,
  ])
  t.match(readFileSync(join(folder, 'badge'), 'utf8'), 'not conformant')
})

t.test('a format that cannot be made is a fault of the suite, not of the file, and the others are there', async t => {
  const folder = t.testdir({})
  const files = ['html', 'badge'].map(format => join(folder, format))
  const gone = Object.assign(new Error('no such file: style.css\u001b'), { code: 'ENOENT' })
  let asked = 0
  const unreadable: Report = {
    ...report,
    get results() {
      if (asked++ === 0) throw gone
      return report.results
    },
  }
  const wanted = parseReports([`html=${files[0]}`, `badge=${files[1]}`], formats)
  const problems = writeReports(wanted, unreadable, requirements)
  t.strictSame(problems, [
    "--report: html could not be made of this report, by a fault of the suite's own (Error: no such file: style.css\\u001b)",
  ])
  t.match(readFileSync(files[1]!, 'utf8'), 'not conformant')
  const { restore } = t.capture(process.stderr, 'write', () => true)
  t.equal(statusAfterWriting(problems, 0), 4)
  restore()
})

interface Ended {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

const command = (...words: string[]): Promise<Ended> =>
  new Promise(resolve => {
    const child = spawn(process.execPath, [roomPath('conformance', 'bin', 'sage-conformance.js'), ...words])
    const [out, err]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes))
    child.stderr.on('data', (bytes: Buffer) => err.push(bytes))
    const text = (parts: Buffer[]): string => Buffer.concat(parts).toString('utf8')
    child.once('close', status => resolve({ status, out: text(out), err: text(err) }))
  })

t.test('on standard output there is the report alone; what is said to people goes to standard error', async t => {
  const run = await command('run', 'http://127.0.0.1:9/', '--report', 'tap=-')
  t.equal(run.status, 3)
  t.notOk(readTap(run.out).ok)
  t.match(run.err, /^sage-conformance: .*ECONNREFUSED/)
  const client = [
    '--only',
    'card.version',
    '--transport',
    'http',
    '--report',
    'json=-',
    '--',
    process.execPath,
    '-e',
    '',
  ]
  const { status, out, err } = await command('run-client', ...client)
  t.equal(status, 1)
  const { argv, url } = (JSON.parse(out) as Report).target
  t.strictSame(argv, [process.execPath, '-e', ''])
  t.equal(url, `${process.execPath} -e ''`)
  t.match(err, /^not conformant: /m)
  const path = join(t.testdir({}), 'client.json')
  writeFileSync(path, out)
  const again = await command('report', path, '--report', 'badge=-')
  t.strictSame(again, { status: 0, out: formats.badge(JSON.parse(out) as Report), err: '' })
})

t.test('an output that is full is a fault of its own, whatever the verdict', async t => {
  const program = roomPath('conformance', 'bin', 'sage-conformance.js')
  const full = openSync('/dev/full', 'w')
  const words = [program, 'run', 'http://127.0.0.1:9/', '--report', 'tap=-']
  const { status, stderr } = spawnSync(process.execPath, words, { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' })
  closeSync(full)
  t.equal(status, 4)
  t.match(stderr, /^sage-conformance: the output cannot be written \(ENOSPC\)$/m)
})

t.test('a report of every kind can be kept and read again', async t => {
  for (const sample of Object.values(samples)) {
    const { folder, path } = kept(t, encodeJson(sample))
    t.equal(reportCommand(path, [`badge=${join(folder, 'badge')}`]), 0)
  }
})
