import { once } from 'node:events'
import { WebSocket } from 'ws'
import { SUBPROTOCOL } from '../../../schemas/index.js'

/** One connection; answers are counted, in the order in which they come. */
class Connection {
  private readonly waiting: { done: () => void; failed: (cause: unknown) => void }[] = []

  constructor(
    private readonly socket: WebSocket,
    minAnswerBytes: number,
  ) {
    socket.on('message', (answer: Buffer) => {
      const first = this.waiting.shift()
      if (answer.length >= minAnswerBytes) first?.done()
      else first?.failed(new Error(`an answer said ${answer.toString()}`))
    })
    socket.on('close', code => {
      for (const { failed } of this.waiting) failed(new Error(`the server closed a connection with ${code}`))
    })
  }

  exchange(message: string): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting.push({ done, failed })
      this.socket.send(message)
    })
  }

  end(): void {
    this.socket.terminate()
  }
}

/** Some connections to a server, which take turns. Each carries many messages at once. */
export class WebSocketLoad {
  private next = 0

  private constructor(private readonly connections: readonly Connection[]) {}

  /** @param minAnswerBytes an answer with fewer is an error */
  static async open(url: URL, connections: number, minAnswerBytes: number): Promise<WebSocketLoad> {
    const open = async (): Promise<Connection> => {
      const socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false })
      await once(socket, 'open')
      return new Connection(socket, minAnswerBytes)
    }
    return new WebSocketLoad(await Promise.all(Array.from({ length: connections }, open)))
  }

  /** Sends a message, and waits until as many answers have come. @throws Error for an answer that is too short */
  exchange(message: string): Promise<void> {
    const connection = this.connections[this.next]!
    this.next = (this.next + 1) % this.connections.length
    return connection.exchange(message)
  }

  close(): void {
    for (const connection of this.connections) connection.end()
  }
}
