import { CLOSE_TASK, PING_TASK, type Transport } from '../../schemas/index.js'
import { describeAnswer, type Answer, type Outcome } from '../probe/initiator/answer.js'
import { Conversation, type Surroundings } from '../probe/initiator/conversation.js'
import type { BatchDraft, BatchElement } from '../probe/initiator/batch.js'
import { postTo, type SocketWay } from '../probe/initiator/way.js'
import { signHandshake, type HandshakeDraft } from '../probe/initiator/handshake-draft.js'
import type { MistakenSealing } from '../probe/diagnosis/sealing-mistakes.js'
import { sealDraft, sealDraftWith, type ProbeSession, type SessionDraft } from '../probe/initiator/session-draft.js'
import { StreamConversation, type StreamWish } from '../probe/initiator/stream-conversation.js'
import { batchUrl, type Identity, type Target } from '../probe/initiator/target.js'
import { deriveEd25519PublicKey, signEd25519 } from '../probe/crypto/ed25519.js'
import { encodeDidKey } from '../probe/identity/did-key.js'
import type { Outgoing } from '../probe/net/alter.js'
import type { Exchanged, WireRequest } from '../probe/net/exchange.js'
import type { Entropy } from '../probe/entropy.js'
import type { Prepared } from './check.js'
import type { Clock } from './clock.js'
import { Interruption, isAccepted } from './judgement.js'

const EMPTY = new Uint8Array(0)

/** The `did:key` of an Ed25519 private key of 32 bytes. */
export const createIdentity = (privateKey: Uint8Array): Identity => ({
  did: encodeDidKey(deriveEd25519PublicKey(privateKey)),
  sign: message => signEd25519(privateKey, message),
})

/**
 * What a check works with: one conversation with the target under an identity of its own. It opens no sockets itself,
 * everything that it sends is written down, and the sessions that it opened are closed by the runner.
 */
export class Kit {
  readonly target: Target
  /** Where all that is random comes from: the same seed and salt give the same bytes. */
  readonly entropy: Entropy

  constructor(
    readonly conversation: Conversation,
    readonly clock: Clock,
    /** Sessions that are to be closed in the end. */
    readonly open: ProbeSession[] = [],
  ) {
    this.target = conversation.around.target
    this.entropy = conversation.around.entropy
  }

  get identity(): Identity {
    return this.conversation.around.identity
  }

  /** The same target under a new `did:key`, written into the same transcript. */
  stranger(): Kit {
    return this.as({ identity: createIdentity(this.entropy(32)) })
  }

  /** The same initiator over another transport, or over a connection of its own, written into the same transcript. */
  over(transport: Transport): Kit {
    return this.as({ transport }, this.open)
  }

  /** The WebSocket connection that this kit uses. */
  get socket(): SocketWay {
    const { socket } = this.conversation
    if (!socket) throw new Error('only a check over WebSocket has a connection')
    return socket
  }

  /** The same target in other surroundings, written into the same transcript. */
  as(change: Partial<Surroundings>, open?: ProbeSession[]): Kit {
    const kit = new Kit(
      new Conversation({ ...this.conversation.around, ...change }, this.conversation.transcript),
      this.clock,
      open,
    )
    kit.conversation.step = this.conversation.step
    return kit
  }

  // Handshakes

  /** An honest handshake, not signed yet. */
  draftHandshake(): HandshakeDraft {
    return this.conversation.draftHandshake()
  }

  /** A handshake signed as it is drafted, and ready to be sent. */
  prepareHandshake(draft: HandshakeDraft): Prepared<HandshakeDraft> {
    const envelope = signHandshake(draft)
    return { ...draft, envelope, request: this.conversation.post(envelope), record: EMPTY }
  }

  /**
   * Sends a handshake, by default an honest one; a session that comes of it is closed at the end, or earlier where the
   * target allows one initiator so few that there would be no room for this one.
   */
  async shakeHands(
    draft = this.draftHandshake(),
    request: Outgoing = this.prepareHandshake(draft).request,
  ): Promise<Answer> {
    while (this.open.length >= this.target.limits.maxSessionsPerDid) {
      const oldest = this.open.shift()
      if (oldest) await this.close(oldest)
    }
    const answer = await this.conversation.shakeHands(draft, request)
    if (answer.kind === 'session') this.open.push(answer.session)
    return answer
  }

  /** A session that no record has confirmed. */
  async provisionalSession(): Promise<ProbeSession> {
    const answer = await this.shakeHands()
    if (answer.kind === 'session') return answer.session
    throw interruptedBy(answer, 'an honest handshake')
  }

  /** A session, fresh and confirmed by a ping. */
  async session(): Promise<ProbeSession> {
    const session = await this.provisionalSession()
    const answer = await this.ping(session)
    if (!isAccepted(answer)) throw interruptedBy(answer, 'the first ping of an honest session')
    return session
  }

  // Messages inside a session

  /** An honest request, by default a ping of 16 bytes. */
  draft(session: ProbeSession, wish: Partial<SessionDraft> = {}): SessionDraft {
    return session.draft(this.entropy, { task_id: PING_TASK, plaintext: this.entropy(16), ...wish })
  }

