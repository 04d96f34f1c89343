import { SageError } from '../bytes/sage-error.js'
import type { Answer, Conversation, OutgoingBatch, Transport } from '../transport/channel.js'
import { endAll, type UnderWay } from '../transport/deadline.js'
import { unshared, type Sharing } from '../transport/shared.js'
import { HttpClient, httpClientOptions, type HttpClientOptions } from './http-client.js'
import { HttpConversation } from './http-conversation.js'

/**
 * The HTTP binding: each message is a POST to `messages` below the endpoint (http.endpoint), a batch one to `batch`
 * (batch.endpoint).
 * @param clients connections by their origin, that all channels share which are opened with them
 */
export const createHttpTransport = (
  clients: Sharing<HttpClient> = unshared(),
  options: HttpClientOptions = httpClientOptions,
): Transport => ({
  name: 'http',
  schemes: ['http', 'https'],
  open: async (endpoint, { maxMessageBytes: maxBytes }) => {
    const { value: client, release } = clients.lease(endpoint.origin, () => new HttpClient(endpoint.origin, options))
    const base = endpoint.pathname.replace(/\/$/, '')
    const underWay: UnderWay = new Set()
    let isClosed = false
    const checkOpen = (): void => {
      if (isClosed) throw new SageError('unreachable', 'the channel is closed; nothing was sent')
    }
    const post = async (path: string, { body, timeoutMs, signal }: OutgoingBatch): Promise<Answer> => {
      checkOpen()
      return client.request({ method: 'POST', path: base + path, body, maxBytes, timeoutMs, signal }, underWay)
    }
    return {
      exchange: message => post('/messages', message),
      converse: async ({ body }): Promise<Conversation> => {
        checkOpen()
        return new HttpConversation(client, { path: `${base}/messages`, body, maxBytes }, underWay)
      },
      exchangeBatch: batch => post('/batch', batch),
      close: () => {
        isClosed = true
        endAll(underWay, new SageError('connection_lost', 'the channel was closed'))
        return release()
      },
    }
  },
})

/** The HTTP binding with connections of its own for every channel. */
export const httpTransport: Transport = createHttpTransport()
