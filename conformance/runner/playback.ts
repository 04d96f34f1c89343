import { isDeepStrictEqual } from 'node:util'
import type { Report } from '../../schemas/index.js'
import { parseBase64 } from '../probe/bytes/base64.js'
import { encodeUtf8 } from '../probe/bytes/utf8.js'
import { isEd25519Signature } from '../probe/crypto/ed25519.js'
import { parseDidKey } from '../probe/identity/did-key.js'
import {
  recordFrames,
  recordRequest,
  type RecordedFrames,
  type RecordedRequest,
  type RecordedResponseBody,
  type TranscriptEntry,
} from '../probe/initiator/transcript.js'
import type { Exchanged, WireRequest } from '../probe/net/exchange.js'
import type { Frame } from '../probe/net/frames.js'
import type { Arrived, Until } from '../probe/net/inbox.js'
import type { Upgraded } from '../probe/net/network.js'
import { Refusal } from '../probe/refusal.js'
import { placeOf } from './judge-check.js'
import { DISCOVERY } from './judge.js'
import type { Evidence } from './recorder.js'
import { STOPPED, type CaseResult, type CheckResult } from './result.js'
import { SKEW } from './run.js'
import type { Scene, Stop, World } from './world.js'

/** Longest wait for an answer whose turn has not come; a recording that can be played never waits. */
const PATIENCE_MS = 500

const nothing: Evidence = { clock: [], transcript: [] }

const bytesOf = (body: RecordedResponseBody): Uint8Array | undefined => {
  if (typeof body === 'string') return encodeUtf8(body)
  return 'base64' in body ? parseBase64(body.base64) : undefined
}

/** What a recorded request came to; nothing where the report does not hold it. */
const exchangedIn = ({ response, failure }: TranscriptEntry): Exchanged | undefined => {
  if (!response) return failure
  const body = bytesOf(response.body)
  return body && { kind: 'response', response: { ...response, body } }
}

/** What recorded frames came to; nothing where the report does not hold it. */
const arrivedIn = ({ arrived, failure }: TranscriptEntry): Arrived | undefined => {
  if (failure?.kind === 'timeout' || failure?.kind === 'reset') return failure
  if (arrived?.kind !== 'message') return arrived
  const body = bytesOf(arrived.body)
  return body && { ...arrived, body }
}

/** Was it never sent, since there was no connection for it? */
const isUnsent = ({ request }: TranscriptEntry): boolean => 'connection' in request && request.connection < 0

const isSignedBy = (did: string, message: Uint8Array, signature: string): boolean => {
  try {
    return isEd25519Signature(parseDidKey(did), message, parseBase64(signature))
  } catch (cause) {
    if (cause instanceof Refusal) return false
    throw cause
  }
}

const isStop = (reasonCode: string): reasonCode is Stop => reasonCode === 'interrupted' || reasonCode === 'target-lost'

/** What kept a check or a case from being judged to its end, if so. */
const stopOf = ({ state, reasonCode }: Pick<CaseResult, 'state' | 'reasonCode'>): Stop | undefined =>
  state === 'blocked' && isStop(reasonCode) ? reasonCode : undefined

const isEmpty = ({ clock, transcript }: Evidence): boolean => clock.length + transcript.length === 0

/** One case, played from its recording. */
class PlayedScene {
  readonly #played: boolean[]
  /** Entries whose answers whoever asked has, or never can have. */
  readonly #answered: boolean[]
  /** The case does what it did not do when it was recorded: from there on nothing of it means anything. */
  #hasLeft = false
  /** So many answers have been given, in the order in which they came. */
  #given = 0
  #connections = 0
  #read = 0
  #waiting: (() => void)[] = []

  constructor(
    readonly evidence: Evidence,
    /** Says that the case does something that the recording does not hold. */
    readonly leave: (what: string) => void,
  ) {
    this.#played = evidence.transcript.map(isUnsent)
    this.#answered = [...this.#played]
  }

  get isOver(): boolean {
    return this.#answered.every(answered => answered)
  }

