import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { rootPath } from '../../schemas/index.js'
import { consumerFiles } from './consumer.js'
import { strayModules } from './packed-modules.js'

// Packs the package and holds it against what its users need: no module too many and none too few, entry points that
// publint and attw have nothing against, and, installed in an empty folder, commands and imports that work.

/** Bytes of a page without any result. */
const LEAST_PAGE_BYTES = 100_000

const findings: string[] = []
const scratch = mkdtempSync(join(tmpdir(), 'sage-package-'))

/** What a program prints; a finding where it fails. */
const run = (command: string, args: readonly string[], cwd: string): string => {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 300_000,
  })
  if (status !== 0) findings.push(`${[command, ...args].join(' ')}: ${error?.message ?? `${stdout}${stderr}`.trim()}`)
  return stdout
}
const node = (args: readonly string[], cwd: string): string => run(process.execPath, args, cwd)
const installed = (name: string, ...parts: readonly string[]): string => join(rootPath, 'node_modules', name, ...parts)

interface Packed {
  readonly filename: string
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

const pack = (): Packed => {
  const said = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', scratch], rootPath)
  return (JSON.parse(said) as [Packed])[0]
}

const checkModules = ({ files }: Packed): void => {
  const packed = files.map(({ path }) => path)
  const { missing, needless } = strayModules(packed, path => {
    try {
      return readFileSync(join(rootPath, path), 'utf8')
    } catch {
      return undefined
    }
  })
  findings.push(...missing.map(path => `${path} is needed and not in the package`))
  findings.push(...needless.map(path => `${path} is in the package and nobody needs it`))
}

const checkEntryPoints = async (tarball: string): Promise<void> => {
  const { messages, pkg } = await publint({ pkgDir: rootPath, strict: true, pack: false })
  findings.push(...messages.map(message => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`))
  node(
    [installed('@arethetypeswrong/cli', 'dist', 'index.js'), tarball, '--profile', 'esm-only', '--no-emoji'],
    rootPath,
  )
}

const firstLine = async (stream: Readable): Promise<string> => {
  for await (const line of createInterface({ input: stream })) return line
  return ''
}

/** Serves with the installed program, judges that with it, and ends it. */
const judgeItself = async (program: string, folder: string): Promise<void> => {
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  const responder = spawn(process.execPath, [program, 'serve', '--port', '0'], { cwd: folder, stdio: [...stdio] })
  try {
    const url = (await firstLine(responder.stdout!)).split(' ').at(-1) ?? ''
    const verdict = node([program, 'run', url, '--only', 'task.*', '--report', 'html=report.html'], folder)
    if (!verdict.includes('conformant: ')) findings.push(`run: ${verdict}`)
    else if (statSync(join(folder, 'report.html')).size < LEAST_PAGE_BYTES) findings.push('the page is all but empty')
  } finally {
    responder.kill()
  }
}

const useInstalled = async (tarball: string): Promise<{ readonly packages: number }> => {
  const folder = join(scratch, 'consumer')
  mkdirSync(folder)
  for (const [name, text] of Object.entries(consumerFiles)) writeFileSync(join(folder, name), text)
  const types = JSON.parse(readFileSync(installed('@types/node', 'package.json'), 'utf8')) as { version: string }
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  run('npm', ['install', ...quiet, tarball], folder)
  const packages = readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' }).filter(path =>
    /^(?:@[^/\\]+[/\\])?[^/\\.]+[/\\]package\.json$/.test(path),
  ).length
  run('npm', ['install', '--save-dev', ...quiet, `@types/node@${types.version}`], folder)
  const program = join(folder, 'node_modules', 'sage-conformance', 'conformance', 'bin', 'sage-conformance.js')
  node([program, 'vectors', 'check'], folder)
  await judgeItself(program, folder)
  for (const project of ['nodenext.json', 'bundler.json'])
    node([installed('typescript', 'bin', 'tsc'), '-p', project], folder)
  if (node(['out/use.js'], folder).trim() !== 'used') findings.push('what its user wrote did not run to its end')
  return { packages }
}

try {
  const packed = pack()
  const tarball = join(scratch, packed.filename)
  checkModules(packed)
  await checkEntryPoints(tarball)
  const { packages } = await useInstalled(tarball)
  const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`
  for (const finding of findings) console.error(finding)
  console.log(
    `${packed.files.length} files, ${kilobytes(packed.size)} packed, ${kilobytes(packed.unpackedSize)} unpacked; ` +
      `${packages} packages in an empty folder; ${findings.length} findings`,
  )
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
process.exitCode = findings.length === 0 ? 0 : 1
