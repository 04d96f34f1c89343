import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/**
 * What a line does with who calls: carries them through, hangs up at once, says nothing, or hangs up as soon as the other
 * end says something, so that what was asked has arrived and what was answered has not.
 */
export type LineMode = 'carries' | 'hangs-up' | 'is-silent' | 'loses-answers'

/** A line to a port of this machine that can be cut, closed and opened again. */
export class Line {
  mode: LineMode = 'carries'
  /** Who has called so far. */
  calls = 0
  port = 0
  private server: Server | undefined
  private readonly sockets = new Set<Socket>()

  constructor(private readonly to: number) {}

  /** Takes calls, at the port where it took them before. */
  async open(): Promise<this> {
    const server = createServer(near => this.carry(near))
    await new Promise<void>(resolve => server.listen(this.port, '127.0.0.1', resolve))
    this.server = server
    this.port = (server.address() as AddressInfo).port
    return this
  }

  /** Takes no calls, and ends those that there are. */
  async close(): Promise<void> {
    const { server } = this
    this.server = undefined
    const closed = new Promise<void>(resolve => (server === undefined ? resolve() : server.close(() => resolve())))
    this.cut()
    await closed
  }

  /** Ends the calls that there are. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  private carry(near: Socket): void {
    this.calls++
    near.on('error', () => undefined)
    if (this.mode === 'hangs-up') return void near.destroy()
    this.keep(near)
    if (this.mode === 'is-silent') return
    const far = connect(this.to, '127.0.0.1')
    this.keep(far)
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    near.pipe(far)
    far.on('data', bytes => (this.mode === 'loses-answers' ? near.destroy() : near.write(bytes)))
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket))
  }
}