  now(): bigint {
    const reading = this.evidence.clock[this.#read++]
    if (reading === undefined) this.#differ('the clock is read more often than it was')
    return BigInt(reading ?? this.evidence.clock.at(-1) ?? 0)
  }

  sign(did: string, message: Uint8Array): Uint8Array {
    const found = this.evidence.signatures?.find(signature => isSignedBy(did, message, signature))
    if (found === undefined) this.#differ(`no recorded signature of ${did} is over what is to be signed`)
    return found === undefined ? new Uint8Array(64) : parseBase64(found)
  }

  async exchange(request: WireRequest, url: URL): Promise<Exchanged> {
    const asked = recordRequest(request, url)
    const entry = await this.#play(asked, `a request that is not in the recording: ${asked.method} ${asked.url}`)
    return (entry && exchangedIn(entry)) ?? this.#unkept()
  }

  async upgrade(request: WireRequest, url: URL): Promise<Upgraded> {
    const exchanged = await this.exchange(request, url)
    const stands = exchanged.kind === 'response' && exchanged.response.status === 101
    return stands ? { exchanged, connection: this.#connections++ } : { exchanged }
  }

  async converse(connection: number, frames: readonly Frame[], until: Until): Promise<Arrived> {
    const asked = recordFrames(connection, frames, until)
    const entry = await this.#play(asked, `frames that are not in the recording, over connection ${connection}`)
    return (entry && arrivedIn(entry)) ?? this.#unkept()
  }

  /** The recorded entry of what is asked, once its turn has come. */
  async #play(asked: RecordedRequest | RecordedFrames, otherwise: string): Promise<TranscriptEntry | undefined> {
    const { transcript } = this.evidence
    const at = transcript.findIndex((entry, index) => !this.#played[index] && isDeepStrictEqual(entry.request, asked))
    const entry = transcript[at]
    if (!entry) return this.#differ(otherwise)
    this.#played[at] = true
    // Answers come in the order in which they came: what a check does next may depend on it.
    while (!this.#isTurnOf(at) && !this.#hasLeft)
      if (!(await this.#next())) return this.#differ('the answers cannot have come in this order')
    this.#answered[at] = true
    // Whoever gets this answer goes on as far as it can before the next one comes.
    setImmediate(() => {
      this.#given = at + 1
      for (const wake of this.#waiting.splice(0)) wake()
    })
    return entry
  }

  #isTurnOf(at: number): boolean {
    return this.evidence.transcript.slice(this.#given, at).every(isUnsent)
  }

  #unkept(): { kind: 'reset'; reason: string } {
    this.#differ('an answer was too long to be kept: the case cannot be judged again')
    return { kind: 'reset', reason: 'not in the recording' }
  }

  /** Waits for another answer to be given; tells whether one was. */
  #next(): Promise<boolean> {
    return new Promise(resolve => {
      const timer = setTimeout(() => resolve(false), PATIENCE_MS)
      this.#waiting.push(() => {
        clearTimeout(timer)
        resolve(true)
      })
    })
  }

  #differ(what: string): undefined {
    if (!this.#hasLeft) this.leave(what)
    this.#hasLeft = true
  }
}

/** Where, and how, a replay left the recording. */
export interface Departure {
  readonly place: string
  readonly what: string
}

/**
 * The world as a report recorded it: time, answers and signatures out of the recording, no network. How the run ended
 * before its time, if it did, no recording can show: that is taken as the report has it, and nothing but `blocked` comes
 * of it.
 */
export class Playback implements World {
  skew = 0n
  /** Where the replay left the recording, in the order in which it did. */
  readonly departures: Departure[] = []
  readonly #scenes = new Map<string, PlayedScene>()
  readonly #cases: ReadonlyMap<string, CaseResult>
  readonly #checks: ReadonlyMap<string, CheckResult>
  readonly #wasCut: boolean

  constructor(readonly report: Report) {
    const results = report.results as readonly CheckResult[]
    this.#checks = new Map(results.map(result => [placeOf(result.check, result.transport), result]))
    this.#cases = new Map(
      results.flatMap(({ check, transport, cases }) =>
        cases.map(one => [placeOf(check, transport, one.name), one] as const),
      ),
    )
    this.#wasCut = results.some(({ cases, ...result }) => [result, ...cases].some(one => isStop(one.reasonCode)))
  }

  scene(place: string): Scene {
    const evidence = this.#evidenceOf(place)
    if (!evidence) this.departures.push({ place, what: 'it was to be run, and the report holds nothing of it' })
    const played = new PlayedScene(evidence ?? nothing, what => this.departures.push({ place, what }))
    this.#scenes.set(place, played)
    const { exactClock, patienceSeconds, identity } = this.report.run
    return {
      clock: {
        exact: exactClock,
        now: () => played.now(),
        elapse: async seconds => (exactClock || seconds <= patienceSeconds ? 'elapsed' : 'too-long'),
      },
      network: {
        exchange: (request, url) => played.exchange(request, url),
        upgrade: (request, url) => played.upgrade(request, url),
        converse: (connection, frames, until) => played.converse(connection, frames, until),
      },
      leave: () => undefined,
      identity: identity === undefined ? undefined : { did: identity, sign: message => played.sign(identity, message) },
    }
  }

  #evidenceOf(place: string): Evidence | undefined {
    if (place === DISCOVERY) return this.report.discovery
    return place === SKEW ? this.report.skew : this.#cases.get(place)
  }

  stopped(place: string): Stop | undefined {
    const check = this.#checks.get(place)
    if (check) return check.cases.length === 0 ? stopOf(check) : undefined
    const one = this.#cases.get(place)
    const scene = this.#scenes.get(place)
    const stop = one && stopOf(one)
    if (stop) return (scene?.isOver ?? isEmpty(one)) ? stop : undefined
    // Others may have lost the target meanwhile, so that a case did not close its sessions.
    return this.#wasCut && scene?.isOver ? 'target-lost' : undefined
  }

  lose(): void {}

  halt(): void {}

  isHalted(place: string): boolean {
    const { state, reasonCode } = this.#checks.get(place) ?? {}
    return state === 'not-observed' && reasonCode === STOPPED
  }
}
