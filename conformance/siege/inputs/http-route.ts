import { Pool } from 'undici'
import type { Input } from './input.js'
import { outcomeOf, type AnswerText } from './outcome.js'

const CONNECTIONS = 16
const MESSAGES_IN_BATCH = 32
const TIMEOUT_MS = 20_000

interface Waiting {
  readonly input: Input
  readonly told: (outcome: string) => void
}

/** Inputs over HTTP, alone or in batches, on a few kept connections. */
export class HttpRoute {
  private readonly pool: Pool
  private queue: Waiting[] = []

  constructor(url: string) {
    this.pool = new Pool(url, { connections: CONNECTIONS, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS })
  }

  /** Sends an input; resolves with what came of it. */
  async send(input: Input): Promise<string> {
    const answer = await this.post(input.isBatch === true ? '/batch' : '/messages', input.body)
    if (answer === undefined) return 'unanswered'
    const [text = '', ...more] = answer.text.trimEnd().split('\n')
    // Of a stream the last chunk says how it ended.
    return outcomeOf(JSON.parse(more.at(-1) ?? text) as AnswerText, input, answer.status)
  }

  /** Puts an input into the next batch; resolves with what came of it. */
  sendInBatch(input: Input): Promise<string> {
    return new Promise(told => {
      this.queue.push({ input, told })
      if (this.queue.length >= MESSAGES_IN_BATCH) void this.flush()
    })
  }

  /** Sends the batch that is begun. */
  async flush(): Promise<void> {
    const waiting = this.queue
    this.queue = []
    if (waiting.length === 0) return
    const answer = await this.post(
      '/batch',
      `{"messages":[${waiting.map(({ input }) => Buffer.from(input.body).toString()).join(',')}]}`,
    )
    const { responses } = answer?.status === 200 ? (JSON.parse(answer.text) as { responses: AnswerText[] }) : {}
    const why = answer === undefined ? 'unanswered' : `the batch was refused: ${answer.text.slice(0, 100)}`
    for (const [place, { input, told }] of waiting.entries()) {
      const response = responses?.length === waiting.length ? responses[place] : undefined
      told(response === undefined ? why : outcomeOf(response, input))
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy()
  }

  private async post(path: string, body: string | Uint8Array): Promise<{ status: number; text: string } | undefined> {
    try {
      const headers = { 'content-type': 'application/json' }
      const { statusCode, body: answer } = await this.pool.request({ method: 'POST', path, headers, body })
      return { status: statusCode, text: await answer.text() }
    } catch {
      return undefined
    }
  }
}
