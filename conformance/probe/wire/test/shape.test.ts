import t from 'tap'
import { parserOf } from '../shape.js'

const parse = parserOf<object>({
  type: 'object',
  properties: { limits: { type: 'object', required: ['maxBatch'], properties: { maxBatch: { type: 'integer' } } } },
  required: ['limits'],
  additionalProperties: false,
})

t.test('what is wrong is named: the member missing, the member too many, the place', t => {
  const cases: [value: object, said: string][] = [
    [{}, 'schema: #/required: "limits" is missing'],
    [{ limits: {} }, 'schema: #/properties/limits/required: "maxBatch" is missing'],
    [{ limits: { maxBatch: 1 }, limit: 1 }, 'schema: #/additionalProperties: there is no member "limit"'],
    [{ limits: { maxBatch: '1' } }, 'schema: #/properties/limits/properties/maxBatch/type'],
  ]
  for (const [value, message] of cases) t.throws(() => parse(value), { name: 'Refusal', layer: 'schema', message })
  t.end()
})

t.test('a name that somebody hostile chose is shown only where it is short and printable', t => {
  for (const name of ['a\u001b[2J', '\u202e', 'x'.repeat(65), '', 'é'])
    t.throws(() => parse({ limits: { maxBatch: 1 }, [name]: 1 }), {
      message: 'schema: #/additionalProperties: there is no member (a name that cannot be shown)',
    })
  t.throws(() => parse({ limits: { maxBatch: 1 }, ['x'.repeat(64)]: 1 }), { message: `"${'x'.repeat(64)}"` })
  t.end()
})
