import { Ajv2020 } from 'ajv/dist/2020.js'
import { createServer, type RequestListener } from 'node:http'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { Report } from '../../../schemas/index.js'
import { checks } from '../../checks/index.js'
import { reportDigest } from '../../report/json.js'
import { verifyReport } from '../../report/verification.js'
import type { Screen } from '../../report/console.js'
import { runCommand, type RunCommandOptions } from '../run.js'
import { startResponder, type ResponderProcess } from '../responder-process.js'
import { UsageError } from '../usage.js'
import { listening } from './listening.js'

const validate = new Ajv2020({ strict: true, strictTypes: false }).compile<Report>(Report)

const run = async (url: string, options: RunCommandOptions = {}, signal = new AbortController().signal) => {
  let shown = ''
  const screen: Screen = { write: text => void (shown += text), isTerminal: false, colour: false, columns: 80 }
  const status = await runCommand(url, { timeout: '1000', ...options }, screen, signal)
  return { status, shown }
}

const reported = (path: string): Report => {
  const report: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (!validate(report)) throw new Error(JSON.stringify(validate.errors?.slice(0, 3)))
  return report
}

const web = async (t: Test, answer: RequestListener): Promise<string> =>
  `http://${await listening(t, createServer(answer))}/`

const dist = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

t.test('a card that is not acceptable is not conformant, and blocks the rest', async t => {
  const url = await web(t, (_q, a) => a.setHeader('content-type', 'application/json').end('{"sage":"1.0"}'))
  const path = join(t.testdir(), 'report.json')
  t.equal((await run(url, { report: [`json=${path}`] })).status, 1)
  const { results } = reported(path)
  t.match(
    results.find(({ check }) => check === 'card.acceptable'),
    { state: 'fail' },
  )
  const overHttp = results.filter(({ transport }) => transport === 'http')
  t.equal(results.filter(({ state }) => state === 'blocked').length, overHttp.length - 2)
  t.ok(results.every(({ transport, state }) => transport === 'http' || state === 'skip'))
})

t.test('flags in the place of a card: no handshake is not conformant', async t => {
  const url = await web(t, (_q, a) => a.writeHead(404).end())
  const did = 'did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH'
  const { status, shown } = await run(url, { did, kemKey: 'CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' })
  t.equal(status, 1)
  t.match(shown, /card\.published/)
})

t.test('bad usage is refused before anything is sent, in words that name the option', async t => {
  const file = join(t.testdir({ bad: 'hello', short: '{"signing":"AAAA"}' }), 'bad')
  const cases: [string, RunCommandOptions, RegExp][] = [
    ['ftp://x/', {}, /^URL takes an absolute http or https URL/],
    ['nonsense', {}, /^URL takes/],
    ['http://user:secret@x/', {}, /without a user name/],
    ['http://x/', { jobs: '0' }, /^--jobs takes a whole number from 1 to 64/],
    ['http://x/', { timeout: '1e3' }, /^--timeout/],
    ['http://x/', { patience: '-1' }, /^--patience/],
    ['http://x/', { seed: 'xyz' }, /^--seed takes/],
    ['http://x/', { salt: 'ABC' }, /^--salt takes/],
    ['http://x/', { did: 'me' }, /^--did takes a DID/],
    ['http://x/', { kemKey: 'AAAA' }, /^--kem-key needs --did/],
    ['http://x/', { did: 'did:web:x', kemKey: 'AAAA' }, /needs --signing-key/],
    ['http://x/', { did: 'did:key:x', kemKey: 'AAAA' }, /^--kem-key takes b64u of 32 bytes/],
    ['http://x/', { http: 'x' }, /^--http takes/],
    ['http://x/', { ws: 'http://x/' }, /^--ws takes an absolute ws or wss URL, not "http:\/\/x\/"$/],
    ['http://x/', { ws: 'x' }, /^--ws takes/],
    ['http://x/', { ws: 'ws://user:secret@x/' }, /^--ws takes a URL without a user name/],
    ['http://x/', { transport: 'tcp' }, /^--transport is one of http, ws, not "tcp"$/],
    ['http://x/', { transport: '' }, /^--transport is/],
    ['http://x/', { only: ['nope'] }, /^no check is called nope/],
    ['http://x/', { skip: ['nope'] }, /^no check is called nope/],
    ['http://x/', { identity: file }, /^--identity takes/],
    ['http://x/', { identity: join(file, '..', 'short') }, /^--identity takes/],
    ['http://x/', { identity: '/nowhere' }, /^--identity: cannot read \/nowhere: .* \(ENOENT\)/],
    ['http://x/', { metricsToken: '/nowhere' }, /^--metrics-token: cannot read/],
    ['http://x/', { metricsToken: file }, /^--metrics-token takes a file with a bearer token of 8 characters or more/],
    ['http://x/', { ca: '/nowhere' }, /^--ca: cannot read/],
    ['http://x/', { report: ['xml=x'] }, /^--report takes FORMAT=FILE with one of json, junit/],
    ['http://x/', { report: ['json=/nowhere/x'] }, /^--report: cannot write/],
  ]
  for (const [url, options, message] of cases) await t.rejects(run(url, options), { name: UsageError.name, message })
})

