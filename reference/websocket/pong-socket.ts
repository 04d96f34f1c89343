import { WebSocket } from 'ws'

type Sent = (error: Error) => void

/**
 * A socket that has one pong on its way at a time, and after it answers the latest of the pings that came meanwhile (ws.ping;
 * RFC 6455 §5.5.3). However many pings come, and however little is read, two pongs are kept, and the connection stands.
 */
export class PongSocket extends WebSocket {
  private latest: { readonly data: unknown; readonly mask: boolean | undefined } | undefined
  private isSending = false

  override pong(data?: unknown, mask?: boolean, sent?: Sent): void {
    if (this.isSending) {
      this.latest = { data, mask }
      // As far as the library counts it is answered: by a later one.
      ;(sent as (() => void) | undefined)?.()
      return
    }
    this.isSending = true
    super.pong(data, mask, error => {
      this.isSending = false
      sent?.(error)
      const { latest } = this
      this.latest = undefined
      if (latest !== undefined && this.readyState === this.OPEN) this.pong(latest.data, latest.mask)
    })
  }
}
