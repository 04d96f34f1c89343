import { createIdentity, serve } from '../../index.js'
import { Meter } from '../meter.js'
import { serveBare } from './bare-server.js'

// A server of the bench, by its argument `reference` or `bare`. It says where it is; `begin` starts its meter, and `end`
// makes it say what it has used.

const SESSION_RECORDS = 2 ** 32

/** Where a server of the bench is. */
export interface ServerPlace {
  readonly url: string
  /** Of the reference. */
  readonly did?: string
}

const startReference = async (): Promise<ServerPlace> => {
  const { url, did } = await serve({
    identity: createIdentity(),
    capabilities: { batch: true, ws: true },
    limits: { maxSessionRecords: SESSION_RECORDS },
  })
  return { url, did }
}

const meter = new Meter()
const say = (message: unknown): void => void process.send?.(message as object)

process.on('message', errand => {
  if (errand === 'begin') {
    meter.begin()
    say('begun')
  } else void meter.end().then(say)
})
process.on('disconnect', () => process.exit())

say(process.argv[2] === 'reference' ? await startReference() : { url: await serveBare() })
