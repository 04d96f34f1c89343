import t from 'tap'
import { explainCommand } from '../explain.js'
import { UsageError } from '../usage.js'

const run = async (id: string) => {
  let shown = ''
  const status = await explainCommand(id, { write: text => void (shown += text), columns: 100 })
  return { status, shown }
}

t.test('a requirement is explained with the mutants of this suite', async t => {
  const { status, shown } = await run('record.replay')
  t.equal(status, 0)
  t.match(shown, /^record\.replay {2}MUST/)
  t.match(shown, /proven by {2}\S*without-record\.replay/)
  t.notMatch(shown, 'no mutant')
})

t.test('an unknown id is a matter of usage, in one line with what is like it', async t => {
  await t.rejects(run('record.reply'), {
    name: UsageError.name,
    message: /^record\.reply is no requirement and no check; there is record\.replay, /,
  })
  await t.rejects(run('\u001b[2J'), { message: /^\\u001b\[2J is no requirement and no check$/ })
})
