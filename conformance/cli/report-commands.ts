import type { Command } from 'commander'
import { formats } from '../report/formats.js'
import { reportOption, siteOption, withUsage } from './command-help.js'
import { screenOf } from './screen.js'

type Finish = (status: number) => void
interface JsonFlag {
  readonly json?: true
}

const addExplain = (program: Command, finish: Finish): void => {
  const explain = program
    .command('explain')
    .summary('a requirement or check, and its judges')
    .description(
      'Explains a requirement or a check: its sentence, what judges it, and the broken agents that prove it.',
    )
    .argument('<id>', 'such as handshake.nonce-single-use')
    .option('--json', 'answer with one JSON document (schemas/explanation.schema.json)')
    .action(async (id: string, { json }: JsonFlag) => {
      const { explainCommand } = await import('../commands/explain.js')
      finish(await explainCommand(id, screenOf(), json))
    })
  withUsage(explain, {
    examples: [
      ['sage-conformance explain record.replay', 'a requirement'],
      ['sage-conformance explain record.tag/other-key', 'a check'],
      ['sage-conformance explain record.replay --json', 'for a script'],
    ],
    statuses: { 0: 'explained', 2: 'wrong usage, or no such id' },
  })
}

const addVerify = (program: Command, finish: Finish): void => {
  const verify = program
    .command('verify')
    .summary('judge a report again, offline')
    .description('Judges a report again from what it recorded, offline: nothing is sent.')
    .argument('<file>', 'written by run --report json=FILE')
    .option('--json', 'answer with one JSON document (schemas/verification.schema.json)')
    .action(async (path: string, { json }: JsonFlag) => {
      const { verifyCommand } = await import('../commands/verify.js')
      finish(await verifyCommand(path, screenOf().write, json))
    })
  withUsage(verify, {
    examples: [
      ['sage-conformance verify report.json', 'does it hold, and what does it say?'],
      ['sage-conformance verify report.json --json', 'for a script'],
    ],
    statuses: {
      0: 'the report holds, and its verdict is conformant',
      1: 'it does not hold, or its verdict is not conformant',
      2: 'wrong usage, or no report that this version can judge',
      3: 'it holds, and its verdict is incomplete',
      4: 'it holds, and tells of a fault of the suite',
    },
  })
}

const addReport = (program: Command, finish: Finish): void => {
  const report = program
    .command('report')
    .summary('other formats of a report that was kept')
    .description('Makes other formats of a report that was kept, the same as the run itself would have written.')
    .argument('<file>', 'written by --report json=FILE')
    .addOption(reportOption(formats))
    .addOption(siteOption())
    .action(async (path: string, { report = [], site }: { report?: string[]; site?: string }) => {
      const { reportCommand } = await import('../commands/report.js')
      finish(reportCommand(path, report, site))
    })
  withUsage(report, {
    examples: [
      ['sage-conformance report report.json --report html=report.html', 'a page for people'],
      ['sage-conformance report report.json --report junit=- --report tap=a.tap', 'two at once'],
    ],
    statuses: {
      0: 'made; the verdict is not asked here',
      2: 'wrong usage, or no report',
      4: 'something could not be written',
    },
  })
}

/** Adds `explain`, `verify` and `report`. */
export const addReportCommands = (program: Command, finish: Finish): void => {
  addExplain(program, finish)
  addVerify(program, finish)
  addReport(program, finish)
}
