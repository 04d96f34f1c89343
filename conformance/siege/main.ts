import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { attacks } from './attack/attacks/index.js'
import { battle, type Side } from './attack/battle.js'
import { startGoodClients } from './good/good-clients.js'
import { pour } from './inputs/pour.js'
import { broken } from './invariants.js'
import { markdownOf } from './markdown.js'
import { pageOf } from './page.js'
import { parseReport, type BattleReport, type InputsReport, type SiegeReport, type SoakReport } from './report.js'
import { soak } from './soak.js'
import { startTarget, type TargetKind } from './target/target.js'

// The command of `npm run siege`. Exit codes: 0, 1 for something that did not hold, 2 for a command that cannot be right.

const INPUTS = 1_000_000
const ROUNDS = 3

const whole = (name: string, text: string, least: number): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least) throw new Error(`--${name} takes a whole number from ${least}`)
  return value
}

const optionsOf = (args: readonly string[]) => {
  const text = { type: 'string' } as const
  const options = {
    only: text,
    seconds: text,
    inputs: text,
    soak: text,
    seed: text,
    json: text,
    markdown: text,
    keep: text,
  }
  const { values } = parseArgs({ args: [...args], options })
  const { only, seconds = '6', seed = '1', keep, json, markdown } = values
  const chosen = attacks.filter(({ name }) => name.startsWith(only ?? ''))
  // Inputs and a soak alone can be asked for: no attack is called so.
  if (chosen.length === 0 && only !== 'inputs' && only !== 'soak')
    throw new Error(
      `no attack begins with ${only}; there are ${attacks.map(({ name }) => name).join(', ')}, inputs, soak`,
    )
  return {
    chosen,
    seconds: whole('seconds', seconds, 1),
    inputs: whole('inputs', values.inputs ?? String(only === undefined || only === 'inputs' ? INPUTS : 0), 0),
    soakSeconds: whole('soak', values.soak ?? (only === 'soak' ? '600' : '0'), 0),
    seed: whole('seed', seed, 0),
    kept: keep === undefined ? undefined : parseReport(JSON.parse(readFileSync(keep, 'utf8'))),
    json,
    markdown,
  }
}

const readOptions = () => {
  try {
    return optionsOf(process.argv.slice(2))
  } catch (error) {
    console.error((error instanceof Error ? error.message : String(error)).split('\n')[0])
    return process.exit(2)
  }
}

const say = (line: string): void => console.error(line)

const openSide = async (kind: TargetKind): Promise<Side> => {
  const target = await startTarget(kind)
  return { kind, target, good: await startGoodClients(kind, target.url) }
}

const closeSide = async ({ target, good }: Side): Promise<void> => {
  await good.stop()
  await target.stop()
}

const { chosen, seconds, inputs, soakSeconds, seed, kept, json, markdown } = readOptions()

const makeBattles = async (): Promise<BattleReport[]> => {
  if (chosen.length === 0) return []
  const [reference, bare] = [await openSide('reference'), await openSide('bare')]
  const done: BattleReport[] = []
  for (const attack of chosen) {
    say(attack.name)
    done.push(await battle(attack, reference, bare, { seed, seconds, rounds: ROUNDS }))
  }
  await Promise.all([closeSide(reference), closeSide(bare)])
  return done
}

const pourInputs = async (): Promise<InputsReport | undefined> => {
  if (inputs === 0) return undefined
  say(`${inputs} inputs`)
  const target = await startTarget('roomy')
  const poured = await pour(target.url, inputs, seed, say)
  const { isAlive } = target
  const faults = isAlive ? (await target.inspect()).faults : 0
  await target.stop()
  return { ...poured, faults, isAlive }
}

const soakAll = async (): Promise<SoakReport | undefined> => {
  if (soakSeconds === 0) return undefined
  say(`soak of ${soakSeconds} s`)
  const side = await openSide('reference')
  const soaked = await soak(side, soakSeconds, seed, '', say)
  await closeSide(side)
  return soaked
}

const load = loadavg()[0] ?? 0
const [battles, poured, soaked] = [await makeBattles(), await pourInputs(), await soakAll()]
const [keptInputs, keptSoak] = [poured ?? kept?.inputs, soaked ?? kept?.soak]
const report: SiegeReport = {
  version: 1,
  date: new Date().toISOString().slice(0, 10),
  machine: {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    platform: `${process.platform} ${process.arch}`,
    load,
  },
  node: process.versions.node,
  battles: attacks.flatMap(({ name }) => [...battles, ...(kept?.battles ?? [])].find(each => each.name === name) ?? []),
  ...(keptInputs !== undefined && { inputs: keptInputs }),
  ...(keptSoak !== undefined && { soak: keptSoak }),
}
if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`)
if (markdown !== undefined) writeFileSync(markdown, pageOf(report))
else console.log(markdownOf(report))

const findings = broken({ battles, ...(poured && { inputs: poured }), ...(soaked && { soak: soaked }) })
for (const finding of findings) say(`did not hold: ${finding}`)
for (const finding of poured?.findings ?? []) say(finding)
process.exitCode = findings.length === 0 ? 0 : 1