  /** A message of a session sealed as it is drafted, and ready to be sent. */
  prepare(draft: SessionDraft): Prepared<SessionDraft> {
    const { envelope, record } = sealDraft(draft)
    return { ...draft, envelope, record, request: this.conversation.post(envelope) }
  }

  /** Sends a message of a session, sealed as drafted unless `request` says otherwise. */
  send(session: ProbeSession, draft: SessionDraft | Prepared<SessionDraft>, request?: Outgoing): Promise<Answer> {
    const prepared = 'request' in draft ? draft : this.prepare(draft)
    return this.conversation.send(session, prepared, prepared.record, request ?? prepared.request)
  }

  /** Sends a message of a session as a peer that makes a mistake would seal it. */
  sendMistaken(session: ProbeSession, draft: SessionDraft, sealing: MistakenSealing): Promise<Answer> {
    const { envelope, record } = sealDraftWith(draft, sealing)
    return this.conversation.send(session, draft, record, this.conversation.post(envelope), sealing.mistake)
  }

  /** An honest request of a session and its answer. */
  ask(session: ProbeSession, wish: Partial<SessionDraft>): Promise<Answer> {
    return this.send(session, this.draft(session, wish))
  }

  /** An honest ping of 16 bytes, and its answer. */
  ping(session: ProbeSession): Promise<Answer> {
    return this.ask(session, {})
  }

  /** A stream of a session, not opened yet; by default of the echo task. */
  stream(session: ProbeSession, wish: StreamWish = {}): StreamConversation {
    return new StreamConversation(this.conversation, session, wish)
  }

  /** An honest request to close a session, and its answer. */
  close(session: ProbeSession): Promise<Answer> {
    return this.ask(session, { task_id: CLOSE_TASK, plaintext: EMPTY })
  }

  // Batches

  /** A message of a session in a batch, by default an honest ping. */
  element(session: ProbeSession, message: Partial<SessionDraft> | Prepared<SessionDraft> = {}): BatchElement {
    const prepared = 'request' in message ? message : this.prepare(this.draft(session, message))
    const { envelope, record, ...draft } = prepared
    return { what: draft.task_id, envelope, asked: { session, draft, record } }
  }

  /** A batch of messages, ready to be sent. */
  prepareBatch(elements: readonly BatchElement[]): Prepared<BatchDraft, WireRequest> {
    const envelope = { messages: elements.map(element => element.envelope) }
    return { elements, envelope, request: postTo(batchUrl(this.target), envelope), record: EMPTY }
  }

  /** Sends messages, and whatever else, in a batch. */
  sendBatch(elements: readonly BatchElement[], request = this.prepareBatch(elements).request): Promise<Answer> {
    return this.conversation.sendBatch(elements, request)
  }

  // Everything else

  /** A request to any path of the target's host, of no body. */
  fetch(what: string, method: string, url: URL, headers: WireRequest['headers'] = []): Promise<Exchanged> {
    const request = {
      method,
      path: url.pathname + url.search,
      headers: [['Host', url.host], ...headers] as const,
      body: EMPTY,
    }
    return this.conversation.fetch(what, request, url)
  }

  /** A whole message as it is, and what came of it as it came. */
  raw(what: string, request: Outgoing): Promise<Outcome> {
    return this.conversation.deliver(what, request)
  }

  /** The session that a draft belongs to. */
  sessionOf(draft: SessionDraft): ProbeSession {
    const session = this.open.find(({ kid }) => kid === draft.kid)
    if (!session) throw new Error('a draft of no session of this kit')
    return session
  }

  /** Lets `seconds` pass and, where the clocks may differ, a little more. */
  elapseBeyond(seconds: number): Promise<void> {
    return this.elapse(this.clock.exact ? seconds : seconds + 1)
  }

  /** Lets time pass. */
  async elapse(seconds: number): Promise<void> {
    if ((await this.clock.elapse(seconds)) === 'too-long')
      throw new Interruption('not-observed', 'patience', `needs ${seconds} s to pass; --patience allows less`)
  }

  /** Does anything answer at the target's host? */
  async isAlive(): Promise<boolean> {
    this.conversation.step = 'alive?'
    return (await this.fetch('agent card', 'GET', this.target.cardUrl)).kind === 'response'
  }

  /** Closes the sessions that were opened, those already gone too. */
  async finish(): Promise<void> {
    this.conversation.step = 'close'
    for (const session of this.open.splice(0)) await this.close(session)
  }
}

/** What it means when a target leaves no way to see what is to be judged. */
export const unseen = (why: string): Interruption => new Interruption('not-observed', 'target', why)

/** What it means when an honest message, which is not what is judged, is not accepted. */
export const interruptedBy = (answer: Answer, what: string): Interruption => {
  const message = `${what} was not accepted: ${describeAnswer(answer)}`
  return answer.kind === 'busy'
    ? new Interruption('inconclusive', 'busy', message, answer.retryAfterSeconds)
    : new Interruption('inconclusive', 'twin', message)
}
