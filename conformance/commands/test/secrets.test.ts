import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { roomPath, type Report } from '../../../schemas/index.js'
import { main } from '../../cli.js'
import { createEntropy } from '../../probe/entropy.js'
import { formats } from '../../report/formats.js'
import { placeOf } from '../../runner/judge-check.js'

// Secrets are given to every command in every way that there is, and looked for in all that comes out.

/** Base64 of bytes that stand somewhere within others: what of it does not depend on its neighbours. */
const within = (secret: Buffer, encoding: 'base64' | 'base64url'): string[] =>
  [0, 1, 2].map(before => {
    const text = Buffer.concat([Buffer.alloc(before), secret, Buffer.alloc(3)]).toString(encoding)
    return text.slice(Math.ceil((before * 4) / 3), Math.floor(((before + secret.length) * 4) / 3))
  })

const formsOf = (secret: Buffer): string[] => [
  secret.toString('latin1'),
  secret.toString('utf8'),
  secret.toString('hex'),
  secret.toString('hex').toUpperCase(),
  ...within(secret, 'base64'),
  ...within(secret, 'base64url'),
]

const notIn = (t: Test, text: string, secrets: Readonly<Record<string, Buffer>>, where: string): void => {
  const found = Object.entries(secrets).filter(([, secret]) => formsOf(secret).some(form => text.includes(form)))
  t.strictSame(
    found.map(([name]) => name),
    [],
    `no secret in ${where}`,
  )
}

t.test('a secret is found in every form, wherever it stands', async t => {
  const secret = randomBytes(32)
  for (const before of [0, 1, 2, 3]) {
    const bytes = Buffer.concat([randomBytes(before), secret, randomBytes(5)])
    for (const encoding of ['hex', 'base64', 'base64url', 'latin1'] as const) {
      const text = bytes.toString(encoding)
      t.ok(
        formsOf(secret).some(form => text.includes(form)),
        `${encoding}, ${before}`,
      )
    }
  }
})

const [mine, theirs] = [
  { signing: randomBytes(32), kem: randomBytes(32) },
  { signing: randomBytes(32), kem: randomBytes(32) },
]
const token = Buffer.from(`token-${randomBytes(16).toString('hex')}`)
const password = Buffer.from(`password-${randomBytes(8).toString('hex')}`)
const environment = Buffer.from(`environment-${randomBytes(8).toString('hex')}`)
const secrets = {
  'signing key of --identity': mine.signing,
  'kem key of --identity': mine.kem,
  'signing key of serve --identity': theirs.signing,
  'kem key of serve --identity': theirs.kem,
  'metrics token': token,
  'password in a URL': password,
  'environment variable': environment,
}
process.env['SAGE_TEST_SECRET'] = environment.toString()

const folder = t.testdir({})
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}
const keys = ({ signing, kem }: typeof mine): string =>
  JSON.stringify({ signing: signing.toString('base64url'), kem: kem.toString('base64url') })
const identity = file('mine.json', keys(mine))
const tokenFile = file('token', `${token.toString()}\n`)

/** All that a command says, and its status. */
const said = async (t: Test, ...argv: string[]) => {
  let text = ''
  const take = (written: string | Uint8Array): boolean => ((text += Buffer.from(written).toString('latin1')), true)
  const streams = [t.capture(process.stdout, 'write', take), t.capture(process.stderr, 'write', take)]
  try {
    return { status: await main(argv), text }
  } finally {
    for (const { restore } of streams) restore()
  }
}

const program = roomPath('conformance', 'bin', 'sage-conformance.js')
const server = spawn(process.execPath, [
  ...[program, 'serve', '--identity', file('theirs.json', keys(theirs)), '--metrics-token', tokenFile],
])
let served = ''
server.stderr.on('data', (bytes: Buffer) => (served += bytes.toString('latin1')))
server.stdout.on('data', (bytes: Buffer) => (served += bytes.toString('latin1')))
const [announced] = (await once(createInterface({ input: server.stdout }), 'line')) as [string]
const url = announced.split(' ').at(-1)!

const reportsInto = (name: string): string[] =>
  Object.keys(formats).flatMap(format => ['--report', `${format}=${join(folder, `${name}.${format}`)}`])

/** A run in every format, of checks that pass and, with another's key, of such that fail. */
const runs: readonly [name: string, ...options: string[]][] = [
  ['passes', '--only', 'handshake.signature', '--only', 'metrics.*', '--only', 'record.replay', '--only', 'ws.ping'],
  ['fails', '--only', 'task.ping', '--did', 'did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH'],
]

