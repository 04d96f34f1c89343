import type { IncomingMessage } from 'node:http'
import { SageError } from '../bytes/sage-error.js'
import { Gathered } from './gathered.js'

/** Bytes that the head of a request announces: 0 where it announces none. */
export const announcedBytes = (request: IncomingMessage): number => Number(request.headers['content-length'] ?? 0)

/** Does the head of a request say that a body follows? */
export const hasBody = (request: IncomingMessage): boolean =>
  announcedBytes(request) > 0 || request.headers['transfer-encoding'] !== undefined

/**
 * The body of a request. `judge` is called with the number of bytes that have arrived, whenever more have; when it
 * throws, reading stops there and the rest stays unread.
 * @throws SageError what `judge` throws, or `connection_lost` when the sender goes away
 */
export const readBody = (request: IncomingMessage, judge: (bytes: number) => void): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const body = new Gathered()
    const onData = (piece: Uint8Array): void => {
      try {
        judge(body.length + piece.length)
        body.add(piece)
      } catch (error) {
        request.off('data', onData).pause()
        reject(error as Error)
      }
    }
    const onLost = (): void => {
      if (!request.readableEnded) reject(new SageError('connection_lost', 'the request did not arrive whole'))
    }
    request.on('data', onData).on('end', () => resolve(body.bytes()))
    request.on('error', onLost).on('close', onLost)
  })
