import fc from 'fast-check'
import { Socket } from 'node:net'
import t from 'tap'
import type { Report } from '../../../schemas/index.js'
import { checks } from '../../checks/index.js'
import { mutants } from '../../mutants/index.js'
import { honest, reportFault } from '../../mutants/judge-mutant.js'
import { accepts } from '../../runner/check.js'
import { isFailure, type CheckResult } from '../../runner/result.js'
import { coverageOf } from '../coverage.js'
import { reportDigest } from '../json.js'
import { createVectorsReport } from '../vectors/json.js'
import { vectorsRun } from '../vectors/test/sample.js'
import { verifyReport } from '../verification.js'

const only = [
  'task.echo',
  'record.once',
  'record.replay/behind-the-highest',
  'handshake.signature',
  'handshake.kid-form',
]
const report = await reportFault(honest, { only })
const verify = (of: Report) => verifyReport(JSON.stringify(of), checks)

type Editable<T> = { -readonly [Name in keyof T]: T[Name] extends object ? Editable<T[Name]> : T[Name] }

type Counts = Record<'pass' | 'blocked', number>

/** The report with an edit, under the digest that goes with it. */
const edited = (edit: (report: Editable<Report>) => unknown): Report => {
  const copy = structuredClone(report) as Editable<Report>
  edit(copy)
  return { ...copy, digest: reportDigest(copy as Report) } as Report
}

/** The first case of a check. */
const caseOf = (of: Editable<Report>, check: string) => of.results.find(result => result.check === check)!.cases[0]!
const echoed = (of: Editable<Report>) => caseOf(of, 'task.echo').transcript

t.test('the report of an honest responder holds, without a connection being opened', async t => {
  const { connect } = Socket.prototype
  t.teardown(() => (Socket.prototype.connect = connect))
  Socket.prototype.connect = () => t.fail('a connection was opened') as never
  t.match(await verify(report), { kind: 'holds', untold: 0 })
})

t.test('the report of a faulty responder holds, with the same failures', async t => {
  const ofEither = mutants.filter(({ kills }) => !kills.some(id => id.startsWith('ws.')))
  const chosen = ofEither.filter((_, index) => index % 16 === 5)
  t.ok(chosen.length > 5)
  for (const { name, kills, fault, serve } of chosen) {
    const found = await reportFault(fault, { only: kills, serve, transports: ['http', 'ws'] })
    // Of a SHOULD it is a warning.
    t.ok(
      found.results.some(result => isFailure(result, true)),
      name,
    )
    t.match(await verify(found), { kind: 'holds' }, name)
  }
})

t.test('answers that are no text are replayed to the byte', async t => {
  const noise = Uint8Array.of(0x7b, 0xff, 0x00, 0x7d)
  const noisy = await reportFault(
    seams => ({
      ...seams,
      wire: async (answer, about) => ({
        ...(await seams.wire(answer, about)),
        ...(about.code === 'authentication_failed' ? { body: Buffer.from(noise) } : {}),
      }),
    }),
    { only: ['record.min-length'] },
  )
  t.equal(noisy.verdict, 'not conformant')
  t.ok(JSON.stringify(noisy).includes('{"base64":"e/8AfQ=="}'))
  t.match(await verify(noisy), { kind: 'holds' })
})

t.test('the report of a target that stopped answering holds', async t => {
  let gone = false
  const found = await reportFault(
    seams => ({
      ...seams,
      wire: (answer, about) => {
        gone ||= about.code === 'authentication_failed'
        return gone ? Promise.resolve({ ...answer, status: 999 }) : seams.wire(answer, about)
      },
    }),
    { only: ['record.tag', 'record.window', 'task.echo'] },
  )
  t.not(found.verdict, 'conformant')
  t.match(await verify(found), { kind: 'holds' })
})

