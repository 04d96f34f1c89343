import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { publishedSchemas, schemaText } from '../emit.js'
import { roomPath } from '../rooms.js'

type SchemaName = keyof typeof publishedSchemas

const names = Object.keys(publishedSchemas) as SchemaName[]
const ajv = new Ajv2020({ strict: true, allErrors: true })

const examples = (schema: SchemaName, kind: 'accept' | 'reject'): [string, unknown][] => {
  const folder = roomPath('schemas', 'examples', schema, kind)
  return readdirSync(folder).map(name => [name, JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'))])
}

/** In how many places two JSON values differ; a member or an array of another length counts as one place. */
const differences = (one: unknown, other: unknown): number => {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other ? 0 : 1
  if (Array.isArray(one) !== Array.isArray(other)) return 1
  if (Array.isArray(one) && Array.isArray(other) && one.length !== other.length) return 1
  const [left, right] = [new Map(Object.entries(one)), new Map(Object.entries(other))]
  const members = [...new Set([...left.keys(), ...right.keys()])]
  return members.reduce(
    (sum, name) => sum + (left.has(name) && right.has(name) ? differences(left.get(name), right.get(name)) : 1),
    0,
  )
}

for (const name of names)
  t.test(`${name}: honest examples are valid, faulty ones are not, and have one fault each`, async t => {
    const validate = ajv.compile(JSON.parse(schemaText(name)) as object)
    const honest = examples(name, 'accept')
    const faulty = examples(name, 'reject')
    t.ok(honest.length > 0 && faulty.length > 0, 'there are both')
    for (const [file, value] of honest) t.ok(validate(value), `accept/${file}: ${ajv.errorsText(validate.errors)}`)
    for (const [file, value] of faulty) {
      t.notOk(validate(value), `reject/${file}`)
      const nearest = Math.min(...honest.map(([, example]) => differences(example, value)))
      t.equal(nearest, 1, `reject/${file} is one change away from an honest example`)
    }
  })

t.test('examples belong to published schemas, and the published files are what the sources say', async t => {
  t.strictSame(readdirSync(roomPath('schemas', 'examples')).sort(), [...names].sort())
  for (const name of names)
    t.equal(readFileSync(roomPath('schemas', `${name}.schema.json`), 'utf8'), schemaText(name), name)
})
