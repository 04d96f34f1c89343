import t from 'tap'
import { capabilities, transports, type Capability } from '../../../schemas/index.js'
import { checks } from '../../checks/index.js'
import { capabilitiesOf, type Check } from '../../runner/check.js'
import { honest, judgeFault } from '../judge-mutant.js'

/** What a check needs, and nothing that it does: whether it is skipped depends on no more. */
const needsOnly = (check: Check): Check => {
  if (check.kind === 'compares' || check.prerequisite) return check
  const { id, requirement, also, needs, prerequisite } = check
  return { kind: 'accepts', id, requirement, also, needs, prerequisite, spec: { run: async () => undefined } }
}

/** The check and the transport of everything that was skipped, or that needs `capability`. */
const namesOf = (check: string, transport: string): string => `${check} over ${transport}`

const needing = (capability: Capability): string[] =>
  checks.flatMap(check =>
    transports
      .filter(transport => (check.needs.transport ?? transport) === transport)
      // Without WebSocket nothing is planned over it but what is about it alone.
      .filter(transport => capability !== 'ws' || check.needs.transport === transport)
      .filter(transport => capabilitiesOf({ ...check.needs, transport }).includes(capability))
      .map(transport => namesOf(check.id, transport)),
  )

for (const capability of capabilities)
  t.test(`without ${capability} the checks that need it are skipped, with that reason, and no others`, async t => {
    const serve = { capabilities: { [capability]: false } }
    const suite = checks.map(needsOnly)
    const results = await judgeFault(honest, { suite, transports, serve })
    const skipped = results.filter(({ state }) => state === 'skip')
    t.strictSame(skipped.map(({ check, transport }) => namesOf(check, transport)).sort(), needing(capability).sort())
    for (const { reasonCode, observed } of skipped)
      t.strictSame([reasonCode, observed], ['capability', `the target does not declare ${capability}`])
    t.strictSame(
      results.filter(({ state }) => !['skip', 'pass', 'not-observed'].includes(state)),
      [],
    )
  })
