import t from 'tap'
import { capabilities, transports, type Capability } from '../../../schemas/index.js'
import { checks } from '../../checks/index.js'
import { capabilitiesOf, type Check } from '../../runner/check.js'
import { verdictOf } from '../../runner/result.js'
import { honest, judgeFault } from '../judge-mutant.js'
import { all, parts, wire, withJson, type Fault } from '../responder/mutant.js'

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

/** The card of an agent that says to have `capability`; everything else is as it was. */
const claiming = (capability: Capability, card: Record<string, unknown>): Record<string, unknown> => {
  const endpoints = card['endpoints'] as { readonly http: string }
  const { origin, host } = new URL(endpoints.http)
  const urls = { ws: `ws://${host}/nowhere`, health: `${origin}/nowhere`, metrics: `${origin}/nowhere` }
  const url = Object.entries(urls).filter(([name]) => name === capability)
  return {
    ...card,
    endpoints: { ...endpoints, ...Object.fromEntries(url) },
    capabilities: [...new Set([...(card['capabilities'] as string[]), capability])].sort(),
  }
}

/** Signs and shows a card with a capability that is not there. */
const declares = (capability: Capability): Fault =>
  all(
    parts(({ canonicalJson }) => ({
      canonicalJson: value =>
        canonicalJson(
          typeof value === 'object' && value !== null && 'endpoints' in value && !('signature' in value)
            ? claiming(capability, value as Record<string, unknown>)
            : value,
        ),
    })),
    wire(['card'], answer => withJson(answer, card => claiming(capability, card))),
  )

/** So many checks of a capability are enough to see that it is missed: some wait for what does not come. */
const OF_EACH = 5

for (const capability of capabilities)
  t.test(`${capability} that is declared and not there is a failure, and nothing is skipped`, async t => {
    const serve = { capabilities: { [capability]: false } }
    const chapter = capability === 'echo' ? 'task.echo' : `${capability}.`
    const own = checks.filter(({ id, kind }) => kind === 'accepts' && id.startsWith(chapter)).slice(0, OF_EACH)
    const suite = [...checks.filter(({ prerequisite }) => prerequisite), ...own]
    const results = await judgeFault(declares(capability), { suite, transports, serve })
    const ended = (state: string): string[] => results.filter(each => each.state === state).map(({ check }) => check)
    t.strictSame(ended('skip'), [])
    t.strictSame(ended('error'), [])
    t.ok(ended('fail').some(check => check.startsWith(chapter)))
    t.equal(verdictOf(results, false), 'not conformant')
  })
