import { parseUtf8 } from '../bytes/utf8.js'
import { Refusal } from '../refusal.js'
import { requireHistogram } from './histogram.js'
import { parseNumber, type Sample } from './sample.js'

/** What a metric may be in version 0.0.4 of the format. */
const types = ['counter', 'gauge', 'histogram', 'summary', 'untyped'] as const

/** One metric. */
export interface Metric {
  readonly type: (typeof types)[number]
  readonly samples: readonly Sample[]
}

/** Metrics by their names. */
export type Exposition = ReadonlyMap<string, Metric>

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*/
const TEXT = /^"((?:[^"\\]|\\[\\"n])*)"/
/** The words of a text between blanks and tabs: no other white space counts as such. */
const wordsOf = (text: string): string[] => text.split(/[ \t]+/).filter(word => word !== '')

/** Takes one line to pieces, from its beginning on. */
class Scanner {
  constructor(
    public rest: string,
    readonly number: number,
  ) {}

  refuse(what: string): Refusal {
    return new Refusal('encoding', `line ${this.number} of the metrics: ${what}`)
  }

  skipBlanks(): void {
    this.rest = this.rest.replace(/^[ \t]+/, '')
  }

  /** What matches `form` at the beginning: its group, or all of it. Throws Refusal. */
  take(form: RegExp, what: string): string {
    const match = form.exec(this.rest)
    if (!match) throw this.refuse(`no ${what}`)
    this.rest = this.rest.slice(match[0].length)
    return match[1] ?? match[0]
  }

  /** Is this what comes next? Then it is taken. */
  has(text: string): boolean {
    if (!this.rest.startsWith(text)) return false
    this.rest = this.rest.slice(text.length)
    return true
  }
}

const unescaped = (text: string): string => text.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char))

const scanLabels = (scanner: Scanner): ReadonlyMap<string, string> => {
  const labels = new Map<string, string>()
  scanner.skipBlanks()
  if (!scanner.has('{')) return labels
  for (;;) {
    scanner.skipBlanks()
    if (scanner.has('}')) return labels
    const name = scanner.take(LABEL, 'label name')
    if (labels.has(name)) throw scanner.refuse('a label twice')
    scanner.skipBlanks()
    if (!scanner.has('=')) throw scanner.refuse('no = after a label')
    scanner.skipBlanks()
    labels.set(name, unescaped(scanner.take(TEXT, 'label value in quotes')))
    scanner.skipBlanks()
    if (!scanner.has(',') && !scanner.rest.startsWith('}')) throw scanner.refuse('no comma after a label')
  }
}

const scanSample = (scanner: Scanner): Sample => {
  const name = scanner.take(NAME, 'metric name')
  const labels = scanLabels(scanner)
  const [number = '', timestamp, more] = wordsOf(scanner.rest)
  const value = parseNumber(number)
  if (value === undefined) throw scanner.refuse('no value')
  if (more !== undefined || (timestamp !== undefined && !/^-?[0-9]{1,19}$/.test(timestamp)))
    throw scanner.refuse('something after the value that is no time')
  return { name, labels, value }
}

const suffixes: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['_sum', '_count'],
}

interface Group {
  type: Metric['type'] | undefined
  readonly samples: Sample[]
  helped: boolean
}

/** Puts lines together to metrics. */
class Collector {
  readonly groups = new Map<string, Group>()
  readonly #series = new Set<string>()
  #current = ''

  /** The group that a line belongs to: all lines of a metric stand together. */
  #groupOf(name: string, scanner: Scanner): Group {
    const known = this.groups.get(name)
    if (known && this.#current !== name) throw scanner.refuse('a metric that is not in one group')
    this.#current = name
    const group = known ?? { type: undefined, samples: [], helped: false }
    this.groups.set(name, group)
    return group
  }

  /** A line that begins with a number sign. */
  comment(scanner: Scanner): void {
    scanner.skipBlanks()
    const word = /^(HELP|TYPE)(?=[ \t])/.exec(scanner.rest)?.[1]
    if (word === undefined) return
    scanner.has(word)
    scanner.skipBlanks()
    const group = this.#groupOf(scanner.take(NAME, 'metric name'), scanner)
    if (word === 'HELP') {
      if (group.helped) throw scanner.refuse('a second HELP')
      group.helped = true
      return
    }
    const [said, more] = wordsOf(scanner.rest)
    const type = types.find(each => each === said)
    if (type === undefined || more !== undefined) throw scanner.refuse('an unknown type')
    if (group.type !== undefined || group.samples.length > 0) throw scanner.refuse('a TYPE that comes too late')
    group.type = type
  }

  sample(scanner: Scanner): void {
    const sample = scanSample(scanner)
    const key = JSON.stringify([sample.name, [...sample.labels].sort()])
    if (this.#series.has(key)) throw scanner.refuse('a series twice')
    this.#series.add(key)
    this.#groupOf(this.#metricOf(sample.name), scanner).samples.push(sample)
  }

  /** The metric whose sample is called `name`. */
  #metricOf(name: string): string {
    const suffix = /_(?:bucket|sum|count)$/.exec(name)?.[0]
    if (suffix === undefined) return name
    const stem = name.slice(0, -suffix.length)
    return suffixes[this.groups.get(stem)?.type ?? '']?.includes(suffix) ? stem : name
  }
}

/**
 * The metrics in a text of version 0.0.4 of the Prometheus format, held to all that the format asks for, of histograms too.
 * @throws Refusal `encoding`, with the number of a line and nothing of what stands there
 */
export const parseMetrics = (body: Uint8Array): Exposition => {
  const text = parseUtf8(body)
  if (text !== '' && !text.endsWith('\n')) throw new Refusal('encoding', 'the last line of the metrics has no end')
  const collector = new Collector()
  for (const [index, line] of text.split('\n').entries()) {
    const scanner = new Scanner(line, index + 1)
    scanner.skipBlanks()
    if (scanner.has('#')) collector.comment(scanner)
    else if (scanner.rest !== '') collector.sample(scanner)
  }
  const metrics = new Map<string, Metric>()
  for (const [name, { type = 'untyped', samples }] of collector.groups) {
    if (type === 'histogram') requireHistogram(name, samples)
    metrics.set(name, { type, samples })
  }
  return metrics
}
