import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { roomPath, type VectorsReport } from '../../../schemas/index.js'
import { suiteIdentity } from '../../report/json.js'
import { isUnchanged, parseReport } from '../../report/parse-report.js'
import { readTap } from '../../report/test/read-back.js'
import { vectorsFormats } from '../../report/vectors/formats.js'
import { sampleFile } from '../../vectors/test/sample.js'
import { reportCommand } from '../report.js'
import { vectorsRunCommand, type VectorsRunOptions } from '../vectors-run.js'

const okm = '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8'

/** A peer in JavaScript that answers the two tests of the sample, with something else done for each request. */
const peer = (each: string): string[] => [
  process.execPath,
  '-e',
  `const lines = require('node:readline').createInterface({ input: process.stdin })
   const say = answer => process.stdout.write(JSON.stringify(answer) + '\\n')
   const right = ({ id, op }) => op === 'hkdf' ? { id, outcome: 'accept', output: { okm: '${okm}' } } : { id, outcome: 'reject' }
   lines.on('line', line => { const request = JSON.parse(line); ${each} })`,
]

const run = async (folder: string, command: readonly string[], options: VectorsRunOptions = {}) => {
  const lines: string[] = []
  const status = await vectorsRunCommand(command, {
    vectors: folder,
    timeout: 4000,
    ...options,
    streams: { out: text => void lines.push(String(text)), err: line => void lines.push(`err: ${line}\n`) },
  })
  return { status, text: lines.join('') }
}

