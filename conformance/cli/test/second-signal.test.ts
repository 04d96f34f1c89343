import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'

// In a process of its own: work that never ends, whatever it is told.

const url = new URL('../interruption.js', import.meta.url).href
const script = `
  const { interruptible } = await import(${JSON.stringify(url)})
  await interruptible(signal => new Promise(() => {
    setInterval(() => undefined, 1000)
    signal.addEventListener('abort', () => console.log('told'))
    console.log('begun')
  }))`

t.test('a second signal ends the process at once, with the status of a signal', async t => {
  for (const [name, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [begun] = (await once(child.stdout, 'data')) as [Buffer]
    t.equal(begun.toString(), 'begun\n')
    child.kill('SIGINT')
    const [told] = (await once(child.stdout, 'data')) as [Buffer]
    t.equal(told.toString(), 'told\n')
    child.kill(name)
    t.strictSame(await once(child, 'exit'), [status, null])
  }
})
