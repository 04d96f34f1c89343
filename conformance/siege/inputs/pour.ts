import type { ProbeSession } from '../../probe/initiator/session-draft.js'
import type { Target } from '../../probe/initiator/target.js'
import { Dice } from '../dice.js'
import { findTarget, shakeHands } from '../initiator.js'
import type { InputsReport } from '../report.js'
import { batchInputs } from './batch-inputs.js'
import { handshakeEnvelopeInputs, sessionEnvelopeInputs } from './envelope-inputs.js'
import { handshakePayloadInputs } from './handshake-payload-inputs.js'
import { HttpRoute } from './http-route.js'
import { isAcceptance, type Input } from './input.js'
import { honestInputs, mutatedInputs } from './mutated-inputs.js'
import { recordInputs, sealedInputs } from './sealed-inputs.js'
import { Workshop } from './workshop.js'
import { WebSocketRoute } from './ws-route.js'

/** What came of the inputs, as far as the inputs themselves tell. */
export type Poured = Omit<InputsReport, 'faults' | 'isAlive'>

const SESSIONS = 8
const AT_ONCE = 192
/** Mutations, and honest messages, for each turn through all constraints. */
const MUTATED = 600
const HONEST = 30
const FINDINGS = 20

/** Every source of inputs, again and again. */
function* inputsOf(workshop: Workshop): Generator<Input> {
  for (;;) {
    yield* sessionEnvelopeInputs(workshop)
    yield* handshakeEnvelopeInputs(workshop)
    yield* handshakePayloadInputs(workshop)
    yield* sealedInputs(workshop)
    yield* recordInputs(workshop)
    yield* batchInputs(workshop)
    for (let made = 0; made < MUTATED; made++) yield* mutatedInputs(workshop)
    for (let made = 0; made < HONEST; made++) yield* honestInputs(workshop)
  }
}

const addTo = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1
}

class Ledger {
  readonly byKind: Record<string, number> = {}
  readonly byRoute: Record<string, number> = {}
  readonly byOutcome: Record<string, number> = {}
  readonly constraints: Record<string, { broken: number; kept: number }> = {}
  readonly findings: string[] = []
  sent = 0
  falseAccepts = 0
  falseRefusals = 0
  wrongRefusals = 0
  unanswered = 0

  enter({ kind, route, constraint, isKept, expected, body }: Input, outcome: string): void {
    this.sent++
    addTo(this.byKind, kind)
    addTo(this.byRoute, route)
    addTo(this.byOutcome, outcome)
    const counts = (this.constraints[constraint] ??= { broken: 0, kept: 0 })
    counts[isKept ? 'kept' : 'broken']++
    if (expected.includes(outcome)) return
    if (outcome.startsWith('unanswered')) this.unanswered++
    else if (isAcceptance(outcome) && !expected.some(isAcceptance)) this.falseAccepts++
    else if (expected.every(isAcceptance)) this.falseRefusals++
    else this.wrongRefusals++
    if (this.findings.length >= FINDINGS) return
    const shown = Buffer.from(body)
      .toString('latin1')
      .replace(/[^\x20-\x7e]/g, '.')
      .slice(0, 400)
    this.findings.push(`${constraint} over ${route}: ${outcome}, and not ${expected.join(' or ')}: ${shown}`)
  }
}

/** Sends so many inputs to a responder, many at once, and holds every answer against what has to come. */
export const pour = async (
  url: string,
  count: number,
  seed: number,
  say: (line: string) => void = () => undefined,
): Promise<Poured> => {
  const began = performance.now()
  const target: Target = await findTarget(url)
  const sessions: ProbeSession[] = []
  for (let made = 0; made < SESSIONS; made++) sessions.push(await shakeHands(target))
  const ledger = new Ledger()
  const routes = { http: new HttpRoute(url), ws: new WebSocketRoute(target.ws!) }
  const inputs = inputsOf(new Workshop(target, new Dice(seed), sessions))
  const send = (input: Input): Promise<string> =>
    input.route === 'batch' ? routes.http.sendInBatch(input) : routes[input.route].send(input)
  let inFlight = 0
  let onAnswer = (): void => undefined
  const until = async (most: number): Promise<void> => {
    while (inFlight > most) await new Promise<void>(resolve => (onAnswer = resolve))
  }
  for (let made = 0; made < count; made++) {
    const input = inputs.next().value as Input
    inFlight++
    void send(input).then(outcome => {
      ledger.enter(input, outcome)
      inFlight--
      onAnswer()
    })
    await until(AT_ONCE)
    if (made % 50_000 === 49_999) say(`${made + 1} inputs after ${Math.round((performance.now() - began) / 1000)} s`)
  }
  await routes.http.flush()
  await until(0)
  await Promise.all([routes.http.close(), routes.ws.close()])
  const seconds = (performance.now() - began) / 1000
  const { sent, byKind, byRoute, byOutcome, constraints, findings } = ledger
  const { falseAccepts, falseRefusals, wrongRefusals, unanswered } = ledger
  return {
    seed,
    seconds,
    sent,
    byKind,
    byRoute,
    byOutcome,
    constraints,
    falseAccepts,
    falseRefusals,
    wrongRefusals,
    unanswered,
    findings,
  }
}
