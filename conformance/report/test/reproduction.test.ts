import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import t from 'tap'
import { reproduction } from '../reproduction.js'
import { quoted } from '../shell-word.js'
import { printable } from '../text.js'
import { sampleReport, sampleResult } from './sample.js'

const split = (shell: string, words: readonly string[]): string[] =>
  execFileSync(shell, ['-c', `printf '%s\\0' ${words.map(quoted).join(' ')}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)

const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8')
const word = fc.string({ unit: 'binary', maxLength: 20 }).map(text => text.replaceAll('\0', ''))
const nasty = [
  '',
  '-n',
  '~',
  '*',
  "it's",
  '"',
  '$HOME',
  '`x`',
  '\\',
  'a\nb',
  '\u001b[31m',
  '\u202e1',
  '\u0007f',
  '#',
  '!',
  'ü',
  '=',
]

t.test('a shell makes of quoted words what they were', async t => {
  const plain = nasty.filter(each => printable(each) === each)
  t.strictSame(split('sh', plain), plain)
  fc.assert(
    fc.property(
      fc.array(
        word.map(text => printable(text)),
        { minLength: 1, maxLength: 60 },
      ),
      words => {
        t.strictSame(split('sh', words), words)
      },
    ),
    { numRuns: 20 },
  )
})

const hasBash = spawnSync('bash', ['-c', 'true']).status === 0

t.test('what cannot be shown is given in hex', { skip: !hasBash && 'there is no bash' }, async t => {
  t.equal(quoted('a\u001b1'), "$'a\\x1b'$'1'")
  t.strictSame(split('bash', nasty), nasty)
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), words => {
      t.strictSame(split('bash', words), words.map(wellFormed))
      t.ok(words.every(each => /^[^\p{Cc}]*$/u.test(quoted(each))))
    }),
    { numRuns: 20 },
  )
})

const result = sampleResult('record.replay', 'fail', { transport: 'ws' })

t.test('the line says what differs from the defaults, and no more', async t => {
  const lineOf = (run: Parameters<typeof sampleReport>[0], files = {}): string =>
    reproduction(sampleReport(run), result as never, files)
  const begin = 'sage-conformance run http://127.0.0.1:8080/ --only record.replay --transport ws'
  t.equal(lineOf({}), begin)
  t.equal(lineOf({ run: { seed: 'ff', salt: 'ff', jobs: 9, only: ['record.*'], skip: ['ws.*'] } }), begin)
  t.equal(
    lineOf({ run: { timeoutMs: 100, patienceSeconds: 31, strict: true, insecure: true } }),
    `${begin} --timeout 100 --patience 31 --insecure --strict`,
  )
  const flags = { did: 'did:web:x', kemKey: 'K', signingKey: 'S', http: 'http://x/?a&b', ws: 'ws://x/' }
  t.equal(
    lineOf({ run: { flags } }),
    `${begin} --did did:web:x --kem-key K --signing-key S --http 'http://x/?a&b' --ws ws://x/`,
  )
  const given = { run: { identity: 'did:key:z6Mk', metricsToken: true, ca: true } } as const
  t.equal(lineOf(given), `${begin} --identity FILE --metrics-token FILE --ca FILE`)
  t.equal(
    lineOf(given, { identity: 'my id', metricsToken: 't', ca: 'c.pem' }),
    `${begin} --identity 'my id' --metrics-token t --ca c.pem`,
  )
  t.equal(lineOf({}, { identity: 'my id' }), begin, 'a file that was not given')
})

t.test('what compares the transports is judged with what differed, over both if both were judged', async t => {
  const cases = [{ name: 'record.replay' }, { name: 'message.schema' }]
  const same = { check: 'ws.same-as-http', transport: 'ws', cases } as const
  const begin = 'sage-conformance run http://127.0.0.1:8080/ --only ws.same-as-http'
  t.equal(reproduction(sampleReport(), same), `${begin} --only record.replay --only message.schema`)
  t.equal(reproduction(sampleReport(), { ...same, cases: [{ name: '' }] }), begin)
  const overWs = sampleReport({ run: { transports: ['ws'] } })
  t.equal(reproduction(overWs, { ...same, cases: [] }), `${begin} --transport ws`)
})

t.test('the command of a client comes last, word by word', async t => {
  const target = { url: 'x', argv: ['node', 'my client.js', '--only', ''] }
  const client = { command: 'run-client', target } as const
  const begin = 'sage-conformance run-client --only record.replay --transport ws'
  t.equal(
    reproduction(sampleReport({ ...client, run: { timeoutMs: 10_000 } }), result),
    `${begin} -- node 'my client.js' --only ''`,
  )
  t.match(reproduction(sampleReport(client), result), `${begin} --timeout 5000 -- node`)
})
