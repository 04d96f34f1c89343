import type { Report } from '../../schemas/index.js'
import type { CheckResult, State } from '../runner/result.js'

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

/** Breaks `text` into lines of at most `width` characters, each after `indent`. */
const wrap = (text: string, indent: string, width: number): string => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map(each => indent + each).join('\n')
}

const shown: readonly State[] = ['error', 'fail', 'warn', 'inconclusive', 'blocked', 'skip', 'not-observed']

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
    const text = `  ${this.#done}/${this.#total}  ${current}`
    this.screen.write(`\r\u001b[2K${text.slice(0, Math.max(10, this.screen.columns - 1))}`)
  }

  /** Clears the line of progress. */
  #settle(): void {
    if (this.screen.isTerminal) this.screen.write('\r\u001b[2K')
  }

  /** The run has ended: what did not pass, with the sentence of the specification, and the verdict. */
  end(report: Report, reproduce: (result: CheckResult) => string): void {
    this.#settle()
    if (report.problem !== undefined) return this.screen.write(`sage-conformance: ${report.problem}\n`)
    const results = report.results as readonly CheckResult[]
    this.#blockedTogether(results)
    for (const state of shown)
      for (const result of results) if (result.state === state && state !== 'blocked') this.#explain(result, reproduce)
    this.#summary(report)
  }

  #blockedTogether(results: readonly CheckResult[]): void {
    const blocked = results.filter(({ state }) => state === 'blocked')
    const [first] = blocked
    if (first)
      this.screen.write(
        `${this.#paint('yellow', 'blocked')}  ${blocked.length} checks: ${first.observed ?? first.reasonCode}\n`,
      )
  }

  #explain(result: CheckResult, reproduce: (result: CheckResult) => string): void {
    const { state, check, transport, expected, observed } = result
    const width = Math.min(120, Math.max(40, this.screen.columns))
    const label = this.#paint(colourOf[state], state)
    if (state === 'skip' || state === 'not-observed') {
      this.screen.write(`${label}  ${check}: ${observed ?? result.reasonCode}\n`)
      return
    }
    const sentence = this.sentenceOf(result.requirement)
    const lines = [`${label}  ${this.#paint('bold', check)} over ${transport} (${result.reasonCode})`]
    if (sentence) lines.push(wrap(sentence.text, '      ', width), `      spec/${sentence.chapter}.md:${sentence.line}`)
    if (expected !== undefined) lines.push(wrap(`expected: ${expected}`, '      ', width))
    if (observed !== undefined) lines.push(wrap(`observed: ${observed}`, '      ', width))
    lines.push(`      again:    ${reproduce(result)}`)
    this.screen.write(`${lines.join('\n')}\n`)
  }

  #summary(report: Report): void {
    const { verdict, counts, run } = report
    const parts = (Object.entries(counts) as [State, number][])
      .filter(([, count]) => count > 0)
      .map(([state, count]) => this.#paint(colourOf[state], `${count} ${state}`))
    const colour = verdict === 'conformant' ? 'green' : verdict === 'incomplete' ? 'yellow' : 'red'
    this.screen.write(`${this.#paint(colour, verdict)}: ${parts.join(', ')} in ${run.seconds.toFixed(1)} s\n`)
    this.screen.write(this.#paint('dim', `seed ${run.seed}, salt ${run.salt}`) + '\n')
  }
}
