import fc from 'fast-check'
import t from 'tap'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { Refusal } from '../../refusal.js'
import { parseMetrics, type Exposition } from '../text-format.js'

const read = (text: string): Exposition => parseMetrics(encodeUtf8(text))
const refusal = { name: 'Refusal', layer: 'encoding' }

// The example of the format's own page, shortened.
const example = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="0.1"} 33444
http_request_duration_seconds_bucket{le="+Inf"} 144320
http_request_duration_seconds_sum 53423
http_request_duration_seconds_count 144320

# TYPE rpc_duration_seconds summary
rpc_duration_seconds{quantile="0.01"} 3102
rpc_duration_seconds{quantile="0.99"} 76656
rpc_duration_seconds_sum 1.7560473e+07
rpc_duration_seconds_count 2693
`

t.test('the example of the format is read', async t => {
  const metrics = read(example)
  t.strictSame(
    [...metrics].map(([name, { type, samples }]) => [name, type, samples.length]),
    [
      ['http_requests_total', 'counter', 2],
      ['msdos_file_access_time_seconds', 'untyped', 1],
      ['metric_without_timestamp_and_labels', 'untyped', 1],
      ['something_weird', 'untyped', 1],
      ['http_request_duration_seconds', 'histogram', 5],
      ['rpc_duration_seconds', 'summary', 4],
    ],
  )
  const [odd] = metrics.get('msdos_file_access_time_seconds')!.samples
  t.equal(odd?.labels.get('error'), 'Cannot find file:\n"FILE.TXT"')
  t.equal(odd?.labels.get('path'), 'C:\\DIR\\FILE.TXT')
  t.equal(metrics.get('something_weird')?.samples[0]?.value, Infinity)
})

t.test('blanks and tabs where they mean nothing', async t => {
  const [sample] = read('\t a {\tb = "c" , d="e", } \t 1e3 \n').get('a')!.samples
  t.strictSame(
    [[...sample!.labels], sample!.value],
    [
      [
        ['b', 'c'],
        ['d', 'e'],
      ],
      1000,
    ],
  )
  t.equal(read('').size, 0)
  t.equal(read('\n\n#\n# any comment\n#TYPE\n').size, 0)
})

t.test('what the format does not allow is refused', async t => {
  const wrong: Record<string, string> = {
    'no end of the last line': 'a 1',
    'no value': 'a\n',
    'a carriage return': 'a 1\r\n',
    'a value that is no number': 'a one\n',
    'a hyphen in a name': 'a-b 1\n',
    'a name that begins with a digit': '1a 1\n',
    'a time that is none': 'a 1 2.5\n',
    'something after the time': 'a 1 2 3\n',
    'a label without quotes': 'a{b=c} 1\n',
    'a label without a value': 'a{b} 1\n',
    'a label twice': 'a{b="1",b="2"} 1\n',
    'labels without a comma': 'a{b="1"c="2"} 1\n',
    'labels without an end': 'a{b="1" 1\n',
    'an escape of nothing': 'a{b="\\x"} 1\n',
    'a series twice': 'a{b="1",c="2"} 1\na{c="2",b="1"} 2\n',
    'an unknown type': '# TYPE a number\na 1\n',
    'a type twice': '# TYPE a gauge\n# TYPE a gauge\na 1\n',
    'a type after its samples': 'a 1\n# TYPE a gauge\n',
    'help twice': '# HELP a b\n# HELP a b\n',
    'a metric in two groups': 'a{b="1"} 1\nc 1\na{b="2"} 1\n',
    'a histogram without a sum': '# TYPE a histogram\na_bucket{le="+Inf"} 1\na_count 1\n',
    'a histogram without +Inf': '# TYPE a histogram\na_bucket{le="1"} 1\na_sum 1\na_count 1\n',
    'a histogram whose count is another': '# TYPE a histogram\na_bucket{le="+Inf"} 1\na_sum 1\na_count 2\n',
    'buckets that fall': '# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
    'bounds that fall':
      '# TYPE a histogram\na_bucket{le="2"} 1\na_bucket{le="1"} 1\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
    'a bucket without a bound': '# TYPE a histogram\na_bucket 1\na_sum 1\na_count 1\n',
  }
  for (const [name, text] of Object.entries(wrong)) t.throws(() => read(text), refusal, name)
  t.throws(() => parseMetrics(Uint8Array.of(0x61, 0x20, 0x31, 0xff, 0x0a)), refusal)
})

t.test('what is written in the format is read as it was', async t => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}x$/)
  const label = fc.stringMatching(/^[a-z_][a-z0-9_]{0,5}$/)
  const value = fc.oneof(fc.integer(), fc.double({ noNaN: true }))
  const written = (text: string): string =>
    `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
  const shown = (number: number): string => (Number.isFinite(number) ? String(number) : number > 0 ? '+Inf' : '-Inf')
  fc.assert(
    fc.property(
      fc.dictionary(
        name,
        fc.tuple(fc.dictionary(label, fc.string({ unit: 'binary' }), { noNullPrototype: true }), value),
        {
          noNullPrototype: true,
        },
      ),
      series => {
        const lines = Object.entries(series).map(([of, [labels, number]]) => {
          const said = Object.entries(labels).map(([key, text]) => `${key}=${written(text)}`)
          return `# TYPE ${of} gauge\n${of}{${said.join()}} ${shown(number)}\n`
        })
        const metrics = read(lines.join(''))
        for (const [of, [labels, number]] of Object.entries(series)) {
          const [sample] = metrics.get(of)!.samples
          t.ok(sample?.value === number)
          t.strictSame(Object.fromEntries(sample!.labels), labels)
        }
      },
    ),
    { numRuns: 60 },
  )
})

t.test('any bytes are metrics or a refusal', async t => {
  const near = fc
    .tuple(fc.nat(example.length - 1), fc.string({ maxLength: 3 }))
    .map(([at, text]) => encodeUtf8(example.slice(0, at) + text + example.slice(at + text.length)))
  fc.assert(
    fc.property(fc.oneof(near, fc.uint8Array({ maxLength: 80 })), bytes => {
      try {
        t.ok(parseMetrics(bytes).size >= 0)
      } catch (cause) {
        t.ok(cause instanceof Refusal)
      }
    }),
  )
})
