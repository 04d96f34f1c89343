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