t.test('an edit is noticed though the digest was made anew, and where it is is said', async t => {
  const edits: [name: string, edit: (report: Editable<Report>) => unknown, where: string | RegExp, what: RegExp][] = [
    [
      'the body of a response',
      of => (echoed(of)[3]!.response!.body = echoed(of)[2]!.response!.body),
      'task.echo',
      /exchange 4|not in the recording/,
    ],
    ['the status of a response', of => (echoed(of)[2]!.response!.status = 201), 'task.echo', /exchange|recording/],
    [
      'a plaintext that was opened',
      of => (echoed(of)[2]!.opened!.plaintext = 'ff'),
      'task.echo',
      /^exchange 3 opened\.plaintext is "ff", and again ""$/,
    ],
    [
      'the text of a request',
      of => ((echoed(of)[2]!.request as { body: string }).body += ' '),
      'task.echo',
      /a request that is not in the/,
    ],
    ['a state', of => (of.results[0]!.state = 'warn'), /./, /^state is "warn", and again "pass"$/],
    ['the state of a case', of => (caseOf(of, 'task.ping').state = 'fail'), 'task.ping', /^state is "fail"/],
    [
      'the verdict',
      of => (of.verdict = 'incomplete'),
      'the report',
      /^verdict is "incomplete", and again "conformant"$/,
    ],
    ['a count', of => ((of.counts as Counts).pass += 1), 'the report', /^counts\.pass is/],
    ['a check removed', of => of.results.splice(3, 1), /./, /^it was to be run, and the report holds nothing of it$/],
    ['a check added', of => of.results.splice(3, 0, { ...of.results[3]!, check: 'a.b' }), 'a.b', /not due there/],
    ['a case removed', of => of.results.find(each => each.cases.length > 1)!.cases.pop(), 'handshake.signature, ', /./],
    ['an exchange removed', of => echoed(of).pop(), 'task.echo', /a request that is not in the recording/],
    ['an exchange added', of => echoed(of).push(echoed(of)[0]!), 'task.echo', /^exchange 8 .*again nothing$/],
    [
      'answers exchanged',
      of => {
        const [a, b] = [echoed(of)[2]!, echoed(of)[3]!]
        ;[a.response, b.response] = [b.response!, a.response!]
      },
      'task.echo',
      /./,
    ],
    ['exchanges in another order', of => echoed(of).splice(0, 2, echoed(of)[1]!, echoed(of)[0]!), 'task.echo', /order/],
    ['another seed', of => (of.run.seed = '01'), 'handshake.answered', /a request that is not in the recording/],
    ['another salt', of => (of.run.salt = '01'), 'handshake.answered', /a request that is not in the recording/],
    ['an identity that was not given', of => (of.run.identity = String(of.target.did)), /./, /no recorded signature/],
    ['an earlier clock', of => (caseOf(of, 'task.echo').clock[0] = '1'), 'task.echo', /a request that is not/],
    ['a reading removed', of => caseOf(of, 'task.echo').clock.pop(), 'task.echo', /read more often/],
    ['a reading added', of => caseOf(of, 'task.echo').clock.push('7'), 'task.echo', /^clock\.[0-9]+ is "7", and again/],
    ['the card', of => (of.discovery.transcript[0]!.response!.body = '{"sage":"1.0"}'), /./, /./],
    ['another selection', of => of.run.only.pop(), /./, /./],
    ['a selection of nothing', of => of.run.only.push('nobody'), 'the run', /no check is called nobody/],
    ['a flag', of => (of.run.flags.kemKey = 'A'), 'the run', /./],
    ['another host', of => (of.target.url = 'http://elsewhere/'), 'the discovery', /a request that is not/],
    ['no URL', of => (of.target.url = 'elsewhere'), 'the target', /URL/],
    [
      'an answer left out',
      of => (echoed(of)[2]!.response!.body = { bytes: 1, sha256: '0'.repeat(64), beginsWith: '00' }),
      'task.echo',
      /too long to be kept/,
    ],
    [
      'a failure called an interruption',
      of => Object.assign(of.results[0]!, { state: 'blocked', reasonCode: 'interrupted' }),
      /./,
      /./,
    ],
  ]
  for (const [name, edit, where, what] of edits) {
    const found = await verify(edited(edit))
    t.match(found, { kind: 'differs', where, what }, `${name}: ${JSON.stringify(found).slice(0, 200)}`)
  }
})

t.test(
  'what was in the places of a batch is held against the recording, and so is whether there was a token',
  async t => {
    const whole = await reportFault(honest, { only: ['batch.answered', 'metrics.endpoint'] })
    t.match(await verify(whole), { kind: 'holds' })
    const changed = async (edit: (report: Editable<Report>) => unknown) => {
      const copy = structuredClone(whole) as Editable<Report>
      edit(copy)
      return verify({ ...copy, digest: reportDigest(copy as Report) } as Report)
    }
    const placesOf = (of: Editable<Report>) =>
      caseOf(of, 'batch.answered').transcript.find(({ places }) => places)!.places!
    t.match(await changed(of => (placesOf(of)[1]!.opened!.plaintext = 'ff')), {
      where: 'batch.answered',
      what: /^exchange 3 places\.1\.opened\.plaintext is "ff"/,
    })
    t.match(await changed(of => placesOf(of).pop()), { where: 'batch.answered', what: /^exchange 3 places/ })
    t.match(await changed(of => delete of.run.metricsToken), {
      where: 'metrics.endpoint',
      what: /a request that is not in the recording/,
    })
  },
)

t.test('a check that was skipped cannot be left out', async t => {
  const suite = [accepts('task.ping', { needs: { capability: 'nothing' }, run: async () => undefined })]
  const skipped = await reportFault(honest, { suite })
  t.match(skipped.results, [{ state: 'skip' }])
  t.match(await verifyReport(JSON.stringify(skipped), suite), { kind: 'holds' })
  const without = { ...skipped, results: [] }
  t.match(await verifyReport(JSON.stringify({ ...without, digest: reportDigest(without) }), suite), {
    kind: 'differs',
    where: 'task.ping',
    what: /^the report holds no result of this check/,
  })
})

