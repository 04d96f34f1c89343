import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadListHistory } from '../list-history.js'

const file = 'conformance/trace/unjudged.json'

const git = (root: string, ...args: string[]) =>
  execFileSync('git', ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { stdio: 'ignore' })

const commit = (root: string, text: string | undefined) => {
  if (text === undefined) rmSync(join(root, file))
  else writeFileSync(join(root, file), text)
  git(root, 'add', '-A')
  git(root, 'commit', '-m', 'change')
}

t.test('every committed version of the list counts, newest first', async t => {
  const root = t.testdir({})
  git(root, 'init')
  mkdirSync(join(root, 'conformance/trace'), { recursive: true })
  commit(root, '[{"id":"a.b","issue":"2"},{"id":"c.d","issue":"2"}]')
  commit(root, 'not JSON')
  commit(root, undefined)
  commit(root, '[{"id":"a.b","issue":"2"}]')
  const { history, unknown } = loadListHistory(root)
  t.equal(unknown, undefined)
  t.strictSame(
    history.map(({ ids }) => ids),
    [['a.b'], [], ['a.b', 'c.d']],
    'a deleted list is an empty one, an unreadable one says nothing',
  )
  t.match(history[0]?.version, /^commit [0-9a-f]{12}$/)
})

t.test('without a repository of its own the rule says that it was not checked', async t => {
  const outer = t.testdir({ inner: { 'a.txt': 'a' } })
  git(outer, 'init')
  t.match(loadListHistory(join(outer, 'inner')), { history: [], unknown: /not a repository of its own/ })
  t.match(loadListHistory(join(outer, 'not-there')), { history: [], unknown: /no git history/ })
})
