import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { roomPath, transports, type Report } from '../../schemas/index.js'
import { checks } from '../checks/index.js'
import { encodeHex } from '../probe/bytes/hex.js'
import { createReport } from '../report/json.js'
import { createRealClock } from '../runner/clock.js'
import { judge, type Settings } from '../runner/judge.js'
import { LiveWorld } from '../runner/world.js'
import { compatibilityPage } from '../trace/compatibility-page.js'
import { loadRequirementSet } from '../trace/requirement-set.js'
import { startResponder } from './responder-process.js'

// `npm run compatibility`: judges each profile of the reference, a process of its own, and writes what came of it.

const settings: Settings = {
  seed: '00',
  salt: encodeHex(randomBytes(16)),
  transports: [...transports],
  only: [],
  skip: [],
  jobs: 4,
  timeoutMs: 5000,
  patienceSeconds: 2,
  exactClock: false,
  strict: false,
  flags: {},
}

// The limits of the second are so low that expiry is seen within six seconds.
const profiles = [
  { name: 'default', settings },
  { name: 'low-limits', settings: { ...settings, patienceSeconds: 6, jobs: 12 } },
] as const

const judgeProfile = async (name: string, settings: Settings): Promise<Report> => {
  const program = roomPath('conformance', 'bin', 'sage-conformance.js')
  const responder = await startResponder(process.execPath, [program, 'serve', '--profile', name])
  try {
    const reach = { timeoutMs: settings.timeoutMs, signal: new AbortController().signal }
    const world = new LiveWorld(createRealClock(settings.patienceSeconds), reach, undefined, undefined)
    return createReport('run', settings, await judge(checks, new URL(responder.url), settings, world), 0)
  } finally {
    await responder.stop()
  }
}

const judged: { name: string; report: Report }[] = []
for (const { name, settings } of profiles) {
  const report = await judgeProfile(name, settings)
  console.log(`${name}: ${report.verdict}`)
  judged.push({ name, report })
}

// Of a reference that fails there is nothing to publish.
if (judged.some(({ report }) => report.exitStatus !== 0)) process.exitCode = 1
else {
  const ids = checks.map(({ id }) => id)
  writeFileSync(
    roomPath('conformance', 'compatibility.md'),
    compatibilityPage(judged, loadRequirementSet().requirements, ids),
  )
  console.log('written conformance/compatibility.md')
}
