import { honestInitiatorSeams } from '../../../reference/agent/initiator-seams.js'
import {
  all,
  guardLists,
  guardsOf,
  mutant,
  omit,
  omitAt,
  parts,
  streams,
  type Fault,
  type InitiatorMutant,
} from './mutant.js'

// A check for every guard, by the id of its requirement; those of one requirement in the order in which they stand.
const judges: Readonly<Record<string, readonly string[]>> = {
  'card.capabilities-sorted': ['card.capabilities-sorted'],
  'card.signature': ['card.signature'],
  'card.signing-key': ['card.signing-key'],
  'card.expected-did': ['identity.expected-did'],
  'card.expired': ['card.expired'],
  'card.issued-ahead': ['card.issued-ahead'],
  'card.lifetime': ['card.lifetime'],
  'handshake.response-message': ['handshake.response-message'],
  'handshake.response-version': ['handshake.response-version'],
  'handshake.response-echo': ['handshake.response-echo'],
  'handshake.response-did': ['handshake.response-did'],
  'handshake.response-hashes': ['handshake.response-hashes'],
  'handshake.response-ts': ['handshake.response-ts'],
  'handshake.response-low-order': ['handshake.response-low-order'],
  'handshake.response-ack-tag': ['handshake.response-ack-tag'],
  'handshake.response-signature': ['handshake.response-signature'],
  'message.response-honoured': [
    'message.response-honoured/status',
    'message.response-honoured/message-id',
    'message.response-honoured/task-id',
    'message.response-honoured/kid',
  ],
  'gzip.response-unasked': ['gzip.response-unasked'],
  'stream.received-names': ['stream.received-names'],
  'stream.received-order': ['stream.received-order', 'see below', 'stream.received-order/beyond-credit'],
  'batch.response-places': ['batch.response-places/number'],
}

/** Guards that no run of a command can miss, each with its reason. */
export const unmissed: Readonly<Record<string, string>> = {
  'card.superseded': 'needs two cards in one process; a command reads one. Judged by cards/verify-superseded',
  'stream.received-order 2': 'whoever has the last chunk may leave what comes after it unread',
}

/** X25519 that gives zeros where it ought to refuse. */
const takesZeros = parts(honest => ({
  isSmallOrderX25519: () => false,
  x25519: (privateKey, publicKey) => {
    try {
      return honest.x25519(privateKey, publicKey)
    } catch {
      return new Uint8Array(32)
    }
  },
}))

// Rules that are kept in a second place too: one without the other is no mistake yet.
const together: Readonly<Record<string, Fault>> = {
  'handshake.response-low-order': takesZeros,
  // Who gives credit as fast as chunks come sees none beyond it.
  'stream.received-order 3': streams(() => ({ creditFor: (_taken, { given }) => given })),
}

/** The initiator without one of its guards, for every guard that it has. */
export const guardMutants: readonly InitiatorMutant[] = guardLists.flatMap(list => {
  const guards = guardsOf(honestInitiatorSeams, list)
  return guards.flatMap(([id], place) => {
    const nth = guards.slice(0, place).filter(([other]) => other === id).length
    const alone = guards.filter(([other]) => other === id).length === 1
    const name = alone ? id : `${id} ${nth + 1}`
    if (Object.hasOwn(unmissed, name)) return []
    const kills = judges[id]?.[nth] ?? `no check for ${name}`
    const fault = all(alone ? omit(list, id) : omitAt(list, place), together[name] ?? (honest => honest))
    const omits = `initiator-omits-${name.replace(/[. ]/g, '-')}`
    // The expected DID is looked at before the other rules too, for the sake of the message.
    if (id !== 'card.expected-did') return [mutant(omits, [kills], fault)]
    const asked = (told: Parameters<NonNullable<InitiatorMutant['asked']>>[0]) => {
      const { expectedDid: _, ...options } = told.options
      return { ...told, options }
    }
    return [mutant(omits, [kills], { fault, asked })]
  })
})
