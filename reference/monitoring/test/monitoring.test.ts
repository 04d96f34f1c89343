import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { metrics, roomPath, type Metric, type MetricName } from '../../../schemas/index.js'
import { DRAIN_MS } from '../../agent/responder.js'

// What whoever runs a responder is given fits the responder.

const read = (name: string): string => readFileSync(roomPath('reference', 'monitoring', name), 'utf8')

interface Panel {
  readonly title: string
  readonly targets: readonly { readonly expr: string }[]
}
interface Dashboard {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly definition?: string }[] }
}
interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[]
}

const dashboard = JSON.parse(read('grafana-dashboard.json')) as Dashboard
const rules = (parse(read('prometheus-rules.yaml')) as Rules).groups.flatMap(group => group.rules)
const expressions = [
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ...dashboard.templating.list.map(({ definition = '' }) => ['a variable', definition] as const),
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
]

const isMetric = (name: string): name is MetricName => Object.hasOwn(metrics, name)

/** The metric that a series belongs to: a histogram has three. */
const metricOf = (series: string): string => {
  const name = series.replace(/_(?:bucket|sum|count)$/, '')
  return isMetric(name) && (metrics[name] as Metric).type === 'histogram' ? name : series
}

t.test('every metric that is asked for is one that a responder shows, with its labels and their values', async t => {
  const named = new Set<string>()
  for (const [where, expression] of expressions)
    for (const [, series = '', selector = ''] of expression.matchAll(/\b(sage_\w+)(?:\{([^}]*)\})?/g)) {
      const name = metricOf(series)
      if (!isMetric(name)) {
        t.fail(`${where}: ${series} is no metric`)
        continue
      }
      named.add(name)
      const { labels, type }: Metric = metrics[name]
      t.equal(type === 'histogram', series !== name, `${where}: ${series}`)
      for (const [, label = '', value = ''] of selector.matchAll(/(\w+)=~?"([^"]*)"/g))
        if (!['job', 'instance'].includes(label)) t.ok(labels[label]?.includes(value), `${where}: ${label}="${value}"`)
    }
  t.same([...named].sort(), Object.keys(metrics).sort(), 'and every metric is asked for')
})

t.test('what is summed by a label has it', async t => {
  for (const [where, expression] of expressions)
    for (const [, list = '', , series = ''] of expression.matchAll(/by \(([^)]*)\) \(?(rate\()?\(?(sage_\w+)/g)) {
      const name = metricOf(series)
      const own = isMetric(name) ? Object.keys((metrics[name] as Metric).labels) : []
      for (const label of list.split(/, */))
        t.ok([...own, 'le', 'job', 'instance'].includes(label), `${where}: ${label}`)
    }
})

interface Deployment {
  readonly spec: { readonly template: { readonly spec: PodSpec } }
}
interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string }
}
interface PodSpec {
  readonly terminationGracePeriodSeconds: number
  readonly containers: readonly [
    {
      readonly ports: readonly { readonly name: string }[]
      readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly [string, string] } } }
      readonly readinessProbe: Probe
      readonly livenessProbe: Probe
    },
  ]
}

t.test('an orchestrator asks the probes that there are, and waits for the end of the drain', async t => {
  const { terminationGracePeriodSeconds, containers } = (parse(read('kubernetes.yaml')) as Deployment).spec.template
    .spec
  const [{ ports, lifecycle, readinessProbe, livenessProbe }] = containers
  t.same(readinessProbe.httpGet, { path: '/health?probe=ready', port: ports[0]?.name })
  t.same(livenessProbe.httpGet, { path: '/health?probe=live', port: ports[0]?.name })
  const [, waits] = lifecycle.preStop.exec.command
  t.ok(terminationGracePeriodSeconds > Number(waits) + DRAIN_MS / 1000)
})
