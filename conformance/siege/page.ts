import { markdownOf } from './markdown.js'
import type { SiegeReport } from './report.js'

const HEAD = `# The siege

Written by \`npm run siege -- --soak 600 --json conformance/siege/figures.json --markdown conformance/siege/README.md\`: the reference responder, in a process of
its own, under attack. Figures vary from machine to machine and from run to run, so only the names of the attacks are held against the sources. Quote ratios, not times.

## How it is made

- **Attackers** are a process of their own, of the lowest priority, held to a number of units a second, so that on two cores the processor is left to those who are measured. What they need, such as
  signatures, they make ahead of time. Each knows what the specification allows as an answer, and counts everything else.
- **Good clients** are another process: the initiator of the reference, over HTTP and over WebSocket. Every ten milliseconds each of them does the next of: ping, echo of 1 KiB, stream, batch of eight, a new
  session with a ping and its end. It looks at every answer, in one session that lives as long as the siege.
- **p50 / p99** are ratios: the latency of good clients during the attack against that without it, calm and attack by turns in the same run. The goal is a median within twice. A p99 of two seconds of a shared
  machine is mostly what else it does. \`bare\` is the same attack, at the same rate, on a server that knows HTTP, WebSocket and JSON and nothing of SAGE, with bare clients: what is lost there is no work of the reference's.
- **processor** is the share of one core that the responder used, without the attack and with it; **heap, process** what it holds before and after it, the garbage collected, and **connections** those that were open.
- **Inputs** are derived from the schemas, each constraint broken in turn and kept at its borders, sealed and signed rightly, so that the fault is what decides; and from honest messages with something changed in their
  bytes. What has to come of one is known by construction, or from what the suite's own reader makes of it: never from the responder. The same seed makes the same faults; keys are random.
- The responder has its default limits, save that a request has two seconds to arrive instead of thirty, so that slow senders are seen to be cut off; for the inputs it has room for a million sessions.

\`npm run siege\` takes some minutes. \`-- --only NAME\` makes the attacks whose names begin so, and nothing else; \`--seconds N\` says how long each of them lasts, \`--inputs N\` how many inputs there are, \`--soak N\` for how many seconds all attacks
go round; \`--seed N\` makes other inputs, and with \`--keep OLD.json\` what was not run is as it was. It ends with exit code 1 where something did not hold.

`

/** The page of the siege: how it is made, and the tables of a run. */
export const pageOf = (report: SiegeReport): string => HEAD + markdownOf(report)
