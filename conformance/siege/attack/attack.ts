import type { Target } from '../../probe/initiator/target.js'
import type { Dice } from '../dice.js'

/** What an attack finds when it begins. */
export interface Scene {
  readonly host: string
  readonly port: number
  /** What is attacked, as a peer knows it; undefined where it is a bare server. */
  readonly target: Target | undefined
  readonly dice: Dice
  /** Raised when the attack is to end. */
  readonly signal: AbortSignal
  /** Resolves when the next unit may be sent; false when the attack is to end. */
  readonly pace: () => Promise<boolean>
  readonly tally: Tally
}

/** What came of an attack: units by what they were answered with. */
export class Tally {
  /** Units that were sent. */
  units = 0
  readonly outcomes: Record<string, number> = {}
  /** What must not have happened, a few of it. */
  readonly unexpected: string[] = []
  unexpectedCount = 0

  /** Counts an outcome, which must be one of those that the specification allows. */
  saw(outcome: string, allowed: readonly string[]): void {
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1
    if (allowed.includes(outcome)) return
    this.unexpectedCount++
    if (this.unexpected.length < 10) this.unexpected.push(`${outcome}, and not ${allowed.join(' or ')}`)
  }
}

/** One way to attack. */
export interface Attack {
  readonly name: string
  /** What it does, in a sentence. */
  readonly about: string
  /** What is counted. */
  readonly unit: string
  /** Units a second, at most: what the attacker is held to, so that it leaves the processor to those who are measured. */
  readonly rate: number
  /** Does it attack HTTP or WebSocket, and not SAGE? Then it is made on a bare server too. */
  readonly isBare?: boolean
  /** Makes what it needs ahead of time, so that the attacker is not what bounds it. */
  readonly prepare?: (scene: Scene, seconds: number) => Promise<void>
  /** Attacks until the signal is raised; leaves nothing open. */
  readonly run: (scene: Scene) => Promise<void>
}
