import { SageError } from '../bytes/sage-error.js'
import type { Answer, Conversation } from '../transport/channel.js'

/** What a conversation needs of its connection. */
export interface ConversationLine {
  /** Sends a message, and resolves when there is room for one more. @throws SageError `connection_lost` */
  readonly send: (message: Uint8Array) => Promise<void>
  /** No answer is to come here any more. */
  readonly forget: () => void
}

/** A conversation over WebSocket: answers are kept until they are asked for, which is to be at once. */
export class ClientConversation implements Conversation {
  private readonly answers: Answer[] = []
  private over: 'no' | 'ended' | SageError = 'no'
  private wake = (): void => undefined

  constructor(private readonly line: ConversationLine) {}

  async next(): Promise<Answer | undefined> {
    if (this.answers.length === 0 && this.over === 'no') await new Promise<void>(resolve => (this.wake = resolve))
    if (this.over === 'ended') return undefined
    const answer = this.answers.shift()
    if (answer === undefined && this.over instanceof SageError) throw this.over
    return answer
  }

  send(message: Uint8Array): Promise<void> {
    return this.line.send(message)
  }

  end(): void {
    this.line.forget()
    if (this.over === 'no') this.over = 'ended'
    this.answers.length = 0
    this.wake()
  }

  /** An answer has come. */
  take(answer: Answer): void {
    this.answers.push(answer)
    this.wake()
  }

  /** The connection is lost. What has come before it was is still an answer. */
  lose(error: SageError): void {
    if (this.over === 'no') this.over = error
    this.wake()
  }
}
