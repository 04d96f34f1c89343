import { createInterface } from 'node:readline'
import { derivationMutants } from './all.js'
import { mutantPeer } from './mutant.js'

// `node dist/conformance/mutants/derivation/peer.js NAME` is that mutant as a CMD of `vectors run`; NAME `honest` has no fault.

const name = process.argv[2] ?? ''
const mutant = name === 'honest' ? {} : derivationMutants.find(each => each.name === name)

if (mutant === undefined) {
  process.stderr.write(`no such mutant; there are: honest, ${derivationMutants.map(each => each.name).join(', ')}\n`)
  process.exitCode = 2
} else {
  const peer = mutantPeer(mutant)
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const { id, op, input } = JSON.parse(line) as { id: string; op: string; input: Record<string, unknown> }
    process.stdout.write(`${JSON.stringify({ id, ...peer(op, input) })}\n`)
  }
}
