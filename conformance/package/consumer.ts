/** What a user of the package writes, file by file: every entry point, every kind of data, by name. */
export const consumerFiles: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  'use.ts': `
import assert from 'node:assert/strict'
import { connect, createIdentity, isSageError, serve, type Agent, type Session } from 'sage-conformance'
import { checks, formats, type Check } from 'sage-conformance/conformance'
import { defaultLimits, type Limits } from 'sage-conformance/schemas'
import card from 'sage-conformance/schemas/agent-card.schema.json' with { type: 'json' }
import hkdf from 'sage-conformance/vectors/hkdf.json' with { type: 'json' }

const limits: Limits = defaultLimits
const all: readonly Check[] = checks
assert.ok(all.length > 100 && limits.maxBatch > 0 && Object.hasOwn(formats, 'junit'))
assert.ok(card.$schema.includes('2020-12') && hkdf.counts.tests > 0)

const agent: Agent = await serve({ identity: createIdentity(), port: 0 })
const session: Session = await connect(agent.url, { identity: createIdentity() })
await session.ping()
await session.close()
await agent.close()
await assert.rejects(connect(agent.url, { identity: createIdentity() }), error => isSageError(error, 'unreachable'))
console.log('used')
`,
  'nodenext.json': JSON.stringify({
    compilerOptions: {
      module: 'NodeNext',
      target: 'ES2022',
      strict: true,
      outDir: 'out',
      types: ['node'],
      resolveJsonModule: true,
    },
    files: ['use.ts'],
  }),
  'bundler.json': JSON.stringify({
    compilerOptions: {
      module: 'ESNext',
      moduleResolution: 'bundler',
      target: 'ES2022',
      strict: true,
      noEmit: true,
      types: ['node'],
      resolveJsonModule: true,
    },
    files: ['use.ts'],
  }),
}
