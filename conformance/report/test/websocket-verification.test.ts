import fc from 'fast-check'
import { Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { Report } from '../../../schemas/index.js'
import { checks } from '../../checks/index.js'
import { mutants } from '../../mutants/index.js'
import { honest, reportFault } from '../../mutants/judge-mutant.js'
import { reportDigest } from '../json.js'
import { verifyReport } from '../verification.js'

const transports = ['http', 'ws'] as const
const only = ['ws.binary', 'ws.close', 'ws.fragments', 'ws.ping', 'ws.session-moves', 'ws.same-as-http']
const report = await reportFault(honest, { only, transports })
/** One that is soon judged again. */
const short = await reportFault(honest, { only: ['task.echo'], transports })
const verify = (of: Report) => verifyReport(JSON.stringify(of), checks)

type Editable<T> = { -readonly [Name in keyof T]: T[Name] extends object ? Editable<T[Name]> : T[Name] }
type Entry = Editable<Report['results'][number]['cases'][number]['transcript'][number]>
type Sent = Extract<Entry['request'], { connection: number }>
type Frame = Extract<Sent['frames'], unknown[]>[number]

/** A report with an edit, under the digest that goes with it. */
const edited = (edit: (report: Editable<Report>) => unknown, of: Report = report): Report => {
  const copy = structuredClone(of) as Editable<Report>
  edit(copy)
  return { ...copy, digest: reportDigest(copy as Report) } as Report
}

/** What the first case of a check exchanged over WebSocket. */
const spoken = (of: Editable<Report>, check: string): Entry[] =>
  of.results.find(result => result.check === check && result.transport === 'ws')!.cases[0]!.transcript as Entry[]
/** Its exchanges over connections, with what was sent. */
const conversed = (of: Editable<Report>, check: string): (Entry & { request: Sent })[] =>
  spoken(of, check).filter((entry): entry is Entry & { request: Sent } => 'connection' in entry.request)
const echoed = (of: Editable<Report>) => conversed(of, 'task.echo')[2]!
const firstFrame = ({ request }: { request: Sent }): Frame => (request.frames as Frame[])[0]!

t.test('the report of an honest responder over both transports holds, without a connection being opened', async t => {
  const { connect } = Socket.prototype
  t.teardown(() => (Socket.prototype.connect = connect))
  Socket.prototype.connect = () => t.fail('a connection was opened') as never
  t.equal(report.verdict, 'conformant')
  t.match(await verify(report), { kind: 'holds', untold: 0 })
})

t.test('the report of a responder that is wrong over WebSocket holds, with the same failures', async t => {
  const names = ['cors-header-sent', 'schema-violations-close', 'pongs-empty', 'closes-unanswered']
  const chosen = mutants.filter(({ name }) => names.includes(name))
  t.equal(chosen.length, names.length)
  for (const { name, kills, fault, serve } of chosen) {
    const found = await reportFault(fault, { only: kills, serve, transports })
    t.equal(found.verdict, 'not conformant', name)
    t.match(await verify(found), { kind: 'holds' }, name)
  }
})

type Edit = [name: string, edit: (report: Editable<Report>) => unknown, where: string | RegExp, what: RegExp]

const notice = async (t: Test, of: Report, edits: readonly Edit[]): Promise<void> => {
  for (const [name, edit, where, what] of edits) {
    const found = await verify(edited(edit, of))
    t.match(found, { kind: 'differs', where, what }, `${name}: ${JSON.stringify(found).slice(0, 200)}`)
  }
}

const notRecorded = /frames that are not in the recording, over connection 0/

t.test('an edit of a message over a connection is noticed, and where it is is said', t =>
  notice(t, short, [
    ['the text of a frame', of => (firstFrame(echoed(of)).payload += ' '), 'task.echo', notRecorded],
    ['the mask of a frame', of => (firstFrame(echoed(of)).mask = '00000000'), 'task.echo', notRecorded],
    ['a frame that was not masked', of => delete firstFrame(echoed(of)).mask, 'task.echo', notRecorded],
    ['the opcode of a frame', of => (firstFrame(echoed(of)).opcode = 2), 'task.echo', notRecorded],
    ['the end of a message', of => (firstFrame(echoed(of)).fin = false), 'task.echo', notRecorded],
    ['an announced length', of => (firstFrame(echoed(of)).announced = 9), 'task.echo', notRecorded],
    ['a frame removed', of => (echoed(of).request.frames as Frame[]).pop(), 'task.echo', notRecorded],
    [
      'the answer that was waited for',
      of => (echoed(of).request.until = { kind: 'answer', id: 'another' }),
      'task.echo',
      notRecorded,
    ],
    ['what was waited for', of => (echoed(of).request.until = { kind: 'end' }), 'task.echo', notRecorded],
    ['the number of a connection', of => (echoed(of).request.connection = 1), 'task.echo', notRecorded],
    ['a connection that never was', of => (echoed(of).request.connection = -1), 'task.echo', notRecorded],
    [
      'a message that arrived',
      of => (echoed(of).arrived = conversed(of, 'task.echo')[1]!.arrived!),
      'task.echo',
      /exchange|recording/,
    ],
    [
      'a flaw that was not seen',
      of => Object.assign(echoed(of).arrived!, { flaw: 'a masked frame' }),
      'task.echo',
      /exchange|recording|state/,
    ],
    [
      'a close in the place of an answer',
      of => (echoed(of).arrived = { kind: 'closed', code: 1000 }),
      'task.echo',
      /./,
    ],
    ['an arrival left out', of => delete echoed(of).arrived, 'task.echo', /too long to be kept/],
    [
      'an upgrade that was refused',
      of => (spoken(of, 'task.echo')[0]!.response!.status = 400),
      'task.echo',
      /a request that is not in the recording/,
    ],
    [
      'the key of an upgrade',
      of => {
        const { headers } = spoken(of, 'task.echo')[0]!.request as { headers: [string, string][] }
        headers.find(([name]) => name === 'Sec-WebSocket-Key')![1] = 'AAAAAAAAAAAAAAAAAAAAAA=='
      },
      'task.echo',
      /a request that is not in the recording/,
    ],
    [
      'the endpoint',
      of => (of.target.ws = 'ws://elsewhere/ws'),
      'the report',
      /^target\.ws is "ws:\/\/elsewhere\/ws", and again/,
    ],
    ['the transports', of => of.run.transports.pop(), /./, /not due there/],
    [
      'a transport that was not judged',
      of => (of.results = of.results.filter(({ check, transport }) => check !== 'task.echo' || transport !== 'ws')),
      'task.echo',
      /the report holds nothing of it/,
    ],
  ]),
)

t.test('an edit of anything else that went over a connection is noticed', t =>
  notice(t, report, [
    [
      'one of many frames',
      of => {
        const many = conversed(of, 'ws.fragments').find(({ request }) => 'sha256' in request.frames)!
        ;(many.request.frames as { sha256: string }).sha256 = '0'.repeat(64)
      },
      'ws.fragments',
      notRecorded,
    ],
    [
      'a close code',
      of =>
        Object.assign(conversed(of, 'ws.binary').find(({ arrived }) => arrived?.kind === 'closed')!.arrived!, {
          code: 1002,
        }),
      /^ws\.binary/,
      /./,
    ],
    [
      'an end without a close frame',
      of =>
        delete (
          conversed(of, 'ws.close').find(({ arrived }) => arrived?.kind === 'ended')!.arrived as { code?: number }
        ).code,
      'ws.close',
      /./,
    ],
    [
      'a pong that was none',
      of => {
        const ping = conversed(of, 'ws.ping').find(({ arrived }) => arrived?.kind === 'pong')!
        delete ping.arrived
        ping.failure = { kind: 'timeout' }
      },
      'ws.ping',
      /./,
    ],
    [
      'a difference that there was not',
      of => (of.results.find(({ check }) => check === 'ws.same-as-http')!.state = 'fail'),
      'ws.same-as-http',
      /^state is "fail", and again "pass"$/,
    ],
  ]),
)

t.test('connections are counted in the order in which they were opened, those of both kits', async t => {
  const numbers = conversed(report as Editable<Report>, 'ws.session-moves').map(({ request }) => request.connection)
  t.strictSame([...new Set(numbers)], [0, 1])
  t.match(
    await verify(
      edited(of => {
        for (const { request } of conversed(of, 'ws.session-moves')) request.connection = 1 - request.connection
      }),
    ),
    { kind: 'differs', where: 'ws.session-moves' },
  )
})

/** Paths of all leaves of what was sent over connections. */
const sentLeaves = (value: unknown, path: readonly string[] = [], inside = false): (readonly string[])[] => {
  if (typeof value !== 'object' || value === null) return inside ? [path] : []
  return Object.entries(value).flatMap(([name, member]) =>
    sentLeaves(member, [...path, name], inside || (name === 'request' && 'connection' in (member as object))),
  )
}

const alter = (value: unknown): unknown => {
  if (typeof value === 'string') return value === 'x' ? 'y' : 'x'
  return typeof value === 'number' ? value + 1 : !value
}

t.test('whatever was sent over a connection is noticed when it is changed, under any digest', async t => {
  const leaves = sentLeaves(short)
  t.ok(leaves.length > 50)
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...leaves), async path => {
      const changed = edited(of => {
        const holder = path.slice(0, -1).reduce((at, name) => (at as never)[name], of as unknown)
        const last = path.at(-1) as never
        ;(holder as Record<string, unknown>)[last] = alter((holder as Record<string, unknown>)[last])
      }, short)
      return (await verify(changed)).kind !== 'holds'
    }),
    { numRuns: 10 },
  )
})
