import { parse } from 'marked'
import t from 'tap'
import { loadRequirementSet } from '../../trace/requirement-set.js'
import { encodeMarkdown } from '../markdown.js'
import { sampleReport, sampleResult, samples } from './sample.js'

const { requirements } = loadRequirementSet()
const textOf = (name: string): string => encodeMarkdown(samples[name]!, requirements)

t.test('the verdict comes first, and then the counts', async t => {
  const verdicts: Record<string, RegExp> = {
    'every state': /^# ❌|^# 💥 SAGE 1\.0: suite error\n\n\*\*2 pass, 2 fail, 2 warn, /,
    'all passed':
      /^# ✅ SAGE 1\.0: conformant\n\n\*\*1 pass\*\* in 1\.5 s\. 1 of [0-9]+ requirements judged by this run/,
    'nothing there': /^# ⚠️ SAGE 1\.0: incomplete\n\n<code>http&#58;.*ECONNREFUSED.*\n\n\*\*nothing was judged\*\*/,
    'a known failure': /^# ☑️ SAGE 1\.0: conformant but for 1 known failure\n/,
  }
  for (const [name, verdict] of Object.entries(verdicts)) t.match(textOf(name), verdict, name)
})

t.test('the matrix says what came of each chapter over each transport', async t => {
  const results = [
    sampleResult('record.replay', 'pass'),
    sampleResult('record.any-order', 'fail'),
    { ...sampleResult('record.replay', 'pass', { transport: 'ws' }), also: ['record.any-order' as const] },
    sampleResult('ws.ping', 'not-observed', { transport: 'ws' }),
  ]
  const lines = encodeMarkdown(sampleReport({ results }), requirements).split('\n')
  t.ok(lines.includes('| session | 1 broken, 1 hold | 2 hold |'))
  t.ok(lines.includes('| websocket | – | 1 not judged |'))
})

t.test('a failure is told with its sentence and its evidence, in a fence that nothing in it closes', async t => {
  const observed = '```\n</details> `x`'
  const text = encodeMarkdown(
    sampleReport({ results: [sampleResult('record.replay', 'fail', { observed })] }),
    requirements,
  )
  t.match(
    text,
    '### <code>record.replay over http</code>&#58; <code>fail (some&#45;reason)</code>'
      .replaceAll('&#58;', ':')
      .replaceAll('&#45;', '-'),
  )
  t.match(text, /\n> A receiver MUST .*\n> \n> <code>record\.replay \(MUST, spec\/session\.md&#58;[0-9]+\)<\/code>\n/)
  t.match(text, '\n````text\nobserved:  ```\\u000a</details> `x`\n')
  const html = await parse(text)
  t.match(html, 'observed:  ```\\u000a&lt;/details&gt; `x`')
})

t.test('what passed is folded, in a table', async t => {
  const text = textOf('all passed')
  t.match(
    text,
    '<details><summary>1 passed</summary>\n\n| check | state | observed |\n| --- | --- | --- |\n| <code>task.ping over http</code> | <code>pass</code> |  |\n\n</details>\n',
  )
  t.notMatch(text, 'What does not hold')
})
