import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { cases } from './cases/index.js'
import { regressions } from './compare.js'
import { runCase } from './harness.js'
import { markdownOf } from './markdown.js'
import { pageOf } from './page.js'
import { parseReport, type BenchReport, type CaseReport } from './report.js'

// The command of `npm run bench`. Exit codes: 0, 1 for a ratio that got worse, 2 for a command that cannot be right.

const DEFAULT_ROUNDS = 15

const usage = (text: string): never => {
  console.error(text)
  process.exit(2)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!

const readReport = (path: string | undefined): BenchReport | undefined =>
  path === undefined ? undefined : parseReport(JSON.parse(readFileSync(path, 'utf8')))

const optionsOf = (args: readonly string[]) => {
  const text = { type: 'string' } as const
  const options = { only: text, json: text, markdown: text, rounds: text, compare: text, keep: text }
  const { values } = parseArgs({ args: [...args], options })
  const rounds = Number(values.rounds ?? DEFAULT_ROUNDS)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1')
  const chosen = cases.filter(({ name }) => name.startsWith(values.only ?? ''))
  if (chosen.length === 0)
    throw new Error(`no case begins with ${values.only}; there are ${cases.map(c => c.name).join(', ')}`)
  return { ...values, rounds, chosen, before: readReport(values.compare), kept: readReport(values.keep)?.cases ?? [] }
}

const readOptions = () => {
  try {
    return optionsOf(process.argv.slice(2))
  } catch (error) {
    return usage(messageOf(error))
  }
}

const { chosen, rounds, json, markdown, before, kept } = readOptions()
const done: CaseReport[] = []
for (const each of chosen) {
  console.error(each.name)
  done.push(await runCase(each, rounds))
}
const report: BenchReport = {
  version: 1,
  date: new Date().toISOString().slice(0, 10),
  machine: {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    platform: `${process.platform} ${process.arch}`,
  },
  node: process.versions.node,
  cases: cases.flatMap(({ name }) => [...done, ...kept].find(each => each.name === name) ?? []),
}
if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`)
if (markdown !== undefined) writeFileSync(markdown, pageOf(report))
else console.log(markdownOf(report))

const worse = before === undefined ? [] : regressions(before, report)
for (const { row, before, after } of worse) console.error(`worse: ${row}: ${before} before, ${after} now`)
process.exitCode = worse.length === 0 ? 0 : 1
