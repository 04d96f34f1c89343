import { all, insert, mutant, omit, responder, wire, withJson, withoutHeader } from './mutant.js'

/** Responders that are wrong in what they say of their health. */
export const pageMutants = [
  mutant(
    'health-of-another-type',
    ['health.endpoint', 'health.status-code'],
    wire(['health'], answer => ({ ...answer, headers: { ...answer.headers, 'content-type': 'application/json' } })),
  ),
  mutant(
    'health-in-other-words',
    ['health.endpoint'],
    wire(['health'], answer => withJson(answer, () => ({ status: 'UP' }))),
  ),
  mutant(
    'bad-health-with-200',
    ['health.status-code', 'health.probe-live'],
    wire(['health'], answer => withJson(answer, () => ({ status: 'fail' }))),
  ),
  mutant(
    'life-in-doubt',
    ['health.probe-live'],
    responder(() => ({ health: () => ({ status: 'warn' }) })),
  ),
  mutant(
    'health-with-details',
    ['health.strangers'],
    wire(['health'], answer => withJson(answer, body => ({ ...body, version: '1.0.0' }))),
  ),
  mutant(
    'health-of-an-empty-probe',
    ['health.probe-unknown'],
    all(
      omit('health', 'health.probe-unknown'),
      insert('health', ({ query }) => {
        const [probe = '', ...more] = query.getAll('probe')
        return more.length === 0 && ['', 'live', 'ready'].includes(probe) ? undefined : 'malformed'
      }),
    ),
  ),
  mutant(
    'health-of-the-last-probe',
    ['health.probe-unknown'],
    all(
      omit('health', 'health.probe-unknown'),
      insert('health', ({ query }) =>
        ['live', 'ready'].includes(query.getAll('probe').at(-1) ?? 'ready') ? undefined : 'malformed',
      ),
    ),
  ),
  mutant(
    'health-without-head',
    ['health.head'],
    insert('health', ({ method }) => (method === 'HEAD' ? 'method_not_allowed' : undefined)),
  ),
  mutant(
    'card-without-head',
    ['card.head'],
    insert('card', ({ method }) => (method === 'HEAD' ? 'method_not_allowed' : undefined)),
  ),
  mutant('health-cacheable', ['health.no-store'], wire(['health'], withoutHeader('cache-control'))),
  mutant(
    'health-allows-nothing',
    ['health.method'],
    wire(['error'], (answer, { code }) => (code === 'method_not_allowed' ? withoutHeader('allow')(answer) : answer)),
  ),
]
