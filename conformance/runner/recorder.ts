import { encodeBase64 } from '../probe/bytes/base64.js'
import type { Identity } from '../probe/initiator/target.js'
import type { TranscriptEntry } from '../probe/initiator/transcript.js'
import type { Clock } from './clock.js'
import type { Scene } from './world.js'

/** Everything beside seed and salt that the outcome of a case followed from. */
export interface Evidence {
  /** Readings of the clock in their order: nanoseconds from the Unix epoch, in decimal, the target's time as estimated. */
  readonly clock: readonly string[]
  /** Signatures, b64, by the identity that the caller gave, in their order. Its private key is never recorded. */
  readonly signatures?: readonly string[]
  readonly transcript: readonly TranscriptEntry[]
}

/** Writes down what a scene gives to those who play in it. */
export class Recorder {
  readonly clock: Clock
  readonly identity: Identity | undefined
  readonly transcript: TranscriptEntry[] = []
  /** The case let time pass, and reckons with what comes of it. */
  waited = false
  readonly #readings: string[] = []
  readonly #signatures: string[] = []

  constructor(readonly scene: Scene) {
    const { clock, identity } = scene
    this.clock = {
      exact: clock.exact,
      now: () => {
        const reading = clock.now()
        this.#readings.push(String(reading))
        return reading
      },
      elapse: seconds => {
        this.waited = true
        return clock.elapse(seconds)
      },
    }
    this.identity = identity && {
      did: identity.did,
      sign: message => {
        const signature = identity.sign(message)
        this.#signatures.push(encodeBase64(signature))
        return signature
      },
    }
  }

  get evidence(): Evidence {
    const signatures = this.#signatures.length > 0 ? { signatures: this.#signatures } : {}
    return { clock: this.#readings, ...signatures, transcript: this.transcript }
  }
}