t.test('a check that did not end can only be blocked', async t => {
  const cut = edited(of => {
    const result = of.results.find(({ check }) => check === 'task.echo')!
    Object.assign(result, {
      state: 'blocked',
      reasonCode: 'interrupted',
      observed: 'the run was interrupted',
      cases: [],
    })
    const counts = of.counts as Counts
    counts.pass -= 1
    counts.blocked += 1
    const coverage = coverageOf(of.results as unknown as readonly CheckResult[])
    Object.assign(of, { verdict: 'incomplete', exitStatus: 3, coverage })
  })
  t.match(await verify(cut), { kind: 'holds', untold: 1 })
})

t.test('a byte changed anywhere is noticed by the digest', async () => {
  const text = JSON.stringify(report)
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 1), fc.integer({ min: 32, max: 126 }), async (at, code) => {
      const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1)
      fc.pre(changed !== text)
      const { kind } = await verifyReport(changed, [])
      // Another way to write the same value, such as an upper-case \u escape, is no change.
      return kind !== 'holds' && (kind === 'unreadable' || JSON.stringify(JSON.parse(changed)) !== text)
    }),
    { numRuns: 60 },
  )
})

/** Paths of all leaves that follow from the answers, the clock and the settings of the run. */
const derivedLeaves = (value: unknown, path: readonly string[] = []): (readonly string[])[] => {
  const given = ['response', 'failure', 'clock', 'run', 'digest', 'suite', 'requirements', 'report', '$schema']
  if (given.includes(path.at(-1) ?? '')) return []
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([name, member]) => derivedLeaves(member, [...path, name]))
}

const alter = (value: unknown): unknown => {
  if (typeof value === 'string') return value === 'x' ? 'y' : 'x'
  return typeof value === 'number' ? value + 1 : !value
}

t.test('whatever follows from the rest is noticed when it is changed, under any digest', async t => {
  const leaves = derivedLeaves(report)
  t.ok(leaves.length > 1000)
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...leaves), async path => {
      const changed = edited(of => {
        const holder = path.slice(0, -1).reduce((at, name) => (at as never)[name], of as unknown)
        const last = path.at(-1) as never
        ;(holder as Record<string, unknown>)[last] = alter((holder as Record<string, unknown>)[last])
      })
      return (await verify(changed)).kind !== 'holds'
    }),
    { numRuns: 15 },
  )
})

t.test('what is no report, or one of another version, is named for what it is', async t => {
  const cases: [string, string, RegExp][] = [
    ['no JSON', 'hello', /not JSON/],
    ['nothing', 'null', /not a report/],
    ['an empty object', '{}', /not a report/],
    ['very deep JSON', '['.repeat(100_000) + ']'.repeat(100_000), /not a report/],
    ['a member too many', JSON.stringify({ ...report, extra: 1 }), /not a report/],
    [
      'another version',
      JSON.stringify({ ...report, suite: { ...report.suite, version: '9.9.9' } }),
      /a report of sage-conformance 9\.9\.9, and this is .*: use that version/,
    ],
    [
      'other requirements',
      JSON.stringify({ ...report, requirements: { digest: '0'.repeat(64), count: 1 } }),
      /other requirements .*: use that version/,
    ],
  ]
  const client = { ...report, command: 'run-client' as const }
  cases.push([
    'a report of run-client',
    JSON.stringify({ ...client, digest: reportDigest(client) }),
    /run-client.*cannot be judged again/,
  ])
  const vectors = createVectorsReport(['core'], vectorsRun, [])
  cases.push(['a report of vectors run', JSON.stringify(vectors), /vectors run.*cannot be judged again/])
  for (const [name, text, why] of cases) t.match(await verifyReport(text, checks), { kind: 'unreadable', why }, name)
})

t.test('requests under way at once are answered in the order in which they were', async t => {
  const orders: string[][] = []
  const racing = accepts('task.ping', {
    run: async kit => {
      const order: string[] = []
      const sessions = [await kit.session(), await kit.session(), await kit.session()]
      // What each asks next is drawn from the same entropy: it depends on who is answered first.
      await Promise.all(
        sessions.map(async (session, index) => {
          for (let round = 0; round < 3; round++) {
            await kit.ping(session)
            order.push(String(index))
          }
        }),
      )
      orders.push(order)
      return undefined
    },
  })
  const raced = await reportFault(honest, { suite: [racing] })
  t.match(await verifyReport(JSON.stringify(raced), [racing]), { kind: 'holds' })
  t.strictSame(orders[1], orders[0])
})
