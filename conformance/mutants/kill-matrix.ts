import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import { Worker } from 'node:worker_threads'
import { roomPath, transports, type VectorFile } from '../../schemas/index.js'
import { checks } from '../checks/index.js'
import { parseScript } from '../bootstrap/script-options.js'
import { clientChecks } from '../client/all.js'
import { compareAnswer } from '../vectors/compare.js'
import { loadVectorFiles, ownVectors } from '../vectors/load.js'
import { namedTests } from '../vectors/select.js'
import { derivationMutants } from './derivation/all.js'
import { mutantPeer } from './derivation/mutant.js'
import { mutants } from './index.js'
import { initiatorMutants } from './initiator/all.js'
import { judgeInitiator } from './initiator/judge-initiator.js'
import { honest, isAsItShould, judgeFault, withoutEach, type Trial } from './judge-mutant.js'
import type { KillResult, KillTask, Role } from './kill-worker.js'

// Every mutant against the checks that name it and 20 others, compared with the committed matrix.
//
// The suite judges itself: no mutant survives, no check finds nothing, and the reference passes.

const { values } = parseScript(
  {
    name: 'npm run kill-matrix',
    purpose: 'judges every broken agent with the checks that name it, and the honest one',
    uses: [
      ['--full', 'with all checks, to see which others find it'],
      ['--write', 'writes a new matrix'],
    ],
  },
  { options: { full: { type: 'boolean' }, write: { type: 'boolean' } } },
)
const BYSTANDERS = 20
const path = roomPath('conformance', 'mutants', 'kill-matrix.json')

/** Which check or vector finds which mutant, and by what. */
interface Matrix {
  readonly responders: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly initiators: Matrix['responders']
  readonly cores: Matrix['responders']
}

const problems: string[] = []

/** Judges every agent that is wrong on purpose, on as many threads as there are cores. */
const judgeAgents = async (): Promise<KillResult[]> => {
  const bystanders = values.full ? checks.length + clientChecks.length : BYSTANDERS
  const tasks: KillTask[] = [
    ...mutants.map(({ name }) => ({ role: 'responder' as const, mutant: name, bystanders })),
    // Each of these checks starts responders of its own and takes longer: their bystanders are fewer.
    ...initiatorMutants.map(({ name }) => ({
      role: 'initiator' as const,
      mutant: name,
      bystanders: values.full ? bystanders : BYSTANDERS / 5,
    })),
  ]
  const total = tasks.length
  const results: KillResult[] = []
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./kill-worker.js', import.meta.url))
      const next = (): void => {
        const task = tasks.shift()
        if (task) worker.postMessage(task)
        else void worker.terminate().then(() => resolve())
      }
      worker.on('error', reject).on('message', (result: KillResult) => {
        results.push(result)
        if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${results.length}/${total}`)
        next()
      })
      next()
    })
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, work))
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K')
  return results
}

/** Judges every core that is wrong on purpose by the vector that names it. */
const judgeCores = (): Matrix['cores'] => {
  const files = loadVectorFiles(ownVectors()).map(({ name, content }) => ({ name, file: content as VectorFile }))
  const tests = new Map(namedTests(files).map(test => [test.id, test]))
  const rows = derivationMutants.map(mutant => {
    const { name, kills } = mutant
    const named = tests.get(kills.vector)
    const found = named && compareAnswer(named.test, mutantPeer(mutant)(named.op, named.test.input))
    if (!found) problems.push(`${name} survives ${kills.vector}`)
    const how = found === undefined ? 'nothing' : 'step' in found ? `step ${found.step}` : found.reason
    return [name, { [kills.vector]: how }] as const
  })
  return inOrder(Object.fromEntries(rows))
}

const inOrder = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))

const judgeReference = async (): Promise<void> => {
  const trials: readonly Trial[] = [
    { transports },
    { transports, serve: { limits: { maxSessionsPerDid: 4 } } },
    ...withoutEach.map(serve => ({ serve })),
  ]
  for (const trial of trials)
    for (const result of await judgeFault(honest, trial)) {
      const { check, state, reasonCode, observed } = result
      const how = `${state} (${observed ?? reasonCode}) where it is served as ${JSON.stringify(trial.serve ?? {})}`
      if (!isAsItShould(result)) problems.push(`the responder without a fault: ${check} ends in ${how}`)
    }
  for (const { check, state, reasonCode, observed } of await judgeInitiator({}))
    if (state !== 'pass')
      problems.push(`the initiator without a fault: ${check} ends in ${state} (${observed ?? reasonCode})`)
}

/**
 * A matrix as far as it is the same in every run: which check finds which agent. By what a check finds one that races, or
 * that says nothing, may differ from run to run.
 */
const lasting = ({ responders, initiators, cores }: Matrix): unknown => {
  const names = (rows: Matrix['responders']): [string, string[]][] =>
    Object.entries(rows).map(([mutant, found]) => [mutant, Object.keys(found)])
  return { responders: names(responders), initiators: names(initiators), cores }
}

const compare = (matrix: Matrix): void => {
  if (values.write) return writeFileSync(path, `${JSON.stringify(matrix, null, 2)}\n`)
  const committed = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Matrix) : undefined
  if (!committed || !isDeepStrictEqual(lasting(committed), lasting(matrix)))
    problems.push(
      'conformance/mutants/kill-matrix.json is not what was found: npm run kill-matrix -- --write, and look at the difference',
    )
}

const started = performance.now()
await judgeReference()
const results = await judgeAgents()
for (const { mutant, missedBy, errors } of results) {
  for (const [check, how] of Object.entries(missedBy)) problems.push(`${mutant} survives ${check} (${how})`)
  for (const check of errors) problems.push(`${mutant} makes ${check} a fault of the suite`)
}
const finders = new Set(results.flatMap(({ killedBy }) => Object.keys(killedBy)))
for (const { id } of [...checks, ...clientChecks]) if (!finders.has(id)) problems.push(`${id} finds no mutant`)
const rowsOf = (role: Role): Matrix['responders'] =>
  inOrder(
    Object.fromEntries(
      results.filter(each => each.role === role).map(({ mutant, killedBy }) => [mutant, inOrder(killedBy)]),
    ),
  )
compare({ responders: rowsOf('responder'), initiators: rowsOf('initiator'), cores: judgeCores() })

const beside = results.filter(result => result.beside.length > 0).length
const seconds = ((performance.now() - started) / 1000).toFixed(1)
for (const problem of problems) console.log(problem)
console.log(
  `${mutants.length} responders, ${initiatorMutants.length} initiators and ${derivationMutants.length} cores wrong in one place; ` +
    `${checks.length} checks of responders, ${clientChecks.length} of initiators: ` +
    `${problems.length === 0 ? 'none survives' : `${problems.length} problems`}; ${beside} were found by others too; ${seconds} s`,
)
process.exitCode = problems.length === 0 ? 0 : 1
