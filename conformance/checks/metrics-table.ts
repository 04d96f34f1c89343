import { metrics, type Metric, type MetricName, type Transport } from '../../schemas/index.js'
import type { Target } from '../probe/initiator/target.js'
import type { Sample } from '../probe/metrics/sample.js'
import type { Exposition } from '../probe/metrics/text-format.js'
import type { Reading } from '../runner/counting.js'
import { broken, type Broken } from '../runner/judgement.js'

/** The metrics of the table that a target has to show. */
export const metricsOf = ({ capabilities }: Target): readonly [MetricName, Metric][] =>
  (Object.entries(metrics) as [MetricName, Metric][]).filter(
    ([, { capability }]) => capability === undefined || capabilities.has(capability),
  )

/** Every choice of a value for each label; of the transports the one over which is judged. */
const combinationsOf = ({ labels }: Metric, transport: Transport): readonly Readonly<Record<string, string>>[] =>
  Object.entries(labels).reduce<Record<string, string>[]>(
    (chosen, [label, values]) =>
      chosen.flatMap(before =>
        (label === 'transport' ? [transport] : values).map(value => ({ ...before, [label]: value })),
      ),
    [{}],
  )

const isOf = ({ labels }: Sample, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([label, value]) => labels.get(label) === value)

const valueOf = (shown: Exposition, metric: string, name: string, labels: Readonly<Record<string, string>>): number =>
  (shown.get(metric)?.samples ?? [])
    .filter(sample => sample.name === name && isOf(sample, labels))
    .reduce((sum, { value }) => sum + value, 0)

/**
 * What the metrics of the table say, each by a name such as `sage_payload_bytes http in`; of a histogram its count, and
 * `… sum`. What is not shown counts as 0.
 */
export const readTable = (shown: Exposition, target: Target, transport: Transport): Reading =>
  new Map(
    metricsOf(target).flatMap(([metric, about]) =>
      combinationsOf(about, transport).flatMap((labels): [string, number][] => {
        const name = [metric, ...Object.values(labels)].join(' ')
        if (about.type !== 'histogram') return [[name, valueOf(shown, metric, metric, labels)]]
        return [
          [name, valueOf(shown, metric, `${metric}_count`, labels)],
          [`${name} sum`, valueOf(shown, metric, `${metric}_sum`, labels)],
        ]
      }),
    ),
  )

/** Does a value of the table only ever grow? */
export const isCounted = (name: string): boolean => metrics[name.split(' ')[0] as MetricName].type !== 'gauge'

const sampleFault = ({ labels: shown }: Sample, { type, labels }: Metric): string | undefined => {
  const names = [...shown.keys()].filter(name => type !== 'histogram' || name !== 'le').sort()
  if (names.join() !== Object.keys(labels).sort().join()) return `the labels ${names.join() || '(none)'}`
  const strange = Object.entries(labels).find(([name, values]) => !values.includes(shown.get(name) ?? ''))
  return strange && `another value of ${strange[0]}`
}

/** What is wrong with one metric of the table as it is shown once everything that it counts has happened, or nothing. */
export const judgeMetric = (
  shown: Exposition,
  transport: Transport,
  [name, about]: readonly [MetricName, Metric],
): Broken | undefined => {
  const labels = Object.keys(about.labels)
  const expected = `${name}, a ${about.type} with ${labels.length === 0 ? 'no labels' : `exactly the labels ${labels.join()}`}`
  const metric = shown.get(name)
  if (!metric) return broken('absent', expected, 'it is not shown')
  if (metric.type !== about.type) return broken('type', expected, `a metric of type ${metric.type}`)
  const fault = metric.samples.map(sample => sampleFault(sample, about)).find(each => each !== undefined)
  if (fault !== undefined) return broken('labels', expected, fault)
  const lacking = combinationsOf(about, transport).find(labels => !metric.samples.some(sample => isOf(sample, labels)))
  return lacking && broken('absent', expected, `nothing for ${Object.values(lacking).join(' ') || 'it'}`)
}
