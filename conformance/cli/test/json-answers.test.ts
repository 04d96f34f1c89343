import { Ajv2020 } from 'ajv/dist/2020.js'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { roomPath } from '../../../schemas/index.js'
import { startResponder } from '../../commands/responder-process.js'
import { program, typed } from './as-typed.js'

// `--json`: one document of its schema on standard output, what is for people on standard error, and the same status.

const ajv = new Ajv2020({ strict: true })

/** What a command answers, held against its schema. */
const answer = async (t: Test, schema: string, ...argv: string[]) => {
  const { status, out, err } = await typed(t, ...argv, '--json')
  const document = JSON.parse(out) as Readonly<Record<string, unknown>>
  const name = `${schema}.schema.json`
  const validate =
    ajv.getSchema(name) ??
    ajv.addSchema(JSON.parse(readFileSync(roomPath('schemas', name), 'utf8')) as object, name).getSchema(name)!
  t.ok(validate(document), ajv.errorsText(validate.errors))
  return { status, err, document }
}

t.test('explain', async t => {
  t.match(await answer(t, 'explanation', 'explain', 'record.replay'), {
    status: 0,
    err: '',
    document: {
      kind: 'requirement',
      requirements: [{ id: 'record.replay', level: 'MUST' }],
      checks: Array,
      vectors: Array,
    },
  })
  const { document } = await answer(t, 'explanation', 'explain', 'record.tag/other-key')
  t.match(document, { kind: 'check', checks: [{ id: 'record.tag/other-key', by: 'run' }] })
  t.match((document['checks'] as { provenBy: string[] }[])[0]?.provenBy, ['tag-ignored'])
  t.match(await typed(t, 'explain', 'record.reply', '--json'), { status: 2, out: '', err: /there is record\.replay/ })
})

t.test('vectors check', async t => {
  const { status, document } = await answer(t, 'vectors-check', 'vectors', 'check', roomPath('vectors', 'hkdf.json'))
  t.equal(status, 0)
  t.match(document, { ok: true, files: [{ name: 'hkdf', findings: [] }] })
  const path = join(t.testdir({}), 'hkdf.json')
  writeFileSync(path, readFileSync(roomPath('vectors', 'hkdf.json'), 'utf8').replace(/"okm": "../, '"okm": "zz'))
  const wrong = await answer(t, 'vectors-check', 'vectors', 'check', path)
  t.match(wrong, { status: 1, document: { ok: false } })
})

t.test('keygen says nothing private', async t => {
  const path = join(t.testdir({}), 'identity.json')
  const { status, document } = await answer(t, 'generated-identity', 'keygen', path)
  t.match({ status, document }, { status: 0, document: { file: path, did: /^did:key:z6Mk/ } })
  const { signing, kem } = JSON.parse(readFileSync(path, 'utf8')) as { signing: string; kem: string }
  for (const secret of [signing, kem]) t.notOk(JSON.stringify(document).includes(secret))
})

const agent = await startResponder(process.execPath, [program, 'serve'])
t.teardown(() => agent.stop())

t.test('verify', async t => {
  const path = join(t.testdir({}), 'report.json')
  t.equal((await typed(t, 'run', agent.url, '--only', 'task.ping', '--report', `json=${path}`)).status, 0)
  t.match(await answer(t, 'verification', 'verify', path), {
    status: 0,
    document: { holds: true, verdict: 'conformant', exitStatus: 0, cutShort: 0 },
  })
  writeFileSync(path, readFileSync(path, 'utf8').replace('"state": "pass"', '"state": "fail"'))
  t.match(await answer(t, 'verification', 'verify', path), {
    status: 1,
    document: { holds: false, where: 'the digest' },
  })
})

t.test('call', async t => {
  t.match(await answer(t, 'call-answer', 'call', agent.url, 'sage/echo@v1', 'größer'), {
    status: 0,
    err: /^peer: did:key:/,
    document: {
      peer: { restsOn: 'url', transport: /^(?:ws|http)$/ },
      outcome: { kind: 'answer', data: Buffer.from('größer').toString('base64'), text: 'größer' },
    },
  })
  t.match(await answer(t, 'call-answer', 'call', agent.url, 'never/heard-of'), {
    status: 1,
    document: { outcome: { kind: 'error', code: 'task_unsupported', authenticated: true } },
  })
  t.match(await answer(t, 'call-answer', 'call', 'http://127.0.0.1:9', 'sage/ping@v1'), {
    status: 3,
    document: { outcome: { kind: 'error', code: 'unreachable', authenticated: false } },
  })
  t.match(await typed(t, 'call', 'ftp://a', 'sage/ping@v1', '--json'), { status: 2, out: '', err: /URL takes/ })
  t.match(await typed(t, 'call', agent.url, 'sage/echo@v1', 'a', '--json', '--stream'), { status: 2, out: '' })
})
