import type { Answer, Conversation, OutgoingBatch, Transport } from '../transport/channel.js'
import { HttpClient } from './http-client.js'

import { HttpConversation } from './http-conversation.js'

/** The HTTP binding: each message is a POST to `messages` below the endpoint (http.endpoint), a batch one to `batch` (batch.endpoint). */
export const httpTransport: Transport = {
  name: 'http',
  schemes: ['http', 'https'],
  open: async (endpoint, { maxMessageBytes: maxBytes }) => {
    const client = new HttpClient(endpoint.origin)
    const base = endpoint.pathname.replace(/\/$/, '')
    const post = (path: string, { body, timeoutMs, signal }: OutgoingBatch): Promise<Answer> =>
      client.request({ method: 'POST', path: base + path, body, maxBytes, timeoutMs, signal })
    return {
      exchange: message => post('/messages', message),
      converse: async ({ body }): Promise<Conversation> =>
        new HttpConversation(client, { path: `${base}/messages`, body, maxBytes }),
      exchangeBatch: batch => post('/batch', batch),
      close: () => client.close(),
    }
  },
}
