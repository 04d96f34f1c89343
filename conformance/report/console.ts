import type { Report } from '../../schemas/index.js'
import { worstOf, type CaseResult, type CheckResult, type State } from '../runner/result.js'
import { describeCoverage } from './coverage.js'
import { abbreviated, printable, withoutLinks, wrap } from './text.js'

/** Where a report is shown to a person. */
export interface Screen {
  readonly write: (text: string) => void
  /** A terminal: lines can be written over, and may be as wide as `columns`. */
  readonly isTerminal: boolean
  readonly colour: boolean
  readonly columns: number
}

/** What the console needs to know of a requirement. */
export interface Sentence {
  readonly text: string
  readonly chapter: string
  readonly line: number
}

/** SGR codes (ECMA-48) that switch a style on and off. */
const styles = { green: [32, 39], red: [31, 39], yellow: [33, 39], dim: [2, 22], bold: [1, 22] } as const

type Colour = keyof typeof styles

const colourOf: Record<State, Colour> = {
  pass: 'green',
  fail: 'red',
  error: 'red',
  warn: 'yellow',
  inconclusive: 'yellow',
  blocked: 'yellow',
  'not-observed': 'dim',
  skip: 'dim',
}

/** What did not pass, in the order in which it is shown: the worst right above the verdict. */
const shown = ['not-observed', 'skip', 'inconclusive', 'warn', 'fail', 'error'] as const

const INDENT = ' '.repeat(6)
const EXCHANGES = 4

/** What is exchanged around that which is judged. */
const besides = ['close', 'alive?', 'diagnosis']

/** What a case exchanged last before it was judged, one line each: what it was for, what was sent, what came of it. */
const lastExchanges = ({ transcript }: Pick<CaseResult, 'transcript'>): string[] => {
  const told = transcript.filter(({ step }) => !besides.includes(step))
  return told.slice(-EXCHANGES).map(({ step, what, sealed, judged, response, failure }) => {
    const outcome = judged ?? (response ? `HTTP ${response.status}` : failure?.kind)
    const record = sealed ? ` (seq ${sealed.seq})` : ''
    return `${step}, ${what}${record}: ${outcome ?? 'nothing'}`
  })
}

/** Which cases of a check came to its state, where it has several. */
const casesIn = ({ cases, state }: CheckResult): string | undefined => {
  const same = cases.filter(one => one.state === state || (state === 'warn' && one.state === 'fail'))
  return cases.length > 1
    ? `${same.length} of ${cases.length}: ${abbreviated(
        same.map(({ name }) => name),
        5,
      )}`
    : undefined
}

/** Shows a run as it goes, and its verdict: quiet when it is piped, alive on a terminal. */
export class ConsoleReport {
  #total = 0
  #done = 0

  constructor(
    readonly screen: Screen,
    readonly sentenceOf: (requirement: string) => Sentence | undefined,
  ) {}

  #paint(colour: Colour, text: string): string {
    const [on, off] = styles[colour]
    return this.screen.colour ? `\u001b[${on}m${text}\u001b[${off}m` : text
  }

  /** The run begins. */
  begin(target: string): void {
    this.screen.write(`${this.#paint('bold', 'sage-conformance')} judges ${target}\n`)
  }

  /** So many checks are planned. */
  planned(total: number): void {
    this.#total = total
    this.#progress('')
  }

  /** A check has ended. */
  finished(result: CheckResult): void {
    this.#done += 1
    this.#progress(result.check)
  }

  #progress(current: string): void {
    if (!this.screen.isTerminal) return
    const text = `  ${this.#done}/${this.#total}  ${printable(current)}`
    this.screen.write(`\r\u001b[2K${text.slice(0, Math.max(10, this.screen.columns - 1))}`)
  }

  /** Clears the line of progress. */
  #settle(): void {
    if (this.screen.isTerminal) this.screen.write('\r\u001b[2K')
  }

  /** The run has ended: what did not pass, with the sentence of the specification, and the verdict. */
  end(report: Report, reproduce: (result: CheckResult) => string): void {
    this.#settle()
    if (report.problem !== undefined) return this.screen.write(`sage-conformance: ${printable(report.problem)}\n`)
    const results = report.results as readonly CheckResult[]
    this.#blockedTogether(results)
    for (const state of shown)
      for (const result of results) if (result.state === state) this.#explain(result, reproduce)
    this.#summary(report)
  }

  get #width(): number {
    return Math.min(120, Math.max(40, this.screen.columns))
  }

  #blockedTogether(results: readonly CheckResult[]): void {
    const blocked = results.filter(({ state }) => state === 'blocked')
    const reasons = new Set(blocked.map(({ observed, reasonCode }) => observed ?? reasonCode))
    for (const reason of reasons) {
      const count = blocked.filter(({ observed, reasonCode }) => (observed ?? reasonCode) === reason).length
      this.#line('blocked', `${count} ${count === 1 ? 'check' : 'checks'}: ${reason}`)
    }
  }

  /** One line that begins with a state. */
  #line(state: State, text: string): void {
    const wrapped = wrap(text, `${state}  `, this.#width)
    this.screen.write(`${this.#paint(colourOf[state], state)}${wrapped.slice(state.length)}\n`)
  }

  #explain(result: CheckResult, reproduce: (result: CheckResult) => string): void {
    const { state, check, transport, expected, observed } = result
    if (state === 'skip' || state === 'not-observed')
      return this.#line(state, `${check}: ${observed ?? result.reasonCode}`)
    const sentence = this.sentenceOf(result.requirement)
    const label = this.#paint(colourOf[state], state)
    const lines = [`${label}  ${this.#paint('bold', check)} over ${transport} (${result.reasonCode})`]
    const say = (name: string, text: string | undefined): void => {
      if (text !== undefined) lines.push(wrap(text, `${INDENT}${name.padEnd(11)}`, this.#width))
    }
    if (sentence) {
      lines.push(wrap(withoutLinks(sentence.text), INDENT, this.#width))
      lines.push(`${INDENT}spec/${sentence.chapter}.md:${sentence.line}`)
    }
    say('expected:', expected)
    say('observed:', observed)
    say('cases:', casesIn(result))
    const worst = worstOf(result.cases)
    for (const [index, exchange] of (worst ? lastExchanges(worst) : []).entries())
      say(index === 0 ? 'exchanges:' : '', exchange)
    // Never broken into lines: it is there to be copied.
    lines.push(`${INDENT}${'again:'.padEnd(11)}${reproduce(result)}`)
    this.screen.write(`${lines.join('\n')}\n`)
  }

  #summary(report: Report): void {
    const { verdict, counts, run, results } = report
    const parts = (Object.entries(counts) as [State, number][])
      .filter(([, count]) => count > 0)
      .map(([state, count]) => this.#paint(colourOf[state], `${count} ${state}`))
    const colour = verdict === 'conformant' ? 'green' : verdict === 'incomplete' ? 'yellow' : 'red'
    this.screen.write(`${this.#paint(colour, verdict)}: ${parts.join(', ')} in ${run.seconds.toFixed(1)} s\n`)
    const about = [describeCoverage(report.coverage), `seed ${run.seed}, salt ${run.salt}`]
    if (results.some(({ state }) => state === 'fail' || state === 'warn'))
      about.splice(1, 0, 'more on a requirement: sage-conformance explain ID')
    for (const line of about) this.screen.write(`${this.#paint('dim', line)}\n`)
  }
}
