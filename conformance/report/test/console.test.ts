import t from 'tap'
import { mutants } from '../../mutants/index.js'
import { honest, reportFault } from '../../mutants/judge-mutant.js'
import { insert } from '../../mutants/responder/mutant.js'
import type { Report } from '../../../schemas/index.js'
import { accepts, compares, type Check } from '../../runner/check.js'
import { broken, Interruption } from '../../runner/judgement.js'
import { ConsoleReport, type Screen } from '../console.js'

const sentence = {
  text: 'A receiver MUST do [as here](x.md#y) with `it`, and at some length so that a line is not enough for it.',
}

const show = (report: Report, screen: Partial<Screen> = {}): string => {
  let shown = ''
  const of = { write: (text: string) => void (shown += text), isTerminal: false, colour: false, columns: 80, ...screen }
  const console = new ConsoleReport(of, () => ({ ...sentence, chapter: 'session', line: 7 }))
  console.begin(report.target.url)
  console.planned(report.results.length)
  for (const result of report.results) console.finished(result as Parameters<typeof console.finished>[0])
  console.end(report, ({ check }) => `sage-conformance run URL --only ${check}`)
  return shown
}

const { fault } = mutants.find(({ name }) => name === 'without-record.replay')!
const failing = await reportFault(fault, { only: ['record.replay'] })

t.test('a failure says the sentence, what was expected and seen, in which cases, and how to see it again', async t => {
  const lines = show(failing).split('\n')
  const from = lines.indexOf('fail  record.replay over http (accepted)')
  t.match(lines.slice(from, from + 11), [
    /^fail {2}record\.replay over http \(accepted\)$/,
    /^ {6}A receiver MUST do as here with `it`, and at some length so that a line is$/,
    /^ {6}not enough for it\.$/,
    /^ {6}spec\/session\.md:7$/,
    /^ {6}expected: {2}plain error authentication_failed \(HTTP 401\)$/,
    /^ {6}observed: {2}the same bytes again: accepted/,
    /^ {6}cases: {5}2 of 2: the same bytes again; its number again, sealed anew$/,
    /^ {6}exchanges: session, handshake: accepted: a session$/,
    /^ {17}twin, sage\/ping@v1 \(seq 0\): accepted/,
    /^ {17}fault, sage\/ping@v1 \(seq 0\): accepted/,
    /^ {6}again: {5}sage-conformance run URL --only record\.replay$/,
  ])
  t.match(lines.slice(-5), [
    /^not conformant: [0-9]+ pass, 3 fail in 0\.0 s$/,
    /^[0-9]+ of [0-9]+ requirements judged by this run, [0-9]+ not in this run, [0-9]+ by `vectors run`, /,
    /^more on a requirement: sage-conformance explain ID$/,
    /^seed 00, salt 00$/,
    '',
  ])
})

// Two transports.

const both = ['http', 'ws'] as const
const lineOf = (shown: string): string | undefined => shown.split('\n').find(line => /^(http|ws): /.test(line))

t.test('what came of each transport is one line, with what was compared', async t => {
  const pings = accepts('task.ping', { run: async () => undefined })
  const overWs = accepts('task.unknown', {
    run: async kit => (kit.conversation.around.transport === 'ws' ? broken('no', 'yes', 'no') : undefined),
  })
  const shownOf = async (...suite: Check[]) =>
    lineOf(show(await reportFault(honest, { suite: [...suite, compares('ws.same-as-http')], transports: both })))
  t.equal(await shownOf(pings), 'http: 1 pass; ws: 2 pass; 1 check over both: no verdict differs')
  t.equal(await shownOf(pings, overWs), 'http: 2 pass; ws: 1 pass, 2 fail; 2 checks over both: 1 differs')
  const none = accepts('task.close', {
    run: () => Promise.reject(new Interruption('not-observed', 'patience', 'long')),
  })
  t.equal(await shownOf(none), 'http: 1 not-observed; ws: 2 not-observed; no check has a verdict over both')
})

t.test('of one transport alone there is no such line', async t => {
  t.equal(lineOf(show(failing)), undefined)
  const suite = [accepts('task.ping', { run: async () => undefined })]
  t.equal(lineOf(show(await reportFault(honest, { suite, transports: ['ws'] }))), undefined)
  const skipping = { suite: [...suite, compares('ws.same-as-http')], serve: { capabilities: { ws: false } } }
  t.equal(
    lineOf(show(await reportFault(honest, { ...skipping, transports: both }))),
    undefined,
    'skipped is not judged',
  )
})

t.test('results that differ in nothing but the transport are told once', async t => {
  const failingSuite = [accepts('task.ping', { run: async () => broken('no', 'yes', 'no') })]
  const shown = show(await reportFault(honest, { suite: failingSuite, transports: both }))
  t.match(shown, /^fail {2}task\.ping over http and ws \(no\)$/m)
  t.equal(shown.split('\n').filter(line => line.startsWith('fail')).length, 1)
})