t.test('vectors run', async t => {
  const folder = t.testdir({ 'sample.json': JSON.stringify(sampleFile()) })

  await t.test('every right answer is conformant', async t => {
    t.strictSame(await run(folder, peer('say(right(request))')), { status: 0, text: 'conformant: 2 pass\n' })
  })

  await t.test('a wrong value is named, with the mistake that makes it', async t => {
    const { status, text } = await run(
      folder,
      peer("say({ id: request.id, outcome: 'accept', output: { okm: 'ab' } })"),
    )
    t.equal(status, 1)
    t.match(text, 'sample/rfc5869-3 (hkdf): wrong answer: okm is the first value that differs')
    t.match(text, 'this is what comes of a known mistake: a mistake')
    t.match(text, 'sample/empty (token.parse): accepted what must be rejected (schema)')
    t.match(text, 'conventions.token')
    t.match(text, 'not conformant: 0 pass, 2 fail')
  })

  await t.test('a refusal of what must be accepted is named', async t => {
    const { status, text } = await run(folder, peer("say({ id: request.id, outcome: 'reject' })"))
    t.equal(status, 1)
    t.match(text, 'rejected what must be accepted')
  })

  await t.test('an op that is not supported makes the verdict incomplete, unless it is skipped', async t => {
    const command = peer("say(request.op === 'hkdf' ? { id: request.id, outcome: 'unsupported' } : right(request))")
    const { status, text } = await run(folder, command)
    t.equal(status, 3)
    t.match(text, 'unsupported sample/rfc5869-3 (hkdf)')
    t.strictSame(await run(folder, command, { skip: ['hkdf'] }), { status: 0, text: 'conformant: 1 pass, 1 skipped\n' })
    t.strictSame((await run(folder, command, { only: ['token.*'] })).status, 0)
  })

  await t.test('a peer that hangs is ended and started anew', async t => {
    const { status, text } = await run(
      folder,
      peer("if (request.op !== 'hkdf') say(right(request)); else setInterval(() => {}, 1e3)"),
      { timeout: 2500 },
    )
    t.equal(status, 1)
    t.match(text, 'sample/rfc5869-3 (hkdf): hang: no answer in 2500 ms')
    t.match(text, '1 pass, 1 fail')
  })

  await t.test('a peer that crashes is named with its status and its last words', async t => {
    const { status, text } = await run(
      folder,
      peer(
        "if (request.op !== 'hkdf') say(right(request)); else { console.error('out of\\u001b[2J luck'); process.exit(7) }",
      ),
    )
    t.equal(status, 1)
    t.match(text, 'crash: the process ended without an answer, exit status 7')
    t.match(text, 'stderr: out of\\u001b[2J luck')
    t.match(text, '1 pass, 1 fail')
    t.match((await run(folder, peer("process.kill(process.pid, 'SIGKILL')"))).text, 'signal SIGKILL')
  })

  await t.test('a peer that answers and ends is started for the next request, and loses it', async t => {
    const { status, text } = await run(folder, peer('say(right(request)); process.exit(0)'))
    t.equal(status, 1)
    t.match(text, 'exit status 0')
  })

  await t.test('garbage, floods and answers to other requests are malformed', async t => {
    t.match(
      (await run(folder, peer("console.log('hello\\u0007')"))).text,
      'malformed answer: not a line of JSON\n  hello\\u0007',
    )
    t.match(
      (await run(folder, peer("say({ id: 'other', outcome: 'reject' })"))).text,
      'malformed answer: not the id of the request',
    )
    t.match(
      (await run(folder, peer("process.stdout.write('x'.repeat(3e6))"))).text,
      'malformed answer: a line that does not end',
    )
    t.match((await run(folder, peer("say(right(request)); say('unasked'); say('again')"))).status, 1)
  })

  await t.test('after too many restarts the rest is not asked', async t => {
    const many = sampleFile()
    many.groups = [
      {
        op: 'hkdf',
        tests: Array.from({ length: 9 }, (_, index) => ({ ...many.groups[0]!.tests[0]!, id: `t${index}` })),
      },
    ]
    const { status, text } = await run(t.testdir({ 'many.json': JSON.stringify(many) }), peer('process.exit(1)'))
    t.equal(status, 1)
    t.match(text, '3 tests were not asked')
    t.match(text, '0 pass, 6 fail, 3 blocked')
  })

  await t.test('a command that cannot be started, and wrong usage, are the caller’s', async t => {
    const honest = peer('say(right(request))')
    const cases: [command: readonly string[], options: VectorsRunOptions, said: string][] = [
      [['/no/such/command'], {}, 'the command cannot be started'],
      [[''], {}, 'the command cannot be started'],
      [[], {}, 'no command'],
      [honest, { only: ['nothing'] }, 'no vector is called nothing'],
      [honest, { skip: ['nothing'] }, 'no vector is called nothing'],
      [honest, { skip: ['*'] }, 'nothing is left to ask'],
      [honest, { timeout: 0 }, '--timeout takes'],
      [honest, { timeout: NaN }, '--timeout takes'],
      [
        honest,
        { report: ['sarif=a'] },
        '--report takes FORMAT=FILE with one of json, junit, tap, markdown, badge, not "sarif=a"',
      ],
      [honest, { vectors: join(folder, 'nowhere') }, 'nowhere'],
    ]
    for (const [command, options, said] of cases) {
      const { status, text } = await run(folder, command, options)
      t.equal(status, 2, said)
      t.match(text, said)
      t.equal(text.trimEnd().includes('\n'), false, 'one line')
    }
  })

  await t.test('a report says what was asked and how it came out, and the other formats are made of it', async t => {
    const file = (name: string): string => join(t.testdirName, name)
    t.testdir({})
    const made = ['junit', 'tap', 'markdown', 'badge'] as const
    const command = peer("say({ ...right(request), outcome: 'reject' })")
    const { status, text } = await run(folder, command, {
      report: ['json', ...made].map(format => `${format}=${file(format)}`),
      skip: ['sample/empty'],
      quiet: true,
    })
    t.equal(status, 1)
    t.equal(text, 'not conformant: 0 pass, 1 fail, 1 skipped\n')
    const report = parseReport(readFileSync(file('json'), 'utf8')) as VectorsReport
    t.ok(isUnchanged(report))
    t.match(report, {
      command: 'vectors run',
      ...suiteIdentity(),
      target: { argv: command },
      run: { startedAt: /^\d{4}-\d\d-\d\dT/, only: [], skip: ['sample/empty'], timeoutMs: 4000 },
      verdict: 'not conformant',
      exitStatus: 1,
      counts: { pass: 0, fail: 1, skipped: 1 },
      results: [
        { test: 'sample/rfc5869-3', op: 'hkdf', state: 'fail', comment: 'A.3', failure: { kind: 'rejected' } },
        { test: 'sample/empty', op: 'token.parse', requirements: ['conventions.token'], state: 'skipped' },
      ],
    })
    for (const format of made) {
      const again = file(`${format}.again`)
      t.equal(reportCommand(file('json'), [`${format}=${again}`]), 0)
      t.equal(readFileSync(file(format), 'utf8'), readFileSync(again, 'utf8'), format)
    }
    t.throws(() => reportCommand(file('json'), ['html=-']), {
      name: 'UsageError',
      message: /one of json, junit, tap, markdown, badge, not "html=-"$/,
    })
  })

  await t.test('a failure in a report can be asked again by its line', async t => {
    const command = peer("say({ ...right(request), outcome: 'accept', output: { okm: 'ab\\u0007' } })")
    const path = join(t.testdir({}), 'report.json')
    await run(folder, command, { report: [`json=${path}`], only: ['hkdf'] })
    const report = JSON.parse(readFileSync(path, 'utf8')) as VectorsReport
    t.match(report.results, [{ failure: { kind: 'wrong', step: 'okm', expected: `"${okm}"`, got: '"ab\\u0007"' } }])
    const [, line = ''] = /again: (.*)$/m.exec(vectorsFormats.markdown(report)) ?? []
    const words = spawnSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' }).stdout.split('\0')
    const given = ['sage-conformance', 'vectors', 'run', '--only', 'sample/rfc5869-3', '--timeout', '4000', '--']
    t.strictSame(words.slice(0, -1), [...given, ...command])
  })

  await t.test('a core that answers what no canonical form has, or too deeply, has a report all the same', async t => {
    const path = join(t.testdir({}), 'report.json')
    const outputs = ['"\\ud800"', '1e999', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, '"\\u0000\\u202e"']
    for (const output of outputs) {
      const line = `{"id":"sample/rfc5869-3","outcome":"accept","output":{"okm":${output}}}`
      const script = `process.stdin.once('data', () => process.stdout.write(require('node:fs').readFileSync(${JSON.stringify(join(t.testdirName, 'line'))}) + '\\n'))`
      writeFileSync(join(t.testdirName, 'line'), line)
      const { status, text } = await run(folder, [process.execPath, '-e', script], {
        only: ['hkdf'],
        report: [`json=${path}`],
      })
      t.equal(status, 1)
      t.match(text, 'wrong answer: okm is the first value that differs')
      t.ok(isUnchanged(parseReport(readFileSync(path, 'utf8'))))
    }
  })

  await t.test('what cannot be written is found before anything is started, or else is status 4', async t => {
    const scratch = t.testdir({ started: '' })
    const command = peer(`require('node:fs').writeFileSync('${join(scratch, 'started')}', 'yes'); say(right(request))`)
    const { status, text } = await run(folder, command, { report: ['json=/no/such/folder/x.json'] })
    t.equal(status, 2)
    t.equal(
      text,
      'err: sage-conformance: --report: cannot write /no/such/folder/x.json: there is no such file or folder (ENOENT)\n',
    )
    t.equal(readFileSync(join(scratch, 'started'), 'utf8'), '')
    const { restore } = t.capture(process.stderr, 'write', () => true)
    const late = await run(folder, command, { report: ['json=/dev/full', `badge=${join(scratch, 'badge')}`] })
    restore()
    t.strictSame(late, { status: 4, text: 'conformant: 2 pass\n' })
    t.match(readFileSync(join(scratch, 'badge'), 'utf8'), '"message":"conformant"')
  })
})

t.test('a report on standard output is there alone, and what is said to people is on standard error', async t => {
  const program = roomPath('conformance', 'bin', 'sage-conformance.js')
  const words = ['vectors', 'run', '--only', 'hkdf/rfc5869-1', '--report', 'tap=-']
  const refusing = peer("say({ id: request.id, outcome: 'reject' })")
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words, '--', ...refusing], {
    encoding: 'utf8',
  })
  t.equal(status, 1)
  t.strictSame([...readTap(stdout).states], [['hkdf/rfc5869-1', 'fail']])
  t.match(stderr, /^fail hkdf\/rfc5869-1 \(hkdf\): rejected what must be accepted$/m)
  t.match(stderr, /^not conformant: 0 pass, 1 fail$/m)
})

t.test('when nobody reads what it says, it ends without a word, and by what it knows then', async t => {
  const program = roomPath('conformance', 'bin', 'sage-conformance.js')
  const refusing = peer("say({ id: request.id, outcome: 'reject' })")
  const child = spawn(process.execPath, [program, 'vectors', 'run', '--', ...refusing])
  child.stdout.destroy()
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  t.strictSame(await once(child, 'close'), [1, null])
  t.equal(said, '')
})