t.test('nothing of what a run was given stands in what it says or in a report of it', async t => {
  for (const [name, ...options] of runs) {
    const given = ['--identity', identity, '--metrics-token', tokenFile, ...reportsInto(name)]
    const { status, text } = await said(t, 'run', url, ...given, ...options)
    t.equal(status, name === 'passes' ? 0 : 1, text)
    notIn(t, text, secrets, `what the run says that ${name}`)
    for (const format of Object.keys(formats))
      notIn(t, readFileSync(join(folder, `${name}.${format}`), 'latin1'), secrets, `${format} of the run that ${name}`)
    const path = join(folder, `${name}.json`)
    notIn(t, (await said(t, 'verify', path)).text, secrets, 'what verify says')
  }
  t.match(readFileSync(join(folder, 'passes.json'), 'utf8'), 'Bearer (metrics token)')
})

t.test('the keys that the suite makes itself are in no report either, though seed and salt are', async t => {
  const path = join(folder, 'own.json')
  await said(t, 'run', url, '--only', 'record.replay', '--only', 'ws.ping', '--report', `json=${path}`)
  const text = readFileSync(path, 'latin1')
  const { run, results } = JSON.parse(text) as Report
  const [seed, salt] = [Buffer.from(run.seed, 'hex'), Buffer.from(run.salt, 'hex')]
  const places = results.flatMap(({ check, transport, cases }) => cases.map(one => placeOf(check, transport, one.name)))
  const own = places.map(place => [place, Buffer.from(createEntropy(seed, salt, place)(32))])
  t.ok(own.length > 5)
  notIn(t, text, Object.fromEntries(own) as Record<string, Buffer>, 'the report')
})

t.test('nothing of what an initiator is told stands in what run-client says', async t => {
  const { text } = await said(
    t,
    'run-client',
    ...reportsInto('client'),
    '--',
    process.execPath,
    '-e',
    'process.exit(1)',
  )
  notIn(t, text, secrets, 'what run-client says')
  for (const format of Object.keys(formats))
    notIn(t, readFileSync(join(folder, `client.${format}`), 'latin1'), secrets, format)
})

t.test('what is wrong with a secret, or with the wrong file, is said without repeating it', async t => {
  const bad = password.toString()
  const wrong = [identity, tokenFile, file('short.json', JSON.stringify({ signing: bad, kem: bad }))]
  const addresses = [
    `http://user:${bad}@127.0.0.1:9/`,
    `user:${bad}@127.0.0.1:9`,
    `ftp://${bad}@x/`,
    `http://x/?k=${bad}`,
  ]
  const commands: string[][] = [
    ...addresses.flatMap(address => [
      ['run', address],
      ['run', url, '--http', address],
      ['run', url, '--ws', address],
      ['call', address, 'sage/ping@v1'],
      ['serve', '--public-url', address],
    ]),
    ...wrong.flatMap(path => [
      ['run', url, '--ca', path],
      ['run', url, '--baseline', path],
      ['run', url, '--write-baseline', path],
      ['run-client', '--baseline', path, '--', 'true'],
      ['call', url, 'sage/ping@v1', '--directory', path],
      ['serve', '--directory', path],
      ['verify', path],
      ['report', path, '--report', 'tap=-'],
      ['vectors', 'check', path],
      ['keygen', path],
    ]),
    ['run', url, '--identity', tokenFile],
    ['run', url, '--identity', wrong[2]!],
    ['run', url, '--metrics-token', identity],
    ['call', url, 'sage/ping@v1', '--identity', wrong[2]!],
    ['serve', '--identity', tokenFile],
    ['serve', '--metrics-token', identity],
  ]
  for (const argv of commands) {
    const { status, text } = await said(t, ...argv)
    t.ok(status === 2 || argv[0] === 'vectors', argv.join(' '))
    notIn(t, text, secrets, argv.join(' '))
  }
})

t.test('nothing of its keys stands in what a call says', async t => {
  const called = await said(t, 'call', url, 'sage/echo@v1', 'hello', '--identity', identity)
  t.equal(called.status, 0, called.text)
  notIn(t, called.text, secrets, 'what call says')
  const refused = await said(
    t,
    'call',
    url,
    'sage/echo@v1',
    '--identity',
    identity,
    '--did',
    'did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH',
  )
  t.equal(refused.status, 3, refused.text)
  notIn(t, refused.text, secrets, 'what a call says that is refused')
})

t.test('nothing of its keys stands in what a responder says, after all this', async t => {
  server.kill('SIGTERM')
  await once(server, 'close')
  t.match(served, /^did: did:key:/m)
  notIn(t, served, secrets, 'what serve says')
  t.ok(readdirSync(folder).length > 2 * Object.keys(formats).length)
})
