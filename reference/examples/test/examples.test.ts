import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { errorTable, roomPath } from '../../../schemas/index.js'
import { localErrorCodes } from '../../bytes/sage-error.js'

// What the README of this room shows is what runs, and what it prints.

const readme = readFileSync(roomPath('reference', 'README.md'), 'utf8')
const quoted =
  /^\[examples\/(?<name>[a-z-]+)\.ts\]\(examples\/\1\.ts\)\n\n```ts\n(?<code>.*?)```\n\n```\n(?<output>.*?)```$/gms
const examples = [...readme.matchAll(quoted)].map(({ groups }) => groups as Record<'name' | 'code' | 'output', string>)

const run = async (name: string): Promise<string> => {
  const script = fileURLToPath(new URL(`../${name}.js`, import.meta.url))
  return (await promisify(execFile)(process.execPath, [script], { timeout: 20_000 })).stdout
}

t.test('every example is quoted, and no code stands in the README that is not one', async t => {
  const files = readdirSync(roomPath('reference', 'examples')).filter(name => name.endsWith('.ts'))
  t.same(examples.map(({ name }) => `${name}.ts`).sort(), files.sort())
  t.equal(readme.split('```ts').length - 1, examples.length)
})

for (const { name, code, output } of examples)
  t.test(`${name} is quoted as it is, and prints what the README says`, async t => {
    t.equal(code, readFileSync(roomPath('reference', 'examples', `${name}.ts`), 'utf8'))
    t.equal(await run(name), output)
  })

t.test('every code of an error is explained', async t => {
  for (const code of [...Object.keys(errorTable), ...localErrorCodes]) t.ok(readme.includes(`\`${code}\``), code)
})
