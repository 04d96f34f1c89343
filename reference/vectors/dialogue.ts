import { encodeBase64, encodeBase64Url } from '../bytes/base64.js'
import { parseHex } from '../bytes/hex.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { sha256 } from '../crypto/sha256.js'
import { handshakeParts } from '../handshake/parts.js'
import { actor, x25519Public, type Actor } from './actors.js'
import type { Ask, Values } from './case.js'
import { textOf } from './case.js'
import { fixedBytes, hexOf } from './fixed.js'

/** The texts of an object, by their names. */
export type Texts = Readonly<Record<string, string>>

const base64Url = (hex: string): string => encodeBase64Url(parseHex(hex))

/** Padded base64 of bytes given as hex. */
export const base64OfHex = (hex: string): string => encodeBase64(parseHex(hex))

/** Padded base64 of a text. */
export const base64OfText = (text: string): string => encodeBase64(encodeUtf8(text))

/** The members of response data in the order in which they are signed. */
const SIGNED = [
  'v',
  'task',
  'ctx',
  'kid',
  'ephS',
  'ackTagB64',
  'ts',
  'did',
  'infoHash',
  'exportCtxHash',
  'enc',
  'ephC',
] as const

/** One handshake between two agents with fixed randomness, and the means to say each part of it otherwise. */
export class Dialogue {
  readonly initiator: Actor
  readonly responder: Actor
  readonly ctx: string
  readonly id: string
  readonly nonce: string
  readonly kid: string
  readonly requestTime: string
  readonly responseTime: string
  /** Values of the initiator's derivation, hex. */
  readonly offer: Values
  /** Values of the responder's derivation, hex. */
  readonly answer: Values

  constructor(
    private readonly ask: Ask,
    private readonly label: string,
    dids: { initDid?: string; respDid?: string } = {},
  ) {
    this.initiator = actor(ask, `${label} initiator`, dids.initDid)
    this.responder = actor(ask, `${label} responder`, dids.respDid)
    this.ctx = `ctx-${label}`
    this.id = `msg-${label}-1`
    this.nonce = `nonce-${label}`
    this.kid = `kid-${label}`
    this.requestTime = '2026-01-15T12:00:00.25Z'
    this.responseTime = '2026-01-15T12:00:00.5Z'
    const ephS = x25519Public(ask, this.secret('ephS'))
    this.offer = ask('handshake.initiator', {
      ...this.parties,
      kemPublicKey: this.responder.kemPublic,
      ikmE: this.secret('ikmE'),
      ephCPrivateKey: this.secret('ephC'),
      ephS,
    })
    this.answer = ask('handshake.responder', {
      ...this.parties,
      kemPrivateKey: this.responder.kem,
      enc: this.offer['enc'],
      ephC: this.offer['ephC'],
      ephSPrivateKey: this.secret('ephS'),
    })
  }

  get parties() {
    return { ctx: this.ctx, initDid: this.initiator.did, respDid: this.responder.did }
  }

  /** The seed, hex. */
  get seed(): string {
    return textOf(this.offer, 'seed')
  }

  /** The public keys of the agents whose DIDs do not resolve themselves. */
  get keys(): Texts {
    const agents = [this.initiator, this.responder].filter(({ did }) => !did.startsWith('did:key:'))
    return Object.fromEntries(agents.map(({ did, publicKey }) => [did, publicKey]))
  }

  /** What the initiator knows when the answer comes: the input `request` of `handshake.open-response`. */
  get request(): Values {
    return {
      id: this.id,
      ...this.parties,
      nonce: this.nonce,
      ikmE: this.secret('ikmE'),
      ephCPrivateKey: this.secret('ephC'),
      kemPublicKey: this.responder.kemPublic,
    }
  }

  private secret(name: string): string {
    return fixedBytes(`${this.label} ${name}`)
  }

  /** The members of the honest payload. */
  payload(): Texts {
    const { offer } = this
    return {
      enc: base64Url(textOf(offer, 'enc')),
      ephC: base64Url(textOf(offer, 'ephC')),
      exportCtx: textOf(offer, 'exportCtx'),
      info: textOf(offer, 'info'),
      initDid: this.initiator.did,
      nonce: this.nonce,
      respDid: this.responder.did,
      ts: this.requestTime,
    }
  }

  /** An Ed25519 signature over a text, as hex. */
  sign(text: string, privateKey = this.initiator.signing): string {
    return textOf(this.ask('ed25519.sign', { privateKey, message: hexOf(text) }), 'signature')
  }

  /** The members of the message around a payload text that the initiator signs, save what `change` says otherwise. */
  message(payload: string = JSON.stringify(this.payload()), change: Values = {}): Values {
    return {
      id: this.id,
      context_id: this.ctx,
      task_id: 'hpke/complete@v1',
      payload: base64OfText(payload),
      did: this.initiator.did,
      signature: base64OfHex(this.sign(payload)),
      role: 'user',
      ...change,
    }
  }

  private ackSteps(change: Values): Values {
    const { seed, nonce, kid } = this
    const { enc, ephC } = this.offer
    const input = { seed, nonce, kid, ...this.parties, enc, ephC, ephS: this.answer['ephS'], ...change }
    return this.ask('handshake.ack-tag', input)
  }

  /** The acknowledgement tag for `change` of its input, hex. */
  ackTag(change: Values = {}): string {
    return textOf(this.ackSteps(change), 'ackTag')
  }

  /** Honest response data in all but its `kid`, which need not be a token: tag and signature agree with it. */
  dataWithKid(kid: string): Texts {
    const steps = this.ackSteps({})
    const [ackKey, th] = [parseHex(textOf(steps, 'ackKey')), parseHex(textOf(steps, 'th'))]
    const { ctx, nonce } = this
    const tag = handshakeParts.ackTag(ackKey, { ctx, nonce, kid, th }, handshakeParts)
    return this.signedData({ ...this.fields(), kid, ackTagB64: encodeBase64Url(tag) })
  }

  /** The twelve members of the honest response data that are signed. */
  fields(): Texts {
    const hash = (text: string): string => encodeBase64Url(sha256(encodeUtf8(text)))
    const { enc, ephC, info, exportCtx } = this.payload()
    return {
      v: 'v1',
      task: 'hpke/complete@v1',
      ctx: this.ctx,
      kid: this.kid,
      ephS: base64Url(textOf(this.answer, 'ephS')),
      ackTagB64: base64Url(this.ackTag()),
      ts: this.responseTime,
      did: this.responder.did,
      infoHash: hash(info!),
      exportCtxHash: hash(exportCtx!),
      enc: enc!,
      ephC: ephC!,
    }
  }

  /** Response data over `fields`, with a good signature of the responder, or of another key. */
  signedData(fields: Texts = this.fields(), privateKey = this.responder.signing): Texts {
    const text = JSON.stringify(Object.fromEntries(SIGNED.map(name => [name, fields[name]])))
    return { ...fields, sigB64: base64Url(this.sign(text, privateKey)) }
  }

  /** The members of the response around a data text, save what `change` says otherwise. */
  response(data: string = JSON.stringify(this.signedData()), change: Values = {}): Values {
    return { success: true, message_id: this.id, task_id: 'hpke/complete@v1', data: base64OfText(data), ...change }
  }
}
