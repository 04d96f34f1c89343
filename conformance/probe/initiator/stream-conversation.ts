import { ECHO_TASK } from '../../../schemas/index.js'
import { createUuid } from '../entropy.js'
import { isFrames, type Outgoing } from '../net/alter.js'
import type { StreamFields } from '../wire/aad.js'
import type { Answer } from './answer.js'
import type { Conversation } from './conversation.js'
import type { WireObject } from './handshake-draft.js'
import { sealDraft, type ProbeSession, type SessionDraft } from './session-draft.js'
import { StreamReader } from './stream-reader.js'

/** Parts of a stream that are read to its end at most. */
const MAX_PARTS = 4096

/** What a stream is, where it is not an echo with an id of its own. */
export interface StreamWish extends Partial<Pick<SessionDraft, 'task_id' | 'metadata'>> {
  readonly id?: string
}

/** A message of a stream, ready to be sent. */
export type SealedPart = SessionDraft & {
  readonly envelope: WireObject
  readonly request: Outgoing
  readonly record: Uint8Array
}

/**
 * One stream, as an honest initiator has it. Drafts are honest and may be changed before they are sealed or sent; what
 * comes is read as {@link StreamReader} does. Over HTTP there is the opening alone, and its answer is read whole.
 */
export class StreamConversation {
  readonly id: string
  readonly task: string
  /** Plaintexts of the chunks drafted and of those that came. */
  readonly sent: Uint8Array[] = []
  readonly received: Uint8Array[] = []
  /** Chunks that the responder has allowed in all, and those that it may send itself. */
  credit: number
  allowed: number
  #nextSeq = 0
  #hasEnded = false
  #metadata: StreamWish['metadata']
  #opening: string | undefined
  #connection: number | undefined
  #reader: StreamReader | undefined
  /** Parts that came while something else was waited for. */
  #kept: Answer[] = []
  /** What ended it all, if so: the stream's end, or that of its connection. */
  #end: Answer | undefined

  constructor(
    readonly conversation: Conversation,
    readonly session: ProbeSession,
    wish: StreamWish = {},
  ) {
    const { entropy, target } = conversation.around
    this.id = wish.id ?? createUuid(entropy)
    this.task = wish.task_id ?? ECHO_TASK
    this.#metadata = wish.metadata
    this.credit = this.allowed = target.limits.streamWindow
  }

  // What is sent

