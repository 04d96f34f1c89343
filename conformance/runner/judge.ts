import type { Report } from '../../schemas/index.js'
import { parseBase64url } from '../probe/bytes/base64.js'
import { parseHex } from '../probe/bytes/hex.js'
import { encodeTime } from '../probe/bytes/time.js'
import { AnswerKeeper } from '../probe/initiator/transcript.js'
import { loadRequirementSet } from '../trace/requirement-set.js'
import { isUnknownFailure } from './baseline.js'
import type { Check } from './check.js'
import { discover, type Discovery } from './discover.js'
import { Recorder, type Evidence } from './recorder.js'
import type { CheckResult } from './result.js'
import { runChecks, type Ran, type RunObserver } from './run.js'
import type { World } from './world.js'

/** Place of the discovery of the target. */
export const DISCOVERY = 'discovery'

/** What a run is asked to do: all that a report says of it, but what the clock said. */
export type Settings = Omit<Report['run'], 'startedAt' | 'seconds'>

/** What a run found. */
export interface Judged extends Ran {
  readonly target: Report['target']
  readonly startedAt: string
  readonly discovery: Evidence
  /** Why nothing was judged, if so. */
  readonly problem?: string | undefined
}

const identityRestsOn = {
  'did:key': 'the DID itself',
  flags: '--signing-key',
  card: "the card's own claim, over the connection that brought it",
}

/** What the report says of the target. */
const describeTarget = (url: string, found: Discovery, skew: bigint): Report['target'] => {
  const clockAheadSeconds = Number(skew / 1_000_000n) / 1000
  if (found.kind !== 'target') return { url, capabilities: [], identityRestsOn: 'nothing', clockAheadSeconds }
  const { did, http, ws, card, capabilities } = found.target
  return {
    url,
    did,
    http,
    ...(ws === undefined ? {} : { ws }),
    ...(card?.name === undefined ? {} : { name: card.name }),
    capabilities: [...capabilities],
    identityRestsOn: identityRestsOn[found.keyFrom],
    clockAheadSeconds,
  }
}

const parseFlags = ({ did, kemKey, signingKey, http, ws }: Settings['flags']) => ({
  did,
  kemKey: kemKey === undefined ? undefined : parseBase64url(kemKey),
  signingKey: signingKey === undefined ? undefined : parseBase64url(signingKey),
  http,
  ws,
})

/**
 * Judges the responder at `url`: finds it, and runs the checks that `settings` select. The same for a live target and for
 * a recorded one: all that comes from outside comes through `world`.
 * @throws UnknownSelection before anything is sent, Refusal where a setting is not of its form
 */
export const judge = async (
  checks: readonly Check[],
  url: URL,
  settings: Settings,
  world: World,
  observer: RunObserver = {},
): Promise<Judged> => {
  const [seed, salt, flags] = [parseHex(settings.seed), parseHex(settings.salt), parseFlags(settings.flags)]
  const keeper = new AnswerKeeper()
  const recorder = new Recorder(world.scene(DISCOVERY))
  const startedAt = encodeTime(recorder.clock.now())
  const found = await discover(url, flags, recorder, keeper)
  const about = () => ({
    target: describeTarget(url.href, found, world.skew),
    startedAt,
    discovery: recorder.evidence,
  })
  if (found.kind === 'nothing') return { ...about(), results: [], problem: found.why }

  world.skew += found.skew
  observer.begin?.(url.href)
  const levels = new Map(loadRequirementSet().requirements.map(({ id, level }) => [id as string, level as string]))
  const { target, resolve } = found
  const levelOf = (id: string): string => levels.get(id) ?? 'MUST'
  const { metricsToken, timeoutMs } = settings
  const surroundings = { target, resolve, keeper, hasMetricsToken: metricsToken === true, timeoutMs }
  const environment = { world, surroundings, seed, salt, levelOf }
  const isEnd = (result: CheckResult): boolean => settings.failFast === true && isUnknownFailure(result, settings)
  const ran = await runChecks(checks, environment, { ...settings, isEnd }, observer)
  return { ...about(), ...ran }
}
