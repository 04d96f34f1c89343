import { transports, type Report } from '../../schemas/index.js'
import { countStates, STOPPED, worstOf, type CheckResult, type State, type Verdict } from '../runner/result.js'
import { compareTransports } from '../runner/same-verdict.js'
import { requirementUrl } from './published-site.js'
import { describeCoverage } from './coverage.js'
import { describeBaseline, describeVerdict } from './verdict-text.js'
import { ProgressLine, type Watched } from './progress-line.js'
import { printable, withoutLinks, wrap } from './text.js'
import { casesIn, lastExchanges } from './told.js'

/** Where a report is shown to a person. */
export interface Screen extends Watched {
  readonly colour: boolean
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

const colourOfVerdict: Record<Verdict, Colour> = {
  conformant: 'green',
  'conformant but for known failures': 'yellow',
  'not conformant': 'red',
  incomplete: 'yellow',
  'suite error': 'red',
}

/** What did not pass, in the order in which it is shown: the worst right above the verdict. */
const shown = ['not-observed', 'inconclusive', 'warn', 'fail', 'error'] as const

/** What is shown by its reasons, as far as there are few for many checks. */
const together = ['blocked', 'skip', 'not-observed'] as const

const isOneOfMany = ({ state, reasonCode }: CheckResult): boolean =>
  state === 'blocked' || state === 'skip' || reasonCode === STOPPED

const INDENT = ' '.repeat(6)
const reasonOf = ({ observed, reasonCode }: CheckResult): string => observed ?? reasonCode

/** Results of one check that differ in nothing but the transport, side by side. */
const alikeOf = (results: readonly CheckResult[]): CheckResult[][] => {
  const groups = new Map<string, CheckResult[]>()
  for (const result of results) {
    const { check, reasonCode, expected, observed } = result
    const key = JSON.stringify([check, reasonCode, expected, observed])
    groups.set(key, [...(groups.get(key) ?? []), result])
  }
  return [...groups.values()]
}

const countsOf = (counts: Report['counts']): [State, string][] =>
  (Object.entries(counts) as [State, number][])
    .filter(([, count]) => count > 0)
    .map(([state, count]) => [state, `${count} ${state}`])

const describeComparison = (compared: number, differing: number): string => {
  if (compared === 0) return 'no check has a verdict over both'
  const said = differing === 0 ? 'no verdict differs' : `${differing} ${differing === 1 ? 'differs' : 'differ'}`
  return `${compared} ${compared === 1 ? 'check' : 'checks'} over both: ${said}`
}

/** What came of each transport, where there are several, and whether their verdicts differ. */
const perTransport = (results: readonly CheckResult[]): string[] => {
  const lines = transports.map(transport => {
    const over = results.filter(result => result.transport === transport && result.state !== 'skip')
    return over.length === 0
      ? ''
      : `${transport}: ${countsOf(countStates(over))
          .map(([, text]) => text)
          .join(', ')}`
  })
  if (lines.includes('')) return []
  const { compared, differences } = compareTransports(results)
  return [[...lines, describeComparison(compared, differences.length)].join('; ')]
}

/** Shows a run as it goes, and its verdict: quiet when it is piped, alive on a terminal. */
export class ConsoleReport {
  #total = 0
  #done = 0
  readonly #progress: ProgressLine

  constructor(
    readonly screen: Screen,
    readonly sentenceOf: (requirement: string) => Sentence | undefined,
    /** The base of a site with a page for each requirement, if there is one. */
    readonly site?: string,
  ) {
    this.#progress = new ProgressLine(screen)
  }

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
    this.#progress.show(0, total, '')
  }

  /** A check has ended. */
  finished(result: CheckResult): void {
    this.#done += 1
    this.#progress.show(this.#done, this.#total, result.check)
  }

