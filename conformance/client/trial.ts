import { defaultLimits, type Transport } from '../../schemas/index.js'
import { encodeBase64url } from '../probe/bytes/base64.js'
import { encodeUtf8 } from '../probe/bytes/utf8.js'
import { createEntropy, createUuid, type Entropy } from '../probe/entropy.js'
import { AnswerKeeper } from '../probe/initiator/transcript.js'
import type { Fault } from '../played/fault.js'
import { createPlayedIdentity } from '../played/identity.js'
import { setUp, type Stand } from '../played/stand.js'
import type { Circumstances, Run } from './check.js'
import type { Client, ClientTask } from './client.js'
import { transcriptOf } from './evidence.js'

/** What all runs of an initiator share. */
export interface Bench {
  readonly client: Client
  /** Milliseconds that each run of the initiator may take. */
  readonly timeoutMs: number
  /** Milliseconds that a WebSocket connection may be silent after a fault; two seconds by default. */
  readonly quietMs?: number
  readonly seed: Uint8Array
  readonly salt: Uint8Array
}

/** Under which circumstances an initiator is run, and over which transport. */
export interface Conditions {
  readonly circumstances: Circumstances
  readonly transport: Transport
}

const QUIET_MS = 2000

const TASK = 'conformance/answer@v1'

/** Chunks in which a stream is answered. */
const CHUNKS = 3

/** How often a payload is repeated that is to be worth compressing: 2924 bytes. */
const REPEATED = 65

const systemNow = (): bigint => BigInt(Date.now()) * 1_000_000n

/** One responder, against which an initiator is run again and again. */
export class Trial {
  readonly #keeper = new AnswerKeeper()

  private constructor(
    readonly stand: Stand,
    readonly conditions: Conditions,
    readonly bench: Bench,
    readonly entropy: Entropy,
  ) {}

  /** @param name tells the entropy of this responder from that of all others */
  static async begin(name: string, conditions: Conditions, bench: Bench): Promise<Trial> {
    const entropy = createEntropy(bench.seed, bench.salt, `client\n${name}\n${conditions.transport}`)
    const { limits, capabilities = [], cardless = false } = conditions.circumstances
    const setting = {
      identity: createPlayedIdentity(entropy),
      stranger: createPlayedIdentity(entropy),
      limits: { ...defaultLimits, ...limits },
      capabilities,
      card: !cardless,
      entropy,
      now: systemNow,
      quietMs: bench.quietMs ?? QUIET_MS,
    }
    return new Trial(await setUp(setting, conditions.transport), conditions, bench, entropy)
  }

  /** One run; with a fault or without. */
  async run(step: string, fault?: Fault): Promise<Run> {
    const { responder } = this.stand
    const { circumstances, transport } = this.conditions
    const { requests = 1, batch, stream, encoding, cardless } = circumstances
    // 46 bytes with its number: a record of it leaves bits of its b64 unused.
    const answer = `answers-${createUuid(this.entropy)}`
    const word = `payload-${createUuid(this.entropy)}`
    const payload = encoding ? Array.from({ length: REPEATED }, () => word).join(' ') : word
    const { identity, stranger } = responder.setting
    const expected = fault?.unexpected ? identity : (fault?.identity?.(identity, { stranger }) ?? identity)
    const task: ClientTask = {
      url: responder.addresses.origin,
      expectedDid: expected.did,
      task: TASK,
      payload,
      transport,
      requests,
      batch,
      stream,
      encoding,
      kemKey: cardless && encodeBase64url(identity.kemPublicKey),
    }
    const seen = responder.begin({
      task: TASK,
      answerOf: index => encodeUtf8(`${answer}-${index}`),
      chunks: CHUNKS,
      payload: encodeUtf8(payload),
      together: requests,
      ...(fault && { fault }),
    })
    const outcome = await this.bench.client(task, this.bench.timeoutMs).finally(() => responder.end())
    if (seen.ownFault !== undefined) throw seen.ownFault
    const answers = Array.from({ length: stream ? CHUNKS : requests }, (_, index) => `${answer}-${index}`)
    return { step, task, answers, seen, outcome, transcript: transcriptOf(step, seen.exchanges, this.#keeper) }
  }

  close(): Promise<void> {
    return this.stand.close()
  }
}
