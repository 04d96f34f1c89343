import { all, insert, mutant, omit, sockets, webSocket, wire, type Fault } from './mutant.js'

/** The lines of the answer to an upgrade, changed. */
const upgradeHeaders = (change: (lines: readonly string[]) => readonly string[]): Fault =>
  webSocket(honest => ({ upgradeHeaders: lines => change(honest.upgradeHeaders(lines)) }))

const isFrom = (header: string) => (line: string) => line.toLowerCase().startsWith(`${header}:`)

/** Responders that are wrong in how a WebSocket connection is opened. */
export const websocketOpeningMutants = [
  mutant(
    'subprotocol-not-selected',
    ['ws.subprotocol'],
    upgradeHeaders(lines => lines.filter(line => !isFrom('sec-websocket-protocol')(line))),
  ),
  mutant(
    'first-subprotocol-selected',
    ['ws.subprotocol'],
    sockets(honest => ({ ...honest, handleProtocols: offered => [...offered][0] ?? false })),
  ),
  mutant(
    'accept-of-another-key',
    ['ws.endpoint'],
    upgradeHeaders(lines => lines.map(line => line.replace(/^(sec-websocket-accept: )./i, '$1='))),
  ),
  mutant(
    'upgrade-to-the-letter',
    ['ws.endpoint/other-forms'],
    insert('upgrade', ({ headers }) => (headers['connection']?.[0] === 'Upgrade' ? undefined : 400)),
  ),
  mutant(
    'deflate-negotiated',
    ['ws.no-extension'],
    sockets(honest => ({ ...honest, perMessageDeflate: true })),
  ),
  mutant(
    'cors-header-sent',
    ['ws.no-cors'],
    upgradeHeaders(lines => [...lines, 'Access-Control-Allow-Origin: *']),
  ),
  mutant(
    'cors-header-in-refusals',
    ['ws.no-cors'],
    wire(['upgrade'], answer => ({ ...answer, headers: { ...answer.headers, 'access-control-allow-origin': '*' } })),
  ),
  mutant(
    'origin-null-let-in',
    ['ws.origin'],
    all(
      omit('upgrade', 'ws.origin'),
      insert('upgrade', ({ headers }) => ((headers['origin'] ?? ['null'])[0] === 'null' ? undefined : 403)),
    ),
  ),
  mutant(
    'plain-get-not-found',
    ['ws.upgrade-required'],
    wire(['upgrade'], answer => (answer.status === 426 ? { ...answer, status: 404 } : answer)),
  ),
  mutant(
    'subprotocol-by-its-beginning',
    ['ws.subprotocol-required'],
    all(
      omit('upgrade', 'ws.subprotocol-required'),
      insert('upgrade', ({ headers }) =>
        headers['sec-websocket-protocol']?.[0]?.startsWith('sage.') ? undefined : 400,
      ),
    ),
  ),
  mutant(
    'upgrades-from-any-host',
    ['http.loopback-host/upgrade'],
    all(
      omit('front', 'http.loopback-host'),
      insert('front', ({ headers }) =>
        headers['upgrade'] || /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i.test(headers['host']?.[0] ?? '')
          ? undefined
          : 'malformed',
      ),
    ),
  ),
]