  /** The run has ended: what did not pass, with the sentence of the specification, and the verdict. */
  end(report: Report, reproduce: (result: CheckResult) => string): void {
    this.#progress.clear()
    if (report.problem !== undefined) return this.screen.write(`sage-conformance: ${printable(report.problem)}\n`)
    const results = report.results as readonly CheckResult[]
    for (const state of together) this.#together(state, results.filter(isOneOfMany))
    for (const alike of alikeOf(results.filter(({ known }) => known))) this.#known(alike, report)
    for (const state of shown)
      for (const alike of alikeOf(
        results.filter(result => result.state === state && !result.known && !isOneOfMany(result)),
      ))
        this.#explain(alike, reproduce)
    for (const { check, transport, reasonCode, what } of report.baseline?.mend ?? [])
      this.#line('fail', `the baseline lists ${check} over ${transport} (${reasonCode}): ${what}`)
    this.#summary(report)
  }

  get #width(): number {
    return Math.min(120, Math.max(40, this.screen.columns))
  }

  #together(state: State, all: readonly CheckResult[]): void {
    const results = all.filter(result => result.state === state)
    for (const reason of new Set(results.map(reasonOf))) {
      const count = results.filter(result => reasonOf(result) === reason).length
      this.#line(state, `${count} ${count === 1 ? 'check' : 'checks'}: ${reason}`)
    }
  }

  /** One line that begins with a state, or with what stands in its place. */
  #line(state: State | 'known', text: string): void {
    const wrapped = wrap(text, `${state}  `, this.#width)
    this.screen.write(
      `${this.#paint(state === 'known' ? 'yellow' : colourOf[state], state)}${wrapped.slice(state.length)}\n`,
    )
  }

  /** Failures that are known, of one check: what a person noted about them, else what was seen. */
  #known(alike: readonly CheckResult[], { run }: Report): void {
    const [result] = alike
    if (!result) return
    const { check, reasonCode } = result
    const note = run.baseline?.find(entry => entry.check === check && entry.note !== undefined)?.note
    const over = alike.map(({ transport }) => transport).join(' and ')
    this.#line('known', `${check} over ${over} (${reasonCode}): ${note ?? reasonOf(result)}`)
  }

  /** Explains the results of one check that differ in nothing but the transport. */
  #explain(alike: readonly CheckResult[], reproduce: (result: CheckResult) => string): void {
    const [result] = alike
    if (!result) return
    const { state, check, expected, observed } = result
    if (state === 'not-observed') return this.#line(state, `${check}: ${reasonOf(result)}`)
    const sentence = this.sentenceOf(result.requirement)
    const label = this.#paint(colourOf[state], state)
    const over = alike.map(({ transport }) => transport).join(' and ')
    const lines = [`${label}  ${this.#paint('bold', check)} over ${over} (${result.reasonCode})`]
    const say = (name: string, text: string | undefined): void => {
      if (text !== undefined) lines.push(wrap(text, `${INDENT}${name.padEnd(11)}`, this.#width))
    }
    if (sentence) {
      lines.push(wrap(withoutLinks(sentence.text), INDENT, this.#width))
      const page = this.site === undefined ? '' : `  ${requirementUrl(this.site, result.requirement)}`
      lines.push(`${INDENT}spec/${sentence.chapter}.md:${sentence.line}${page}`)
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
    const { verdict, counts, run } = report
    const results = report.results as readonly CheckResult[]
    const parts = countsOf(counts).map(([state, text]) => this.#paint(colourOf[state], text))
    this.screen.write(
      `${this.#paint(colourOfVerdict[verdict], describeVerdict(report))}: ${parts.join(', ')} in ${run.seconds.toFixed(1)} s\n`,
    )
    const about = [...perTransport(results), describeCoverage(report.coverage), `seed ${run.seed}, salt ${run.salt}`]
    const baseline = describeBaseline(report)
    if (baseline !== undefined) about.unshift(baseline)
    if (results.some(({ state }) => state === 'fail' || state === 'warn'))
      about.splice(-1, 0, 'more on a requirement: sage-conformance explain ID')
    for (const line of about) this.screen.write(`${this.#paint('dim', line)}\n`)
  }
}
