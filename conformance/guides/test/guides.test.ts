import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import t from 'tap'
import { rootPath } from '../../../schemas/index.js'

// Every command of the guides, and of the other pages that show some, is run, in a shell as a reader would, and prints what
// the page says that it prints.

const guides = readdirSync(join(rootPath, 'conformance', 'guides')).filter(name => name.endsWith('.md'))
const pages = [...guides.map(name => `conformance/guides/${name}`), 'ARCHITECTURE.md']
const MARK = '-- command '

interface Shown {
  readonly command: string
  readonly status: number
  /** Lines of the output; `…` in a line stands for anything, a line of it for any lines. */
  readonly output: readonly string[]
}

const blocksOf = (text: string): string[] =>
  [...text.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = '']) => block)

/** The commands of a page, with what each is said to print. */
const shownIn = (text: string): Shown[] =>
  blocksOf(text).flatMap(block =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map(part => {
        const [line = '', ...output] = part.replace(/\n$/, '').split('\n')
        const [, command = line, status = '0'] = /^(.*?)\s+# exit status (\d)$/.exec(line) ?? []
        return { command, status: Number(status), output }
      }),
  )

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const patternOf = (output: readonly string[]): RegExp => {
  const lines = output.map(line => (line === '…' ? '(.*\n)*?' : `${line.split('…').map(escaped).join('.*')}\n`))
  return new RegExp(`^${lines.join('')}$`)
}

const freePorts = async (count: number): Promise<number[]> => {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map(server => new Promise(resolve => server.once('listening', resolve))))
  const ports = servers.map(server => (server.address() as AddressInfo).port)
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}

/** A folder in which a checkout seems to be, and the program on the path. */
const scratchIn = (scratch: string): string => {
  for (const name of ['conformance', 'dist', 'node_modules', 'package.json'])
    symlinkSync(join(rootPath, name), join(scratch, name))
  mkdirSync(join(scratch, 'bin'))
  const program = join(scratch, 'bin', 'sage-conformance')
  const real = join(rootPath, 'conformance', 'bin', 'sage-conformance.js')
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${real}" "$@"\n`)
  chmodSync(program, 0o755)
  return join(scratch, 'bin')
}

/** A script that runs commands one after the other, says which one comes, and waits for a server to say where it is. */
const scriptOf = (shown: readonly Shown[]): string =>
  [
    `trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT`,
    ...shown.flatMap(({ command }, index) => {
      const begin = `echo "${MARK}${index}"`
      if (!command.endsWith(' &')) return [begin, `{ ${command} ; } 2>&1`, `echo "${MARK}status $?"`]
      const out = `server-${index}.txt`
      const server = `${command.slice(0, -2)} > ${out} 2>&1 &`
      return [begin, server, `until grep -q http ${out}; do sleep 0.05; done`, `cat ${out}`, `echo "${MARK}status 0"`]
    }),
  ].join('\n')

const run = (script: string, cwd: string, path: string): Promise<string> =>
  new Promise(resolve => {
    const env = { ...process.env, PATH: `${path}${delimiter}${process.env['PATH']}` }
    const child = spawn('bash', ['-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('close', () => resolve(output))
  })

/** Why the commands of a page cannot be run here, if so. */
const lacking = (commands: readonly Shown[]): string | false => {
  if (spawnSync('bash', ['-c', 'true']).status !== 0) return 'there is no bash here'
  const needsPython = commands.some(({ command }) => command.includes('python3'))
  if (needsPython && spawnSync('python3', ['-c', 'import cryptography']).status !== 0)
    return 'there is no python3 with the package cryptography here'
  return false
}

for (const page of pages) {
  const commands = shownIn(readFileSync(join(rootPath, page), 'utf8'))
  if (commands.length === 0) continue
  t.test(`${page} shows what its ${commands.length} commands print`, { skip: lacking(commands) }, async t => {
    const scratch = t.testdir({})
    const path = scratchIn(scratch)
    const names = ['8080', '8081']
    const ports = await freePorts(names.length)
    const inPorts = (text: string): string =>
      names.reduce((all, name, index) => all.replaceAll(name, String(ports[index])), text)
    const asRun = commands.map(each => ({
      ...each,
      command: inPorts(each.command),
      output: each.output.map(inPorts),
    }))
    const parts = (await run(scriptOf(asRun), scratch, path)).split(new RegExp(`^${MARK}\\d+\\n`, 'm')).slice(1)
    for (const [index, { command, status, output }] of asRun.entries()) {
      const [printed = '', ended] = (parts[index] ?? '').split(`${MARK}status `)
      t.equal(Number(ended), status, `exit status of ${command}\n${printed}`)
      t.match(printed, patternOf(output), command)
    }
  })
}

t.test('a command that prints something else is noticed', t => {
  const pattern = patternOf(['one …', '…', 'two'])
  t.match('one 1\nanything\nat all\ntwo\n', pattern)
  t.match('one \ntwo\n', pattern)
  t.notMatch('one 1\nthree\n', pattern)
  t.notMatch('zero\none 1\ntwo\n', pattern)
  t.strictSame(shownIn('```console\n$ a b   # exit status 1\nx\n$ c &\n```\n'), [
    { command: 'a b', status: 1, output: ['x'] },
    { command: 'c &', status: 0, output: [] },
  ])
  t.end()
})