t.test('a URL with a password is refused without repeating it', async t => {
  for (const [url, options] of [
    ['http://user:secret@x/', {}],
    ['user:secret@x', {}],
    ['ftp://user:sec@ret@x/', {}],
    ['http://x/', { http: 'ws://user:secret@x/' }],
    ['http://x/', { ws: 'http://user:secret@x/' }],
    ['http://x/?token=secret', {}],
    ['ftp://x/?token=secret', {}],
    ['http://x/', { http: 'http://x/#secret' }],
  ] as const) {
    const error = await run(url, options).catch((cause: unknown) => cause)
    t.match(error, { name: UsageError.name })
    t.notMatch(String(error), /sec/)
  }
})

const reference = async (t: Test, ...options: string[]): Promise<ResponderProcess> => {
  const program = dist('../../conformance/bin/sage-conformance.js')
  const responder = await startResponder(process.execPath, [program, 'serve', ...options])
  t.teardown(() => responder.stop())
  return responder
}

t.test('the reference is conformant, as a process of its own', async t => {
  const responder = await reference(t)
  const path = join(t.testdir(), 'report.json')
  const { status, shown } = await run(responder.url, { report: [`json=${path}`], timeout: '5000' })
  t.equal(status, 0, shown)
  const report = reported(path)
  t.equal(report.digest, reportDigest(report))
  t.not(reportDigest({ ...report, verdict: 'incomplete' }), report.digest, 'a changed report is noticed')
  t.match(shown, /^conformant: \d+ pass/m)
  t.match(
    shown,
    /^http: \d+ pass, \d+ not-observed; ws: \d+ pass, .*; [0-9]{2,} checks over both: no verdict differs$/m,
  )
})

t.test('metrics are judged with the token for them, which is in nothing that is written', async t => {
  const token = 'nobody-else-knows-this'
  const folder = t.testdir({ token: `${token}\n` })
  const [file, path] = [join(folder, 'token'), join(folder, 'report.json')]
  const { url } = await reference(t, '--metrics-token', file)
  const only = ['metrics.endpoint', 'metrics.private', 'metrics.no-identifiers']
  const without = await run(url, { only })
  t.equal(without.status, 0, without.shown)
  t.match(
    without.shown,
    /^not-observed {2}metrics\.endpoint: metrics are not shown to strangers;\s+--metrics-token FILE/m,
  )
  const { status, shown } = await run(url, { only, metricsToken: file, report: [`json=${path}`] })
  t.equal(status, 0, shown)
  t.match(shown, /^conformant: \d+ pass in/m)
  const report = readFileSync(path, 'utf8')
  t.notMatch(report + shown, token)
  t.match(report, 'Bearer (metrics token)')
  t.equal((await verifyReport(report, checks)).kind, 'holds')
})

