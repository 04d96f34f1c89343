import t from 'tap'
import { boundaryFindings } from '../boundaries.js'

const found = (files: Record<string, string>): string[] =>
  boundaryFindings(new Map(Object.entries(files))).map(({ id, text }) => `${id} ${text}`)

const importing = (path: string, specifier: string) => found({ [path]: `import { a } from '${specifier}'\n` })

t.test('what the house allows is not found', async t => {
  for (const [path, specifier] of [
    ['reference/session/keys.ts', '../crypto/hkdf.js'],
    ['reference/session/keys.ts', './window.js'],
    ['reference/agent/agent.ts', '../../schemas/index.js'],
    ['reference/core-peer.ts', './agent/agent.js'],
    ['conformance/mutants/lax.ts', '../../reference/index.js'],
    ['conformance/commands/serve.ts', '../../reference/index.js'],
    ['conformance/probe/aead.ts', 'node:crypto'],
  ] as const)
    t.strictSame(importing(path, specifier), [], `${path} imports ${specifier}`)
})

t.test('an import across a boundary is found, of a type as of a value', async t => {
  for (const [path, specifier] of [
    ['schemas/limits.ts', '../reference/index.js'],
    ['reference/index.ts', '../conformance/index.js'],
    ['conformance/probe/aead.ts', '../../reference/crypto/aead.js'],
    ['conformance/commands/run.ts', '../../reference/index.js'],
    ['reference/bytes/hex.ts', '../crypto/hash.js'],
    ['reference/session/keys.ts', '../identity/did.js'],
    ['reference/message/seal.ts', '../http/server.js'],
    ['reference/transport/exchange.ts', '../http/listener.js'],
    ['reference/websocket/connection.ts', '../http/listener.js'],
  ] as const)
    t.equal(importing(path, specifier).length, 1, `${path} imports ${specifier}`)
  t.equal(found({ 'schemas/a.ts': `import type { A } from '../conformance/a.js'\n` }).length, 1)
  t.equal(found({ 'schemas/a.ts': `const a = await import('../conformance/a.js')\n` }).length, 1)
  t.equal(found({ 'schemas/a.ts': `export * from '../conformance/a.js'\n` }).length, 1)
})

t.test('a cycle is found once, and one of types alone is none', async t => {
  const cycle = {
    'schemas/a.ts': `import { b } from './b.js'\n`,
    'schemas/b.ts': `export * from './c.js'\n`,
    'schemas/c.ts': `import { a } from './a.js'\n`,
    'schemas/d.ts': `import { a } from './a.js'\n`,
  }
  t.strictSame(found(cycle), ['schemas/a.ts imports itself by way of schemas/b.ts -> schemas/c.ts -> schemas/a.ts'])
  t.strictSame(found({ ...cycle, 'schemas/c.ts': `import type { A } from './a.js'\n` }), [])
})
