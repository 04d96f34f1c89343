import { createIdentity } from '../../reference/agent/identity.js'
import { honestSeams } from '../../reference/agent/honest-seams.js'
import { createResponder } from '../../reference/agent/responder.js'
import { mutants } from './index.js'

// A mutant as a process of its own: `node dist/conformance/mutants/serve-mutant.js NAME [PORT]`, announced as `serve`
// announces the reference.

const [name, port] = process.argv.slice(2)
const mutant = mutants.find(each => each.name === name)
if (mutant) {
  const capabilities = { ws: true, batch: true, stream: true, ...mutant.serve?.capabilities }
  const options = { ...mutant.serve, capabilities, identity: createIdentity(), port: Number(port ?? 0) }
  const agent = await createResponder(options, mutant.fault(honestSeams))
  console.log(`SAGE 1.0 reference responder at ${agent.url}`)
  const close = (): void => void agent.close()
  process.once('SIGTERM', close).once('SIGINT', close)
} else {
  console.error(`no mutant is called ${name ?? '(nothing)'}; there are: ${mutants.map(each => each.name).join(' ')}`)
  process.exitCode = 2
}
