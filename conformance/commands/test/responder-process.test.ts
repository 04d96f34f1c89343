import t from 'tap'
import { startResponder } from '../responder-process.js'

const script = (source: string, patience?: number) => startResponder(process.execPath, ['-e', source], { patience })

const announce = `console.log('SAGE 1.0 reference responder at http://127.0.0.1:8080')`
const live = 'setInterval(() => {}, 1000)'

t.test('a responder says where it listens, lives until it is asked to end, and ends', async t => {
  const responder = await script(`${announce}; console.log('more'); ${live}`)
  t.equal(responder.url, 'http://127.0.0.1:8080')
  await responder.stop()
  t.equal(await responder.ended, 'ended (SIGTERM)')
})

t.test('a responder that does not end when asked is ended', { skip: process.platform === 'win32' }, async t => {
  const responder = await script(`process.on('SIGTERM', () => {}); ${announce}; ${live}`)
  await responder.stop(50)
  t.equal(await responder.ended, 'ended (SIGKILL)')
})

t.test('a responder that dies, says something else, says nothing or does not exist is one clear line', async t => {
  await t.rejects(script('process.exit(7)'), { message: 'ended (exit status 7)' })
  await t.rejects(script(`console.log('hello'); ${live}`), { message: 'said "hello" and not where it listens' })
  await t.rejects(script(live, 100), { message: 'said nothing for 0.1 s' })
  await t.rejects(startResponder('/no/such/program', []), { message: /^could not be started: / })
})

t.test('that a responder dies later is known at once', async t => {
  const responder = await script(`${announce}; setTimeout(() => process.exit(3), 20)`)
  t.equal(await responder.ended, 'ended (exit status 3)')
  await responder.stop()
})
