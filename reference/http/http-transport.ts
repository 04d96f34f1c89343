import type { Transport } from '../transport/channel.js'
import { HttpClient } from './http-client.js'

/** The HTTP binding: each message is a POST to `messages` below the endpoint (http.endpoint). */
export const httpTransport: Transport = {
  name: 'http',
  schemes: ['http', 'https'],
  open: async (endpoint, { maxMessageBytes: maxBytes }) => {
    const client = new HttpClient(endpoint.origin)
    const path = `${endpoint.pathname.replace(/\/$/, '')}/messages`
    return {
      exchange: ({ body, timeoutMs, signal }) =>
        client.request({ method: 'POST', path, body, maxBytes, timeoutMs, signal }),
      close: () => client.close(),
    }
  },
}
