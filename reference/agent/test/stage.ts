import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { SessionMessage } from '../../../schemas/index.js'
import { encodeBase64, parseBase64 } from '../../bytes/base64.js'
import { parseJson, type JsonObject } from '../../bytes/json.js'
import { encodeTime, SECOND } from '../../bytes/time.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { createRequest, type RequestInput } from '../../handshake/request.js'
import { verifyResponse } from '../../handshake/verify-response.js'
import type { ResponseEnvelope } from '../../message/aad.js'
import { parseResponse } from '../../message/envelope.js'
import { honestParts as parts, type Parts } from '../../parts.js'
import { deriveKeySchedule } from '../../session/key-schedule.js'
import { openRecord, sealRecord } from '../../session/record.js'
import type { Agent } from '../agent.js'
import { randomUuid, systemEntropy as entropy, type Clock } from '../clock.js'
import { createIdentity, type Identity } from '../identity.js'

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  private ms = 0
  private readonly start = BigInt(Date.now()) * 1_000_000n

  now(): bigint {
    return this.start + (BigInt(this.ms) * SECOND) / 1000n
  }

  monotonic(): number {
    return this.ms
  }

  advance(seconds: number): void {
    this.ms += seconds * 1000
  }
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: JsonObject
}

export interface PostOptions {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string | string[]>
}

const asBytes = (body: Uint8Array | string | object): Uint8Array => {
  if (body instanceof Uint8Array) return body
  return encodeUtf8(typeof body === 'string' ? body : JSON.stringify(body))
}

/** POSTs `body`, an object as JSON, to the endpoint of an agent, on a connection of its own. */
export const post = (
  url: string,
  body: Uint8Array | string | object,
  { method = 'POST', path = '/messages', headers = {} }: PostOptions = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = httpRequest(
      url + path,
      { method, headers: { 'content-type': 'application/json', ...headers }, agent: false },
      response => {
        const chunks: Uint8Array[] = []
        response.on('error', reject).on('data', (chunk: Uint8Array) => chunks.push(chunk))
        response.on('end', () => {
          const bytes = Buffer.concat(chunks)
          const json = bytes.length > 0 ? parseJson(bytes) : {}
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: bytes.toString(), json })
        })
      },
    )
    request.on('error', reject)
    request.end(asBytes(body))
  })

/** An initiator that is made of steps, so that a test can take a wrong one. */
export class StepInitiator {
  constructor(
    readonly agent: Pick<Agent, 'url' | 'did'>,
    readonly kemKey: Uint8Array,
    readonly identity: Identity = createIdentity(),
    readonly clock: Pick<Clock, 'now'> = { now: () => BigInt(Date.now()) * 1_000_000n },
  ) {}

  /** A handshake message, and what to remember of it. */
  offer(change: Partial<RequestInput> = {}, steps: Parts = parts): ReturnType<typeof createRequest> {
    const honest: RequestInput = {
      id: randomUuid(entropy),
      ctx: randomUuid(entropy),
      initDid: this.identity.did,
      respDid: this.agent.did,
      nonce: randomUuid(entropy),
      ts: encodeTime(this.clock.now()),
      signingKey: this.identity.signingKey,
      kemPublicKey: this.kemKey,
      ikmE: entropy(32),
      ephCPrivateKey: entropy(32),
    }
    return createRequest({ ...honest, ...change }, steps)
  }

  /** A whole handshake. */
  async shakeHands(change: Partial<RequestInput> = {}): Promise<StepSession> {
    const { message, pending } = this.offer(change)
    const answer = await post(this.agent.url, message)
    const received = parseResponse(answer.json)
    if (received.kind !== 'handshake') throw new Error(`refused: ${answer.text}`)
    const { kid, seed } = verifyResponse({
      messageId: received.response.message_id,
      dataBytes: received.dataBytes,
      pending,
      responderKey: parts.decodeDidKey(this.agent.did, parts.parseEd25519PublicKey),
      now: this.clock.now(),
    })
    return new StepSession(this, kid, message.context_id, deriveKeySchedule(seed))
  }
}

/** An answer; what its record holds, where it has one, as bytes and as text. */
export interface Opened extends Answer {
  readonly bytes?: Uint8Array
  readonly plaintext?: string
  readonly seq?: bigint
}

/** A session whose records a test seals and sends by itself. */
export class StepSession {
  nextSeq = 0n

  constructor(
    readonly initiator: StepInitiator,
    readonly kid: string,
    readonly contextId: string,
    readonly keys: { readonly c2sEnc: Uint8Array; readonly s2cEnc: Uint8Array },
  ) {}

  /** A sealed message, whose envelope says `change` before it is sealed. */
  seal(
    task: string,
    plaintext: Uint8Array | string = '',
    change: Partial<SessionMessage> = {},
    seq = this.nextSeq++,
  ): SessionMessage {
    const envelope = {
      id: randomUuid(entropy),
      context_id: this.contextId,
      task_id: task,
      did: this.initiator.identity.did,
      kid: this.kid,
      ...change,
    }
    const callerAad = parts.requestAad(envelope, parts)
    const bytes = typeof plaintext === 'string' ? encodeUtf8(plaintext) : plaintext
    const record = sealRecord({ key: this.keys.c2sEnc, seq, nonce: entropy(12), callerAad, plaintext: bytes })
    return { ...envelope, payload: encodeBase64(record) }
  }

  /** Sends a message; the answer's record is opened where there is one. */
  async send(message: SessionMessage): Promise<Opened> {
    const answer = await post(this.initiator.agent.url, message)
    if (answer.json['kid'] === undefined) return answer
    const { data, ...envelope } = answer.json as unknown as ResponseEnvelope & { data: string }
    const hash = parts.requestHash(parseBase64(message.payload), parts)
    const callerAad = parts.responseAad(envelope, hash, parts)
    const { seq, plaintext } = openRecord({ key: this.keys.s2cEnc, callerAad, record: parseBase64(data) })
    return { ...answer, seq, bytes: plaintext, plaintext: Buffer.from(plaintext).toString() }
  }

  /** Seals and sends. */
  ask(task: string, plaintext: Uint8Array | string = ''): ReturnType<StepSession['send']> {
    return this.send(this.seal(task, plaintext))
  }
}