  /** The next chunk; the first one opens the stream. */
  draftChunk(plaintext = this.conversation.around.entropy(8), end = false): SessionDraft {
    const seq = this.#nextSeq++
    this.sent.push(plaintext)
    this.#hasEnded ||= end
    return this.draft({ seq, end }, { plaintext, ...(seq === 0 && this.#metadata && { metadata: this.#metadata }) })
  }

  /** A control by which the responder may send `credit` chunks in all. */
  draftCredit(credit: number): SessionDraft {
    this.allowed = Math.max(this.allowed, credit)
    return this.draft({ credit })
  }

  draftCancel(): SessionDraft {
    return this.draft({ cancel: true })
  }

  /** Any message of this stream. */
  draft(stream: Omit<StreamFields, 'id'>, wish: Partial<SessionDraft> = {}): SessionDraft {
    const { entropy } = this.conversation.around
    return this.session.draft(entropy, { task_id: this.task, stream: { id: this.id, ...stream }, ...wish })
  }

  seal(draft: SessionDraft): SealedPart {
    const { envelope, record } = sealDraft(draft)
    return { ...draft, envelope, record, request: this.conversation.post(envelope) }
  }

  /** Sends a message of this stream; what it comes to is to be read. The first one counts as the opening, whatever it says. */
  async send(part: SealedPart | SessionDraft): Promise<void> {
    const sealed = 'envelope' in part ? part : this.seal(part)
    this.#opening ??= sealed.id
    const { request } = sealed
    if (!isFrames(request)) {
      if (this.#reader) throw new Error('over HTTP a stream has one message')
      this.#reader = this.#createReader(sealed)
      const parts = await this.conversation.sendStream(sealed, request, this.#reader)
      for (const each of parts) this.#kept.push(this.#noted(each))
      return
    }
    this.#reader ??= this.#createReader(sealed, () => this.allowed)
    const until = { kind: 'sent', id: sealed.id, stream: this.#opening } as const
    const message = { draft: sealed, frames: request.frames }
    const { answer, connection } = await this.conversation.converseInStream(
      this.#connection,
      this.#reader,
      until,
      message,
    )
    this.#connection ??= connection
    if (answer.kind !== 'nothing') this.#end ??= answer
  }

  /** Opens the stream with a chunk. */
  open(plaintext?: Uint8Array, end = false): Promise<void> {
    return this.send(this.draftChunk(plaintext, end))
  }

  /** Sends the next chunk as soon as the responder allows it; gives whether it did. */
  async chunk(plaintext?: Uint8Array, end = false): Promise<boolean> {
    if (!(await this.hasRoom())) return false
    await this.send(this.draftChunk(plaintext, end))
    return true
  }

  /** Waits until the responder allows the next chunk; gives whether it did. */
  hasRoom(): Promise<boolean> {
    return this.isAllowed(this.#nextSeq + 1)
  }

  /** Waits until the responder allows `count` chunks in all; gives whether it did. Parts that come meanwhile are kept. */
  async isAllowed(count: number): Promise<boolean> {
    const kept: Answer[] = []
    while (this.credit < count) {
      const part = await this.#take()
      if (part.kind !== 'credit') kept.push(part)
      if (part.kind !== 'credit' && part.kind !== 'chunk') break
    }
    this.#kept.unshift(...kept)
    return this.credit >= count
  }

  // What comes

  /** The next part that is not a credit: credits may come at any time. */
  async next(): Promise<Answer> {
    return this.#withoutCredits(() => this.#take())
  }

  /** What has come by now and was not read, beside credits. */
  async pending(): Promise<Answer> {
    return this.#withoutCredits(() => this.#take('queued'))
  }

  /**
   * Ends its own direction, if that is open, and reads to the end of the stream, giving credit as it reads. What is given is
   * the last chunk where all went well.
   */
  async finish(): Promise<Answer> {
    const { streamWindow } = this.conversation.around.target.limits
    if (this.conversation.socket && !this.#hasEnded) await this.chunk(undefined, true)
    for (let parts = 0; parts < MAX_PARTS; parts++) {
      if (this.conversation.socket && !this.#end && this.received.length >= this.allowed)
        await this.send(this.draftCredit(this.allowed + streamWindow))
      const part = await this.next()
      if (part.kind !== 'chunk' || part.end) return part
    }
    return { kind: 'unacceptable', why: `it goes on after ${MAX_PARTS} parts` }
  }

  async #withoutCredits(take: () => Promise<Answer>): Promise<Answer> {
    for (let parts = 0; parts < MAX_PARTS; parts++) {
      const part = await take()
      if (part.kind !== 'credit') return part
    }
    return { kind: 'unacceptable', why: `${MAX_PARTS} credits and nothing else` }
  }

  async #take(kind: 'next' | 'queued' = 'next'): Promise<Answer> {
    const kept = this.#kept.shift()
    if (kept) return kept
    if (this.#end && kind === 'next') return this.#end
    if (this.#connection === undefined) return { kind: 'nothing' }
    if (this.#opening === undefined || !this.#reader) throw new Error('a stream is opened before it is read')
    const until = { kind, id: this.#opening } as const
    const { answer } = await this.conversation.converseInStream(this.#connection, this.#reader, until)
    return this.#noted(answer)
  }

  #createReader(opening: SealedPart, allowed?: () => number): StreamReader {
    const { maxMessageBytes } = this.conversation.around.target.limits
    return new StreamReader(this.session, { draft: opening, record: opening.record }, allowed, maxMessageBytes)
  }

  #noted(part: Answer): Answer {
    if (part.kind === 'credit') this.credit = Math.max(this.credit, part.credit)
    else if (part.kind === 'chunk') this.received.push(part.plaintext)
    const isOver = part.kind === 'chunk' ? part.end : part.kind !== 'credit' && part.kind !== 'nothing'
    if (isOver) this.#end ??= part
    return part
  }
}
