import type { Exchange, PageCase } from '../shapes.js'
import { element, lazyDetails, type Child } from './elements.js'
import { bodyView, part, recordView } from './record.js'

type Request = Exchange['request']
type Frame = Extract<Extract<Request, { frames: unknown }>['frames'], readonly unknown[]>[number]
type Inside = NonNullable<Exchange['lines']>[number]

/** Opcodes of RFC 6455, section 5.2. */
const opcodes: Record<number, string> = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' }

/** Does the suite answer here, as it does where it plays responders to a client? Else it asks. */
const isAnswering = (): boolean => document.querySelector('main')?.dataset['command'] === 'run-client'

const headersView = (headers: readonly (readonly string[])[]): HTMLElement =>
  element(
    'table',
    'headers',
    element(
      'tbody',
      '',
      ...headers.map(([name = '', value = '']) => element('tr', '', element('th', '', name), element('td', '', value))),
    ),
  )

const frameView = ({ opcode, mask, fin, reserved, announced, payload }: Frame): HTMLElement => {
  const said = [
    `${opcodes[opcode] ?? `opcode ${opcode}`} frame`,
    mask === undefined ? 'not masked' : `masked with ${mask}`,
    fin === false ? 'not the last' : '',
    reserved === undefined ? '' : `reserved bits ${reserved}`,
    announced === undefined ? '' : `announced ${announced} bytes`,
  ]
  return part(said.filter(text => text !== '').join(', '), ...bodyView(payload))
}

const untilText = ({ kind, ...rest }: Extract<Request, { until: unknown }>['until']): string =>
  [`waits for: ${kind}`, ...Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`)].join(', ')

const requestView = (request: Request): readonly Child[] => {
  if ('method' in request)
    return [
      element('p', 'line', `${request.method} ${request.url}`),
      headersView(request.headers),
      ...bodyView(request.body),
    ]
  const { connection, frames, until } = request
  const where = connection < 0 ? 'no connection' : `connection ${connection}`
  const sent = Array.isArray(frames)
    ? frames.map(frameView)
    : [element('p', 'empty', `${frames.count} frames of ${frames.bytes} bytes, SHA-256 ${frames.sha256}`)]
  return [element('p', 'line', isAnswering() ? where : `${where}; ${untilText(until)}`), ...sent]
}

const failureText = (failure: NonNullable<Exchange['failure']>): string =>
  'reason' in failure ? `${failure.kind}: ${failure.reason}` : failure.kind

const responseView = ({ response, arrived, failure }: Exchange): readonly Child[] => {
  if (response)
    return [element('p', 'line', `HTTP ${response.status}`), headersView(response.headers), ...bodyView(response.body)]
  if (arrived?.kind === 'message')
    return [
      element('p', 'line', arrived.flaw === undefined ? 'a message' : `a message; ${arrived.flaw}`),
      ...bodyView(arrived.body),
    ]
  if (arrived) {
    const { kind, ...rest } = arrived
    return [
      element(
        'p',
        'line',
        [kind as string, ...Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`)].join(', '),
      ),
    ]
  }
  return [element('p', 'line', failure ? failureText(failure) : 'nothing')]
}

const insideViews = ({ sealed, opened }: Pick<Inside, 'sealed' | 'opened'>): readonly Child[] => [
  recordView('sealed by the suite', sealed),
  recordView('opened by the suite', opened),
]

const listed = (
  heading: string,
  items: readonly (Inside & { readonly what?: string })[] | undefined,
): HTMLElement | undefined =>
  items &&
  part(
    heading,
    element(
      'ol',
      'places',
      ...items.map(item =>
        element(
          'li',
          '',
          element('p', 'line', [item.what, item.judged].filter(Boolean).join(': ')),
          ...insideViews(item),
        ),
      ),
    ),
  )

/** What came of an exchange, in few words. */
const outcomeOf = ({ judged, response, arrived, failure }: Exchange): string =>
  judged ?? (response ? `HTTP ${response.status}` : (arrived ?? failure)?.kind) ?? 'nothing'

const side = (heading: string, name: string, ...children: readonly Child[]): HTMLElement =>
  element('div', `side ${name}`, element('h4', '', heading), ...children)

/** Request and response beside each other, each with the record that was in it. */
const sidesOf = (exchange: Exchange): HTMLElement => {
  const sealed = recordView('sealed by the suite', exchange.sealed)
  const opened = recordView('opened by the suite', exchange.opened)
  const sides = isAnswering()
    ? [
        side('← request of the client', 'request', ...requestView(exchange.request), opened),
        side('→ response of the suite', 'response', ...responseView(exchange), sealed),
      ]
    : [
        side('→ request to the target', 'request', ...requestView(exchange.request), sealed),
        side('← response of the target', 'response', ...responseView(exchange), opened),
      ]
  return element('div', 'sides', ...sides)
}

const exchangeView = (exchange: Exchange, startedAt: number): HTMLDetailsElement => {
  const { step, what, at, places, lines } = exchange
  const inRequest = isAnswering() ? exchange.opened : exchange.sealed
  const summary = element(
    'summary',
    '',
    element('span', 'step', step),
    element('span', 'what', what, inRequest && ` #${inRequest.seq}`),
    element('span', 'outcome', outcomeOf(exchange)),
    element('time', '', `+${Date.parse(at) - startedAt} ms`),
  )
  return lazyDetails(`exchange ${step === 'fault' ? 'fault' : ''}`, summary, () => [
    element('p', 'at', at),
    sidesOf(exchange),
    listed('places of the batch', places),
    listed('lines of the stream', lines),
  ])
}

const said = (name: string, value: string | undefined): readonly Child[] =>
  value === undefined ? [] : [element('dt', '', name), element('dd', '', value)]

/** A case: what was expected and observed, and each exchange in its order, which shows itself when it is opened. */
export const caseView = (one: PageCase, label: HTMLElement | undefined): HTMLElement => {
  const startedAt = Date.parse(one.transcript[0]?.at ?? '')
  return element(
    'section',
    'case',
    element('h4', '', label, label && ' ', one.name === '' ? 'what was exchanged' : one.name),
    element('dl', '', ...said('expected', one.expected), ...said('observed', one.observed)),
    ...(one.transcript.length === 0
      ? [element('p', 'empty', 'nothing was exchanged')]
      : one.transcript.map(exchange => exchangeView(exchange, startedAt))),
  )
}
