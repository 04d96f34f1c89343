import { readEnvironment } from '../../../reference/client-peer.js'
import { initiatorMutants } from './all.js'
import { runInitiator } from './mutant.js'

// `node dist/conformance/mutants/initiator/peer.js NAME` is that mutant as a CMD of `run-client`; NAME `honest` has no fault.

const name = process.argv[2] ?? ''
const wrong = name === 'honest' ? {} : initiatorMutants.find(each => each.name === name)

if (wrong === undefined) {
  process.stderr.write(`no such mutant; there are: honest, ${initiatorMutants.map(each => each.name).join(', ')}\n`)
  process.exitCode = 2
} else {
  try {
    const answers = await runInitiator(wrong, readEnvironment(process.env))
    for (const answer of answers) process.stdout.write(Buffer.concat([answer, Buffer.from('\n')]))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
