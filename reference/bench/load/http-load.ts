import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

// A client of HTTP that costs as little as it can: what is measured is the server. One request at a time on each of its
// connections, which are kept; every answer has a length.

const END_OF_HEAD = Buffer.from('\r\n\r\n')

/** The request with which a body is posted, head and all. */
export const postOf = (url: URL, body: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from(
      `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\naccept: application/json\r\n` +
        `content-length: ${body.length}\r\n\r\n`,
    ),
    body,
  ])

/** Bytes of the whole answer whose beginning this is, or undefined as long as its head is not there. */
const lengthOf = (answer: Buffer): number | undefined => {
  const end = answer.indexOf(END_OF_HEAD)
  if (end < 0) return undefined
  const head = answer.toString('latin1', 0, end)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) throw new Error(`an answer began ${head}`)
  return end + END_OF_HEAD.length + Number(length)
}

class Connection {
  private answer: Buffer = Buffer.alloc(0)
  private done: () => void = () => {}
  private failed: (cause: unknown) => void = () => {}

  constructor(private readonly socket: Socket) {
    socket.setNoDelay(true)
    socket.on('data', (piece: Buffer) => this.take(piece))
    socket.on('error', cause => this.failed(cause))
    socket.on('close', () => this.failed(new Error('the server closed a connection')))
  }

  exchange(request: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.done = resolve
      this.failed = reject
      this.socket.write(request)
    })
  }

  end(): void {
    this.failed = () => {}
    this.socket.destroy()
  }

  private take(piece: Buffer): void {
    this.answer = this.answer.length === 0 ? piece : Buffer.concat([this.answer, piece])
    try {
      const length = lengthOf(this.answer)
      if (length === undefined || this.answer.length < length) return
      this.answer = this.answer.subarray(length)
      this.done()
    } catch (cause) {
      this.failed(cause)
    }
  }
}

/** Some kept connections to a server, of which each call takes one that is free. */
export class HttpLoad {
  private constructor(private readonly idle: Connection[]) {}

  static async open(url: URL, connections: number): Promise<HttpLoad> {
    const open = async (): Promise<Connection> => {
      const socket = connect(Number(url.port), url.hostname)
      await once(socket, 'connect')
      return new Connection(socket)
    }
    return new HttpLoad(await Promise.all(Array.from({ length: connections }, open)))
  }

  /** Sends a request of {@link postOf}, and waits for the whole answer. @throws Error for one that is not 200 */
  async exchange(request: Buffer): Promise<void> {
    const connection = this.idle.pop()
    if (connection === undefined) throw new Error('more calls at once than connections')
    await connection.exchange(request)
    this.idle.push(connection)
  }

  close(): void {
    for (const connection of this.idle) connection.end()
  }
}
