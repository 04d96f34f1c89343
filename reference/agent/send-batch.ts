import type { Limits } from '../../schemas/index.js'
import { enforce } from '../bytes/guard.js'
import type { JsonValue } from '../bytes/json.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { parseResponse } from '../message/envelope.js'
import type { Answer } from '../transport/channel.js'
import type { InitiatorSeams } from './initiator-seams.js'
import { unknownOutcome, type SealedRequest } from './sealed-request.js'
import type { SendOptions } from './session.js'

/** One request of several that are sent together. */
export interface BatchRequest {
  readonly task: string
  readonly plaintext: Uint8Array
  readonly options?: Omit<SendOptions, 'signal' | 'timeoutMs'>
}

/** What came of one of them: the plaintext of its answer, or the error that it would have been rejected with alone. */
export type Settled =
  { readonly ok: true; readonly plaintext: Uint8Array } | { readonly ok: false; readonly error: SageError }

/** What came of a request, once it is known. @throws what is no SageError */
export const settle = async (sending: Promise<Uint8Array>): Promise<Settled> => {
  try {
    return { ok: true, plaintext: await sending }
  } catch (error) {
    if (!isSageError(error)) throw error
    return { ok: false, error }
  }
}

/** How the requests of one session are sealed, sent and opened. */
export interface Batching {
  readonly limits: Limits
  readonly seams: InitiatorSeams
  /** @throws SageError where the request cannot be sent */
  readonly seal: (request: BatchRequest) => Promise<SealedRequest>
  /** Posts the bytes of a batch. @throws SageError `unreachable` or `outcome_unknown` */
  readonly post: (body: Uint8Array) => Promise<Answer>
  /** Posts one message. @throws SageError `unreachable` or `outcome_unknown` */
  readonly postAlone: (request: SealedRequest) => Promise<Answer>
  /** @throws SageError */
  readonly open: (answer: Answer, request: SealedRequest) => Promise<Uint8Array>
}

interface Packed {
  readonly place: number
  readonly request: SealedRequest
  readonly text: string
}

const FRAME_BYTES = JSON.stringify({ messages: [] }).length

/** What the requests of a batch share: one POST, and the bytes that it may have. */
class Pack {
  readonly items: Packed[] = []
  private bytes = FRAME_BYTES

  constructor(private readonly limits: Limits) {}

  /** False, and nothing added, where there is no room. */
  add(item: Packed): boolean {
    const bytes = this.bytes + item.text.length + (this.items.length > 0 ? 1 : 0)
    const { maxBatch, maxMessageBytes } = this.limits
    if (this.items.length > 0 && (this.items.length >= maxBatch || bytes > maxMessageBytes)) return false
    this.items.push(item)
    this.bytes = bytes
    return true
  }

  /** Is it one message that has room alone, but not in a batch? */
  get isTooLarge(): boolean {
    return this.bytes > this.limits.maxMessageBytes
  }

  body(): Uint8Array {
    return encodeUtf8(`{"messages":[${this.items.map(({ text }) => text).join()}]}`)
  }
}

/** The elements of a batch response. @throws SageError `malformed`, `peer_rejected`, or the code of a plain error */
const responsesOf = ({ body }: Answer, { parts }: InitiatorSeams): readonly JsonValue[] => {
  const value = parts.parseJson(body)
  if (Array.isArray(value['responses']) && Object.keys(value).length === 1) return value['responses']
  const received = parseResponse(value, parts)
  if (received.kind === 'plain') throw new SageError(received.response.error, 'a plain error')
  throw new SageError('peer_rejected', 'the answer is not one to a batch')
}

/** The answers to a batch, each as if it had come alone. @throws SageError `outcome_unknown` */
const answersTo = (answer: Answer, pack: Pack, { seams }: Batching): readonly Answer[] => {
  const messages = pack.items.map(({ request }) => request.message)
  try {
    const responses = responsesOf(answer, seams)
    enforce(seams.guards.batchAnswer, { messages, responses })
    const placed = seams.initiatorParts.placeResponses(responses, messages)
    return messages.map((_, place) => ({ ...answer, body: encodeUtf8(JSON.stringify(placed[place] ?? null)) }))
  } catch (cause) {
    throw isSageError(cause) ? unknownOutcome(cause) : cause
  }
}

const sendPack = async (pack: Pack, batching: Batching): Promise<readonly Settled[]> => {
  const alone = async ({ request }: Packed): Promise<Uint8Array> =>
    batching.open(await batching.postAlone(request), request)
  const eachAlone = (): Promise<readonly Settled[]> => Promise.all(pack.items.map(item => settle(alone(item))))
  if (pack.isTooLarge) return eachAlone()
  let answers: readonly Answer[]
  try {
    answers = answersTo(await batching.post(pack.body()), pack, batching)
  } catch (error) {
    if (!isSageError(error)) throw error
    // Nothing was sent, and the transport that is left may have no batches.
    if (error.code === 'unreachable') return eachAlone()
    return pack.items.map(() => ({ ok: false, error }))
  }
  return Promise.all(pack.items.map(({ request }, index) => settle(batching.open(answers[index]!, request))))
}

/**
 * Sends requests in batches that the peer takes, one batch after the other, so that no record falls behind the receive
 * window. What came of each stands in its place.
 */
export const sendInBatches = async (requests: readonly BatchRequest[], batching: Batching): Promise<Settled[]> => {
  const settled: Settled[] = []
  let pack = new Pack(batching.limits)
  const flush = async (): Promise<void> => {
    const sent = pack
    pack = new Pack(batching.limits)
    const outcomes = await sendPack(sent, batching)
    for (const [index, { place }] of sent.items.entries()) settled[place] = outcomes[index]!
  }
  for (const [place, wanted] of requests.entries()) {
    try {
      const request = await batching.seal(wanted)
      const item = { place, request, text: JSON.stringify(request.message) }
      if (pack.add(item)) continue
      await flush()
      pack.add(item)
    } catch (error) {
      if (!isSageError(error)) throw error
      settled[place] = { ok: false, error }
    }
  }
  if (pack.items.length > 0) await flush()
  return settled
}
