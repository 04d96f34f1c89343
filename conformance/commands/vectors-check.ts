import type { VectorFile, VectorsCheck } from '../../schemas/index.js'
import { fileKind } from '../report/file-kind.js'
import { processStreams, type CommandStreams } from './command-streams.js'
import { createProbePeer } from '../probe/core-peer.js'
import { describeFinding, jsonLine, type Finding } from '../vectors/finding.js'
import { countTests, lintVectorFile } from '../vectors/lint.js'
import { loadVectorFiles, LoadError, ownVectors, type LoadedFile } from '../vectors/load.js'
import { rederive } from '../vectors/rederive.js'
import { isVectorFile, schemaObjection } from '../vectors/schema.js'

/** Options of `vectors check`. */
export interface VectorsCheckOptions {
  /** A vector file or a folder of them; by default those that this package carries. */
  readonly path?: string
  /** Answer with one JSON document, a {@link VectorsCheck}. */
  readonly json?: boolean
  readonly streams?: CommandStreams
}

interface Checked {
  readonly name: string
  readonly counts?: VectorFile['counts']
  readonly findings: readonly Finding[]
}

const whatInstead = (content: unknown): string => {
  const kind = fileKind(content)
  return kind === undefined ? `: ${schemaObjection(content)}` : ` but ${kind}`
}

const checkFile = ({ name, content }: LoadedFile): Checked => {
  if (!isVectorFile(content))
    return { name, findings: [{ where: name, message: `not a vector file${whatInstead(content)}` }] }
  const findings = [...lintVectorFile(name, content), ...rederive(name, content, createProbePeer())]
  return { name, counts: countTests(content), findings }
}

const row = (cells: readonly (string | number)[], width: number): string => {
  const [name = '', tests = '', accept = '', reject = '', state = ''] = cells.map(String)
  return `${name.padEnd(width)}  ${tests.padStart(5)}  ${accept.padStart(6)}  ${reject.padStart(6)}  ${state}`
}

const tableRows = (checked: readonly Checked[]): string[] => {
  const width = Math.max(4, ...checked.map(({ name }) => name.length))
  return [
    row(['file', 'tests', 'accept', 'reject'], width),
    ...checked.map(({ name, counts, findings }) => {
      const state = findings.length === 0 ? 'ok' : `${findings.length} wrong`
      return row([name, counts?.tests ?? '-', counts?.accept ?? '-', counts?.reject ?? '-', state], width)
    }),
  ]
}

/** What was found, as `--json` answers it. */
const documentOf = (checked: readonly Checked[]): VectorsCheck => ({
  vectorsCheck: 'sage-conformance/1',
  ok: checked.every(({ findings }) => findings.length === 0),
  files: checked.map(({ name, counts, findings }) => ({
    name,
    ...(counts && { counts }),
    findings: findings.map(({ where, message, step, expected, got }) => ({
      where,
      message,
      ...(step !== undefined && { step, expected: jsonLine(expected), got: jsonLine(got) }),
    })),
  })),
})

/**
 * `vectors check [PATH]`: lints the vector files and derives every value again with the suite's own code. The exit
 * status: 0 when nothing differs, 1 when something does, 2 when a file cannot be read.
 */
export const vectorsCheckCommand = async (options: VectorsCheckOptions = {}): Promise<number> => {
  const { path = ownVectors(), json = false, streams = processStreams } = options
  const print = (line: string): void => streams.out(`${line}\n`)
  let files: LoadedFile[]
  try {
    files = loadVectorFiles(path)
  } catch (error) {
    if (!(error instanceof LoadError)) throw error
    streams.err(`sage-conformance: ${error.message}`)
    return 2
  }
  const checked = files.map(checkFile)
  const findings = checked.flatMap(file => file.findings)
  if (json) {
    print(JSON.stringify(documentOf(checked), null, 2))
    return findings.length === 0 ? 0 : 1
  }
  for (const line of tableRows(checked)) print(line)
  for (const finding of findings) print(describeFinding(finding))
  const tests = checked.reduce((sum, { counts }) => sum + (counts?.tests ?? 0), 0)
  print(
    findings.length === 0 ? `${tests} tests in ${files.length} files: all derived again` : `${findings.length} wrong`,
  )
  return findings.length === 0 ? 0 : 1
}
