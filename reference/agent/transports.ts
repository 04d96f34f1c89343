import { SageError } from '../bytes/sage-error.js'
import type { Transport } from '../transport/channel.js'

/** The transports that are built in, by their names. */
export type BuiltIn = Readonly<Record<'ws' | 'http', Transport>>

/** A transport by its name, where it is built in, or one of the caller's own. */
export type TransportChoice = keyof BuiltIn | Transport

/** The order of preference of who has none. */
const DEFAULT_CHOICE: readonly TransportChoice[] = ['ws', 'http']

/** The scheme of a URL, without the colon. */
export const schemeOf = (url: URL): string => url.protocol.slice(0, -1)

/** The transports of a choice, in its order. @throws SageError `configuration` for an empty one or an unknown name */
export const transportsOf = (
  builtIn: BuiltIn,
  choice: readonly TransportChoice[] = DEFAULT_CHOICE,
): readonly Transport[] => {
  if (choice.length === 0) throw new SageError('configuration', 'no transport is allowed')
  return choice.map(chosen => {
    if (typeof chosen !== 'string') return chosen
    if (!Object.hasOwn(builtIn, chosen))
      throw new SageError(
        'configuration',
        `no transport is called ${chosen}; there are ${Object.keys(builtIn).join(', ')}`,
      )
    return builtIn[chosen]
  })
}

/** Those that reach a URL. @throws SageError `configuration`, with the schemes that are served, where none does */
export const transportsFor = (url: URL, transports: readonly Transport[]): readonly Transport[] => {
  const scheme = schemeOf(url)
  const serving = transports.filter(({ schemes }) => schemes.includes(scheme))
  const served = [...new Set(transports.flatMap(({ schemes }) => schemes))].join(', ')
  if (serving.length === 0)
    throw new SageError('configuration', `no allowed transport serves ${scheme}; those that are served: ${served}`)
  return serving
}

/** A way to a responder. */
export interface Route {
  readonly transport: Transport
  readonly endpoint: URL
}

/** The ways to endpoints, in the order of the transports. */
export const routesTo = (endpoints: readonly URL[], transports: readonly Transport[]): readonly Route[] =>
  transports.flatMap(transport =>
    endpoints
      .filter(endpoint => transport.schemes.includes(schemeOf(endpoint)))
      .map(endpoint => ({ transport, endpoint })),
  )
