import { STREAM_MEDIA_TYPE } from '../../schemas/index.js'
import { SageError } from '../bytes/sage-error.js'
import type { Answer, Conversation } from '../transport/channel.js'
import type { UnderWay } from '../transport/deadline.js'
import { readUpTo, type HttpClient, type HttpOpening } from './http-client.js'
import { readLines } from './read-lines.js'

/**
 * A conversation over HTTP: one message, whose answers are the lines of the body, or the body where it has no lines. They
 * are read as they are asked for, so that TCP holds back who sends them.
 */
export class HttpConversation implements Conversation {
  private readonly abort = new AbortController()
  private readonly answers: AsyncGenerator<Answer>

  constructor(
    private readonly client: HttpClient,
    private readonly opening: Omit<HttpOpening, 'signal'>,
    private readonly underWay: UnderWay,
  ) {
    underWay.add(this.abort)
    this.answers = this.read()
  }

  async next(): Promise<Answer | undefined> {
    const { done, value } = await this.answers.next()
    return done === true ? undefined : value
  }

  async send(): Promise<void> {
    throw new SageError('configuration', 'a conversation over HTTP has one message')
  }

  end(): void {
    this.underWay.delete(this.abort)
    this.abort.abort()
  }

  private async *read(): AsyncGenerator<Answer> {
    const { signal } = this.abort
    const { status, mediaType, body } = await this.client.open({ ...this.opening, signal })
    const { maxBytes } = this.opening
    const isLines = status === 200 && mediaType === STREAM_MEDIA_TYPE
    const bodies = isLines ? readLines(body, maxBytes) : wholeOf(body, maxBytes)
    for await (const body of bodies) yield { status, body }
  }
}

async function* wholeOf(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  yield await readUpTo(body, maxBytes)
}
