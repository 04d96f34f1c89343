import t from 'tap'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { parseHealth } from '../health.js'

const response = (text: string, ...types: string[]) => ({
  status: 200,
  headers: types.map(type => ['content-type', type] as const),
  body: encodeUtf8(text),
})

t.test('a status of health+json is read, and what else is told with it', async t => {
  for (const status of ['pass', 'warn', 'fail'])
    t.equal(parseHealth(response(`{"status":"${status}"}`, 'application/health+json')).status, status)
  const more = parseHealth(response('{"status":"warn","version":"1"}', 'Application/Health+JSON; charset=utf-8'))
  t.strictSame(more, { status: 'warn', version: '1' })
})

t.test('nothing else is', async t => {
  const json = 'application/health+json'
  for (const [text, ...types] of [
    ['{"status":"pass"}'],
    ['{"status":"pass"}', 'application/json'],
    ['{"status":"pass"}', 'application/health+json-seq'],
    ['{"status":"pass"}', 'application/healthXjson'],
    ['{"status":"pass"}', json, json],
    ['{"status":"ok"}', json],
    ['{"Status":"pass"}', json],
    ['"pass"', json],
    ['pass', json],
    ['', json],
  ] as const)
    t.throws(() => parseHealth(response(text, ...types)), { name: 'Refusal' }, `${text} ${types.join()}`)
})
