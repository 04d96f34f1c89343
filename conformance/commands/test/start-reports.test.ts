import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { reportFiles, withOwnReports } from '../start-reports.js'

t.test('each file of a report has a name of its own in a second run, whatever the format', t => {
  const args = ['--report', 'junit=out/all.junit.xml', '--strict', '--report=tap=plain', '--only', 'json=x.json']
  t.strictSame(withOwnReports(args, '-low-limits'), [
    '--report',
    `junit=${join('out', 'all.junit-low-limits.xml')}`,
    '--strict',
    '--report=tap=plain-low-limits',
    '--only',
    'json=x.json',
  ])
  t.strictSame(withOwnReports(args, ''), args.with(1, `junit=${join('out', 'all.junit.xml')}`))
  t.strictSame(reportFiles(args), ['out/all.junit.xml', 'plain'])
  t.end()
})

t.test('so has each list of known failures: one that is read is the same for all where there is none of its own', t => {
  const folder = t.testdir({ 'known.json': '', 'both.json': '', 'both-low-limits.json': '' })
  const at = (name: string): string => join(folder, name)
  const args = ['--write-baseline', at('new.json'), `--write-baseline=${at('other.json')}`]
  t.strictSame(withOwnReports(args, '-low-limits'), [
    '--write-baseline',
    at('new-low-limits.json'),
    `--write-baseline=${at('other-low-limits.json')}`,
  ])
  t.strictSame(withOwnReports(['--baseline', at('known.json')], '-low-limits'), ['--baseline', at('known.json')])
  const own = ['--baseline', at('both-low-limits.json')]
  t.strictSame(withOwnReports(['--baseline', at('both.json')], '-low-limits'), own)
  t.strictSame(withOwnReports(args, ''), args)
  t.end()
})

t.test('what is there already is a file, or keeps its name', t => {
  const folder = t.testdir({ folder: {} })
  const path = join(folder, 'sage.json')
  writeFileSync(path, '')
  t.strictSame(withOwnReports(['--report', `json=${path}`], '-2'), ['--report', `json=${join(folder, 'sage-2.json')}`])
  for (const kept of [`json=${join(folder, 'folder')}`, 'tap=-', 'tap=', 'nothing'])
    t.strictSame(withOwnReports(['--report', kept], '-2'), ['--report', kept], kept)
  t.strictSame(reportFiles(['--report', 'tap=-', '--report', 'nothing', '--report']), [])
  t.end()
})
