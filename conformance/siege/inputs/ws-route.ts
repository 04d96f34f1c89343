import { once } from 'node:events'
import { WebSocket } from 'ws'
import { SUBPROTOCOL } from '../../../schemas/index.js'
import type { Input } from './input.js'
import { outcomeOf, type AnswerText } from './outcome.js'

const CONNECTIONS = 8
const TIMEOUT_MS = 20_000

interface Waiting {
  readonly input: Input
  readonly told: (outcome: string) => void
}

/** A connection, and what waits for answers on it. */
class Connection {
  private readonly waiting = new Map<string, Waiting>()
  isOpen = true

  constructor(private readonly socket: WebSocket) {
    socket.on('error', () => undefined)
    socket.on('message', (text: Buffer) => {
      const answer = JSON.parse(text.toString()) as AnswerText
      const id = String(answer.message_id)
      const asked = this.waiting.get(id)
      this.waiting.delete(id)
      asked?.told(outcomeOf(answer, asked.input))
    })
    socket.on('close', code => {
      this.isOpen = false
      for (const { told } of this.waiting.values()) told(`closed:${code}`)
    })
  }

  send(input: Input): Promise<string> {
    return new Promise(resolve => {
      const key = input.id ?? ''
      const timer = setTimeout(() => told('unanswered'), TIMEOUT_MS)
      const told = (outcome: string): void => {
        clearTimeout(timer)
        resolve(outcome)
      }
      this.waiting.set(key, { input, told })
      this.socket.send(input.body, { binary: false })
    })
  }

  end(): void {
    this.socket.terminate()
  }
}

const open = async (url: string): Promise<Connection> => {
  const socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false })
  await once(socket, 'open')
  return new Connection(socket)
}

/** Inputs over WebSocket: those that have an id on shared connections, those that end theirs on one of their own. */
export class WebSocketRoute {
  private readonly shared: (Promise<Connection> | undefined)[] = new Array(CONNECTIONS).fill(undefined)
  private next = 0

  constructor(private readonly url: string) {}

  async send(input: Input): Promise<string> {
    try {
      if (input.id === undefined) return await this.sendAlone(input)
      const place = (this.next = (this.next + 1) % CONNECTIONS)
      let connection = await (this.shared[place] ??= open(this.url))
      if (!connection.isOpen) connection = await (this.shared[place] = open(this.url))
      return await connection.send(input)
    } catch (error) {
      return `unanswered: ${String(error)}`
    }
  }

  async close(): Promise<void> {
    for (const connection of this.shared) (await connection)?.end()
  }

  private async sendAlone(input: Input): Promise<string> {
    const connection = await open(this.url)
    try {
      return await connection.send(input)
    } finally {
      connection.end()
    }
  }
}
