import { spawn } from 'node:child_process'
import { root } from './place.mjs'
import { lineTally, sumOf, tallyLine, tallyOf, tapTally } from './tally.mjs'

// What `.ci/run` runs: the tests, every other check, and the peers whose toolchain this machine has. The last line counts
// them all.

const kept = 100_000 // characters of output that a tally is looked for in

const runNpm = (args, read) =>
  new Promise(resolve => {
    const started = Date.now()
    let tail = ''
    console.log(`$ npm ${args.join(' ')}`)
    const child = spawn('npm', args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      shell: process.platform === 'win32',
    })
    child.stdout.setEncoding('utf8').on('data', text => {
      process.stdout.write(text)
      tail = (tail + text).slice(-kept)
    })
    child.on('error', error => console.error(`npm could not be started: ${error.message}`))
    child.on('close', status => {
      const tally = tallyOf(read, tail, status)
      const how = tally.failed === 0 ? 'ok' : 'FAILED'
      console.log(
        `\nnpm ${args[0] === 'run' ? args[1] : args[0]}: ${how}, ${((Date.now() - started) / 1000).toFixed(1)} s\n`,
      )
      resolve(tally)
    })
  })

const total = sumOf([
  await runNpm(['test', '--', '--reporter=tap'], tapTally),
  await runNpm(['run', 'check'], lineTally),
  await runNpm(['run', 'peers'], lineTally),
])
console.log(tallyLine(total))
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1