t.test('a run over one transport judges nothing over the other', async t => {
  const { url } = await reference(t)
  for (const transport of ['http', 'ws'] as const) {
    const path = join(t.testdir(), 'report.json')
    const only = ['task.ping', 'ws.ping', 'ws.same-as-http', 'http.unknown-path']
    const { status, shown } = await run(url, { transport, only, report: [`json=${path}`] })
    t.equal(status, 0, shown)
    const { results } = reported(path)
    t.strictSame(new Set(results.map(result => result.transport)), new Set([transport]))
    t.notMatch(shown, 'over both:')
    const about = transport === 'http' ? 'http.unknown-path' : 'ws.ping'
    t.match(
      results.find(({ check }) => check === about),
      { state: 'pass' },
    )
  }
})

t.test('the comparison of the verdicts alone compares those of what is always judged', async t => {
  const { url } = await reference(t)
  const { status, shown } = await run(url, { only: ['ws.same-as-http'] })
  t.equal(status, 0, shown)
  t.match(shown, /^http: 5 pass; ws: \d pass; 3 checks over both: no verdict differs$/m)
})

t.test('an endpoint at which nobody listens is not conformant, and HTTP is judged as ever', async t => {
  const { url } = await reference(t)
  const path = join(t.testdir(), 'report.json')
  const only = ['record.replay', 'ws.ping']
  const { status, shown } = await run(url, { only, ws: 'ws://127.0.0.1:9/', report: [`json=${path}`] })
  t.equal(status, 1, shown)
  t.match(shown, /^fail {2}ws\.endpoint over ws \(unreachable\)$/m)
  t.match(shown, /^blocked {2}\d checks: ws\.endpoint did not pass over ws$/m)
  t.match(shown, /^http: 8 pass; ws: 1 fail, \d blocked; no check has a verdict over both$/m)
  t.equal((await verifyReport(readFileSync(path, 'utf8'), checks)).kind, 'holds')
})

t.test('a card without the capability is not judged over WebSocket, whatever endpoint is given', async t => {
  const { url } = await reference(t, '--no-ws')
  for (const ws of [undefined, 'ws://127.0.0.1:9/']) {
    const { status, shown } = await run(url, { only: ['record.replay', 'ws.ping'], ...(ws && { ws }) })
    t.equal(status, 0, shown)
    t.match(shown, /^skip {2}\d checks: the target does not declare ws$/m)
  }
  t.equal((await run(url, { transport: 'ws' })).status, 3, 'nothing was judged')
})

const faulty = async (t: Test, name: string): Promise<ResponderProcess> => {
  const responder = await startResponder(process.execPath, [dist('mutants/serve-mutant.js'), name])
  t.teardown(() => responder.stop())
  return responder
}

t.test('a process with one fault is not conformant: the requirement is named, and the line to repeat it', async t => {
  const cases: [mutant: string, requirement: string, transport: string][] = [
    ['without-handshake.nonce-single-use', 'handshake.nonce-single-use', 'http'],
    ['without-record.replay', 'record.replay', 'ws'],
    ['without-http.headers-agree', 'http.headers-agree', 'http'],
    ['pongs-empty', 'ws.ping', 'ws'],
  ]
  for (const [name, requirement, transport] of cases) {
    const responder = await faulty(t, name)
    const { status, shown } = await run(responder.url, { only: [requirement], timeout: '5000' })
    t.equal(status, 1, name)
    t.match(shown, new RegExp(`^fail {2}${requirement.replace('.', '\\.')} over .*${transport}`, 'm'))
    const repeat = `sage-conformance run ${responder.url}/ --only ${requirement} --transport ${transport}`
    t.match(shown, `${repeat}\n`)
    await responder.stop()
  }
})
