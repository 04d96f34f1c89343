import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { rootPath } from '../../../schemas/index.js'

// What ARCHITECTURE.md quotes stands in the file that it names beside it, as it is quoted.

const text = (file: string): string => readFileSync(join(rootPath, file), 'utf8')
const page = text('ARCHITECTURE.md')
const journey = page.slice(page.indexOf('## One requirement'), page.indexOf('## What holds'))

/** The blocks of a text that follow a link to a file, and that file. */
const quotesIn = (markdown: string): { readonly file: string; readonly quoted: string }[] =>
  [...markdown.matchAll(/\]\(([^)#]+)\)[^\n]*\n\n```(?:ts|json)?\n([^]*?)^```$/gm)].map(
    ([, file = '', quoted = '']) => ({
      file,
      quoted,
    }),
  )

const steps = [
  'spec/session.md',
  'spec/requirements.json',
  'schemas/requirement-id.ts',
  'vectors/receive-traces.json',
  'reference/agent/session-guards.ts',
  'conformance/checks/record.ts',
  'conformance/mutants/responder/guard-mutants.ts',
  'conformance/mutants/kill-matrix.json',
]

t.test('the way of a requirement goes through every room, and each quotation is one', async t => {
  const quotes = quotesIn(journey)
  t.strictSame(
    quotes.map(({ file }) => file),
    steps,
  )
  for (const { file, quoted } of quotes) t.ok(text(file).includes(quoted), `${file} holds\n${quoted}`)
  t.equal(journey.match(/^```console$/gm)?.length, 2, 'and ends in what two commands print, which the guides run')
})

t.test('a quotation that is none is noticed', async t => {
  const [quote] = quotesIn('see [x](LICENSE)\n\n```ts\nnothing of that kind\n```\n')
  t.equal(quote?.file, 'LICENSE')
  t.notOk(text('LICENSE').includes(quote?.quoted ?? ''))
})

t.test('the steps that it names are those of the check', async t => {
  const check = text('conformance/bootstrap/check.mjs')
  const rows = [...page.slice(page.indexOf('## What holds')).matchAll(/^\| ([a-z ]+) \|/gm)].map(
    ([, name = '']) => name,
  )
  const named = rows.filter(name => !name.startsWith('step'))
  t.ok(named.length > 5)
  for (const name of named) t.match(check, new RegExp(`\\['${name}`), name)
})
