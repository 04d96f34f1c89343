import t from 'tap'
import type { Report } from '../../../schemas/index.js'
import { checks } from '../../checks/index.js'
import { mistakenMutants } from '../../mutants/derivation/mistaken.js'
import { honest, reportFault } from '../../mutants/judge-mutant.js'
import { insert, parts, wire, type Fault } from '../../mutants/responder/mutant.js'
import { verifyReport } from '../../report/verification.js'

// What is said of a responder that somebody else wrote, which makes one of the mistakes: here the reference makes it.

const nothingMore = { only: ['task.ping'] }

const mistaken = (name: string): Fault => {
  const found = mistakenMutants.find(mutant => mutant.name === name)
  if (!found?.parts) throw new Error(`no mutant is called ${name}`)
  return parts(found.parts)
}

const failing = (report: Report) => report.results.find(({ state }) => state === 'fail')

const named: readonly [mutant: string, check: string, mistake: RegExp][] = [
  ['prk-exchanged', 'handshake.response-correct', /the tag is that of: salt and ikm exchanged in the Extract of prk/],
  ['secrets-exchanged', 'handshake.response-correct', /the tag is that of: ssE2E before exporter/],
  ['hpke-info-empty', 'handshake.response-correct', /the tag is that of: HPKE is set up without info/],
  ['ack-key-without-counter', 'handshake.response-correct', /the tag is that of: be32\(1\) is missing/],
  ['th-without-zeros', 'handshake.response-correct', /the tag is that of: the zero bytes are missing from th/],
  ['tag-without-lengths', 'handshake.response-correct', /the tag is that of: the lengths are missing from ackTag/],
  ['signed-members-sorted', 'handshake.response-correct', /the signature is over: .*the members in alphabetical order/],
  ['salt-raw', 'task.ping', /a ping sealed with: the 16 bytes that sid encodes for the salt/],
  ['directions-exchanged', 'task.ping', /a ping sealed with: s2cEnc, not c2sEnc/],
  ['directional-label-repeated', 'task.ping', /a ping sealed with: encryptKey, not c2sEnc/],
  ['record-aad-without-seq', 'task.ping', /a ping sealed with: the sequence number is missing/],
  ['record-aad-little-endian', 'task.ping', /a ping sealed with: the sequence number in the additional data is little/],
  ['request-label-of-response', 'task.ping', /a ping sealed with: the label of a response on a request/],
  ['stream-absent-left-out', 'task.ping', /a ping sealed with: nothing in the place of an absent stream/],
  ['response-kid-unbound', 'task.ping', /the record is sealed with: kid is (?:not bound|bound as an empty text)/],
  ['request-hash-over-text', 'task.ping', /the record is sealed with: the hash is over the base64 text/],
  ['success-as-text', 'task.ping', /the record is sealed with: success as text with its length/],
  ['response-label-of-request', 'task.ping', /the record is sealed with: the label of a request on a response/],
]

t.test('the mistake of a responder is named where the first thing fails, and the report holds', async t => {
  for (const [name, check, mistake] of named) {
    const report = await reportFault(mistaken(name), nothingMore)
    t.match(failing(report), { check, observed: mistake }, name)
    t.match(await verifyReport(JSON.stringify(report), checks), { kind: 'holds' }, name)
  }
})

t.test('what fits no known mistake leads to the vectors, after a bounded number of tries', async t => {
  const refuses = insert('session', () => 'authentication_failed')
  const report = await reportFault(refuses, nothingMore)
  const failed = failing(report)
  t.match(failed, { check: 'task.ping', observed: /\(HTTP 401\); the target accepts none of [0-9]+ known mistakes/ })
  t.match(failed?.observed, '`sage-conformance vectors run -- CMD` names the step')
  const diagnosis = failed?.cases[0]?.transcript.filter(({ step }) => step === 'diagnosis') ?? []
  t.ok(diagnosis.length > 40 && diagnosis.length <= 64, `${diagnosis.length} exchanges, two for each mistake`)
  t.match(diagnosis[1], { what: 'sage/ping@v1 with s2cEnc, not c2sEnc', sealed: { seq: '0' } })
  t.equal(diagnosis[1]?.sealed?.aad, undefined, 'what the record is not bound to is not said')
  t.match(await verifyReport(JSON.stringify(report), checks), { kind: 'holds' })
})

t.test(
  'nothing is tried where nothing failed, nor beyond the prerequisites, nor when the target says something else',
  async t => {
    const steps = (report: Report) =>
      report.results.flatMap(({ cases }) => cases.flatMap(({ transcript }) => transcript.map(({ step }) => step)))
    t.notOk(steps(await reportFault(honest, nothingMore)).includes('diagnosis'))
    const refusesTasks = insert('task', ({ message }) => (message.task_id === 'sage/echo@v1' ? 'internal' : undefined))
    t.notOk(steps(await reportFault(refusesTasks, { only: ['task.echo'] })).includes('diagnosis'))
    const unknown = await reportFault(
      insert('session', () => 'session_unknown'),
      nothingMore,
    )
    t.notOk(steps(unknown).includes('diagnosis'))
    t.match(failing(unknown)?.observed, /session_unknown \(HTTP 401\); it was posted to http.*\/messages$/)
  },
)

t.test('a first handshake that is not understood says where it went', async t => {
  const lost = wire(['handshake'], answer => ({ ...answer, status: 404, body: Buffer.from('no') }))
  const report = await reportFault(lost, nothingMore)
  t.match(failing(report), {
    check: 'handshake.answered',
    observed: /^HTTP 404: its body is not a plain error .*; it was posted to http:\/\/127\.0\.0\.1:[0-9]+\/messages$/,
  })
})
