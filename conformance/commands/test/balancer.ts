import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A balancer for tests: each new connection goes to the next process, byte by byte. */
export interface Balancer {
  readonly port: number
  /** Connections that went to each process. */
  readonly counts: readonly number[]
  close(): Promise<void>
}

/** Listens on loopback. `ports` is asked at each connection: the processes may be started after it. */
export const startBalancer = async (ports: () => readonly number[]): Promise<Balancer> => {
  const counts: number[] = []
  const sockets = new Set<Socket>()
  let next = 0
  const keep = (socket: Socket, other: Socket): void => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => other.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      other.destroySoon()
    })
  }
  const server = createServer({ allowHalfOpen: true }, near => {
    const places = ports()
    const place = next++ % places.length
    counts[place] = (counts[place] ?? 0) + 1
    const far = connect({ port: places[place]!, host: '127.0.0.1', allowHalfOpen: true })
    keep(near, far)
    keep(far, near)
    near.pipe(far).pipe(near)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.close()
    for (const socket of sockets) socket.destroy()
    await once(server, 'close')
  }
  return { port, counts, close }
}
