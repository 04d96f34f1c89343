import { FIRST_MESSAGE_SECONDS, PING_SECONDS, PONG_SECONDS } from '../../schemas/index.js'

/** When a connection is pinged, and when it is given up; milliseconds. */
export interface PulseTimes {
  /** From one ping to the next. */
  readonly pingMs: number
  /** From a ping to the latest sign of life. */
  readonly pongMs: number
  /** From the opening to the first message that is accepted. */
  readonly firstMessageMs: number
}

/** The times of a responder. A ping goes out before it has to: who looks every second is late by up to one. */
export const responderTimes: PulseTimes = {
  pingMs: (PING_SECONDS - 5) * 1000,
  pongMs: PONG_SECONDS * 1000,
  firstMessageMs: FIRST_MESSAGE_SECONDS * 1000,
}

/** What a connection needs: a ping, or its end because nobody is there or nothing of use came. */
export type PulseVerdict = 'ping' | 'dead' | 'unused' | undefined

/** How alive one connection is, as somebody sees who looks at it now and then. */
export class Pulse {
  private isAccepted = false
  private pingedAt: number
  private unansweredSince: number | undefined
  private isOverdue = false

  /**
   * @param openedAt monotonic milliseconds
   * @param progress bytes that have moved so far: arrived, or been taken by a peer that others wait for
   */
  constructor(
    private readonly times: PulseTimes,
    private readonly openedAt: number,
    private progress: number,
  ) {
    this.pingedAt = openedAt
  }

  /** A message has been accepted on the connection (ws.first-message). */
  accepted(): void {
    this.isAccepted = true
  }

  /** What is due at a time, in monotonic milliseconds (ws.keep-alive, ws.dead-peer, ws.first-message). */
  look(now: number, progress: number): PulseVerdict {
    if (progress !== this.progress) {
      this.progress = progress
      this.unansweredSince = undefined
      this.isOverdue = false
    }
    if (!this.isAccepted && now - this.openedAt >= this.times.firstMessageMs) return 'unused'
    if (this.unansweredSince !== undefined) return this.wait(now, this.unansweredSince)
    if (now - this.pingedAt < this.times.pingMs) return undefined
    this.pingedAt = this.unansweredSince = now
    return 'ping'
  }

  // A process that was held up looks at its timers before it reads what has arrived meanwhile: the second look counts.
  private wait(now: number, since: number): PulseVerdict {
    if (now - since < this.times.pongMs) return undefined
    if (this.isOverdue) return 'dead'
    this.isOverdue = true
    return undefined
  }
}
