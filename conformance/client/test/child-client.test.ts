import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { NotStartable } from '../../vectors/child-peer.js'
import { createChildClient } from '../child-client.js'
import type { ClientTask } from '../client.js'

const task: ClientTask = {
  url: 'http://127.0.0.1:1',
  expectedDid: 'did:key:z6Mk',
  task: 'a/task@v1',
  payload: 'a payload',
  transport: 'http',
  requests: 1,
}

const run = (script: string, change: Partial<ClientTask> = {}, timeoutMs = 10_000) =>
  createChildClient([process.execPath, '-e', script])({ ...task, ...change }, timeoutMs)

t.test('a command is told its task by its environment, and by nothing that it inherits', async t => {
  const say = `console.log(JSON.stringify(Object.fromEntries(Object.entries(process.env).filter(([n]) => /^SAGE_/.test(n)))))`
  process.env['SAGE_REQUESTS'] = '7'
  process.env['SAGE_KEM_KEY'] = 'inherited'
  process.env['SAGE_STREAM'] = '1'
  t.teardown(() => {
    delete process.env['SAGE_REQUESTS']
    delete process.env['SAGE_KEM_KEY']
    delete process.env['SAGE_STREAM']
  })
  const told = async (change: Partial<ClientTask>): Promise<unknown> => {
    const outcome = await run(say, change)
    return outcome.kind === 'exit' && JSON.parse(Buffer.from(outcome.stdout).toString())
  }
  const least = {
    SAGE_URL: task.url,
    SAGE_EXPECTED_DID: task.expectedDid,
    SAGE_TASK: task.task,
    SAGE_PAYLOAD: task.payload,
    SAGE_TRANSPORT: task.transport,
  }
  t.strictSame(await told({}), least)
  t.strictSame(await told({ requests: 2, kemKey: 'key' }), { ...least, SAGE_REQUESTS: '2', SAGE_KEM_KEY: 'key' })
  t.strictSame(await told({ batch: true, stream: true, encoding: 'gzip' }), {
    ...least,
    SAGE_BATCH: '1',
    SAGE_STREAM: '1',
    SAGE_ENCODING: 'gzip',
  })
})

t.test('a status, a signal, a hang and a flood are told apart', async t => {
  t.match(await run('console.error("no"); process.exit(3)'), { kind: 'exit', status: 3, stderr: 'no\n' })
  t.match(await run('process.kill(process.pid, "SIGSEGV")'), { kind: 'signal', signal: 'SIGSEGV' })
  t.match(await run('setInterval(() => {}, 1000)', {}, 300), { kind: 'hang', afterMs: 300 })
  t.match(await run('const more = () => process.stdout.write("x".repeat(65536), more); more()'), { kind: 'flood' })
})

t.test('what a command leaves behind ends with it', async t => {
  const path = join(t.testdir({}), 'alive')
  const child = `setInterval(() => require('fs').writeFileSync(${JSON.stringify(path)}, String(Date.now())), 20)`
  const spawn = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' })`
  const wait = `${spawn}; setInterval(() => { if (require('fs').existsSync(${JSON.stringify(path)})) process.exit(1) }, 10)`
  t.match(await run(wait), { kind: 'exit', status: 1 })
  t.ok(existsSync(path))
  await delay(100)
  const before = await readFile(path, 'utf8')
  await delay(150)
  t.equal(await readFile(path, 'utf8'), before)
})

t.test('a command that cannot be started is no client', async t => {
  await t.rejects(createChildClient(['/no/such/command'])(task, 1000), NotStartable)
})