t.test('what arrived over a connection is told among the exchanges, within 60 columns', async t => {
  const { fault: closes } = mutants.find(({ name }) => name === 'schema-violations-close')!
  const report = await reportFault(closes, { only: ['message.schema', 'ws.same-as-http'], transports: both })
  const shown = show(report, { columns: 60 })
  t.match(shown, /^fail {2}message\.schema over ws \(closed-1007\)$/m)
  t.match(shown, /fault, sage\/ping@v1 \(seq 1\): the connection\n +was closed with 1007$/m)
  t.match(shown, /^fail {2}ws\.same-as-http over ws \(differs\)$/m)
  const wide = shown.split('\n').filter(line => line.length > 60)
  const whole = /^ +again: |^seed |^more on |^http: |^[0-9]+ of [0-9]+ requirements /
  t.ok(
    wide.every(line => whole.test(line)),
    wide.join('\n'),
  )
})

t.test('a pipe gets whole lines, without colour and without a line of progress', async t => {
  const shown = show(failing)
  t.notMatch(shown, /[\u001b\r]/)
  t.match(shown, /^sage-conformance judges http:\/\/127\.0\.0\.1:[0-9]+\/\nfail/)
})

t.test('a terminal gets a line of progress that is cleared away, and what is said keeps to its width', async t => {
  const shown = show(failing, { isTerminal: true, columns: 46 })
  t.match(shown, /\r\u001b\[2K {2}1\/8 {2}card\.acceptable/)
  const settled = shown.slice(shown.lastIndexOf('\u001b[2K') + 4)
  const wide = settled.split('\n').filter(line => line.length > 46)
  t.ok(
    wide.every(line => /^ +again: |^fail |^seed |^more on |^[0-9]+ of [0-9]+ requirements /.test(line)),
    wide.join('\n'),
  )
})

t.test('colour is switched off after it was switched on', async t => {
  const shown = show(failing, { colour: true })
  t.match(shown, '\u001b[31mfail\u001b[39m  \u001b[1mrecord.replay\u001b[22m')
  t.match(shown, '\u001b[31mnot conformant\u001b[39m')
  t.match(
    show(await reportFault(honest, { only: ['task.unknown'] }), { colour: true }),
    '\u001b[32mconformant\u001b[39m',
  )
})

t.test('the worst stands right above the verdict', async t => {
  const id = 'task.ping'
  const suite = [
    accepts(id, { variant: 'a', run: async () => broken('no', 'yes', 'no') }),
    accepts(id, { variant: 'b', run: () => Promise.reject(new TypeError('oops')) }),
    accepts(id, { variant: 'c', needs: { capability: 'nothing' }, run: async () => undefined }),
    accepts(id, { variant: 'd', run: () => Promise.reject(new Interruption('not-observed', 'patience', 'too long')) }),
    accepts(id, { variant: 'e', run: () => Promise.reject(new Interruption('inconclusive', 'twin', 'not accepted')) }),
  ]
  const shown = show(await reportFault(honest, { suite }))
  const order = [...shown.matchAll(/^(not-observed|skip|inconclusive|warn|fail|error) {2}/gm)].map(([, state]) => state)
  t.strictSame(order, ['skip', 'not-observed', 'inconclusive', 'fail', 'error'])
})

t.test('what is blocked is told together, by reasons', async t => {
  const suite = [
    accepts('task.ping', { prerequisite: true, run: async () => broken('no', 'yes', 'no') }),
    accepts('task.echo', { run: async () => undefined }),
    accepts('task.close', { run: async () => undefined }),
  ]
  t.match(show(await reportFault(honest, { suite })), /^blocked {2}2 checks: task\.ping did not pass over http$/m)
})

t.test('of a diagnosis its outcome is shown, not its tries', async t => {
  const refuses = insert('session', () => 'authentication_failed')
  const shown = show(await reportFault(refuses, { only: ['task.ping'] }), { columns: 120 })
  t.match(shown, /accepts none of [0-9]+ known mistakes/)
  t.match(shown, /exchanges: session, handshake: accepted: a session\n +session, sage\/ping@v1 \(seq 0\): plain error/)
  t.notMatch(shown, 'diagnosis,')
})

t.test('nothing that a target writes reaches the terminal as more than text', async t => {
  const evil = 'a\u001b[2Jb\u009b31mc\u202ed\re\u0007'
  const suite = [accepts('task.ping', { run: async () => broken('no', evil, evil) })]
  const report = await reportFault(honest, { suite })
  for (const shown of [show(report), show({ ...report, problem: evil })]) {
    t.notMatch(shown, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    t.match(shown, 'a\\u001b[2Jb\\u009b31mc\\u202ed')
  }
})

t.test('a problem is one line', async t => {
  const nothing = { ...failing, problem: 'nobody is there', results: [] }
  t.match(show(nothing), /\nsage-conformance: nobody is there\n$/)
})
