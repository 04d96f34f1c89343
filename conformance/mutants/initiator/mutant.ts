import type { RequirementId } from '../../../schemas/index.js'
import { connectWith } from '../../../reference/agent/connect.js'
import {
  honestInitiatorSeams,
  type InitiatorParts,
  type InitiatorSeams,
} from '../../../reference/agent/initiator-seams.js'
import type { InitiatorStreamParts } from '../../../reference/agent/initiator-stream-parts.js'
import type { Session } from '../../../reference/agent/session.js'
import type { Guard } from '../../../reference/bytes/guard.js'
import { askAll, type Asked } from '../../../reference/client-peer.js'
import type { Parts } from '../../../reference/parts.js'

/** Makes an initiator wrong in one place. */
export type Fault = (honest: InitiatorSeams) => InitiatorSeams

/** An initiator that is asked for something, and can connect. */
export interface Driver {
  readonly asked: Asked
  /** A new session. */
  readonly open: () => Promise<Session>
  /** What the honest initiator does in a session. */
  readonly ask: (session: Session) => Promise<Uint8Array[]>
}

/** What a mutant is made of; what is absent is honest. */
export interface Wrong {
  /** Wrong inside. Made anew for every run, so that what it remembers is that run's. */
  readonly fault?: Fault
  /** Wrong in what it takes from its caller. */
  readonly asked?: (asked: Asked) => Asked
  /** Wrong in what it does with sessions. */
  readonly drive?: (driver: Driver) => Promise<Uint8Array[]>
}

/** An initiator with one fault, named for it, and the checks that must find it. */
export interface InitiatorMutant extends Wrong {
  readonly name: string
  /** Ids of the checks that this mutant trips, each by itself. */
  readonly kills: readonly string[]
}

/** A mutant. */
export const mutant = (name: string, kills: readonly string[], wrong: Wrong | Fault): InitiatorMutant => ({
  name,
  kills,
  ...(typeof wrong === 'function' ? { fault: wrong } : wrong),
})

const once = async ({ open, ask }: Driver): Promise<Uint8Array[]> => {
  const session = await open()
  try {
    return await ask(session)
  } finally {
    await session.close()
  }
}

/** Does what it is asked, with the fault of a mutant or with none, and gives the answers. Rejects where there are none. */
export const runInitiator = ({ fault, asked: change, drive = once }: Wrong, told: Asked): Promise<Uint8Array[]> => {
  const asked = change?.(told) ?? told
  const seams = fault?.(honestInitiatorSeams) ?? honestInitiatorSeams
  const open = (): Promise<Session> => connectWith(asked.url, asked.options, seams)
  return drive({ asked, open, ask: session => askAll(session, asked) })
}

/** Several faults that only together make one mistake. */
export const all =
  (...faults: readonly Fault[]): Fault =>
  honest =>
    faults.reduce((seams, fault) => fault(seams), honest)

/** Replaces steps of the core. */
export const parts =
  (replace: (honest: Parts) => Partial<Parts>): Fault =>
  honest => ({ ...honest, parts: { ...honest.parts, ...replace(honest.parts) } })

/** Replaces decisions of the initiator. */
export const initiator =
  (replace: (honest: InitiatorParts) => Partial<InitiatorParts>): Fault =>
  honest => ({ ...honest, initiatorParts: { ...honest.initiatorParts, ...replace(honest.initiatorParts) } })

/** Replaces decisions of the initiator in streams. */
export const streams =
  (replace: (honest: InitiatorStreamParts) => Partial<InitiatorStreamParts>): Fault =>
  honest => ({ ...honest, streamParts: { ...honest.streamParts, ...replace(honest.streamParts) } })

/** The lists of guards of an initiator, flat. */
export const guardLists = ['card', 'before', 'after', 'answer', 'chunk', 'batchAnswer'] as const

/** Name of a list of guards. */
export type GuardList = (typeof guardLists)[number]

type AnyGuard = Guard<never, 'peer_rejected'>

const isOfHandshake = (list: GuardList): list is 'before' | 'after' => list === 'before' || list === 'after'

/** A list of guards. */
export const guardsOf = ({ guards }: InitiatorSeams, list: GuardList): readonly AnyGuard[] =>
  isOfHandshake(list) ? guards.response[list] : guards[list]

const withGuards = (seams: InitiatorSeams, list: GuardList, changed: readonly AnyGuard[]): InitiatorSeams => {
  const { guards } = seams
  const part = { [list]: changed }
  return {
    ...seams,
    guards: isOfHandshake(list) ? { ...guards, response: { ...guards.response, ...part } } : { ...guards, ...part },
  }
}

/** Leaves out one guard, by its place in the list. */
export const omitAt =
  (list: GuardList, place: number): Fault =>
  honest =>
    withGuards(
      honest,
      list,
      guardsOf(honest, list).filter((_, index) => index !== place),
    )

/** Leaves out every guard called `id`. */
export const omit =
  (list: GuardList, id: RequirementId): Fault =>
  honest =>
    withGuards(
      honest,
      list,
      guardsOf(honest, list).filter(([guard]) => guard !== id),
    )

/** Puts a guard at the end of a list that does not belong there. */
export const insert =
  <List extends GuardList>(list: List, refuses: (context: ContextOf<List>) => boolean): Fault =>
  honest => {
    const rogue: Guard<ContextOf<List>, 'peer_rejected'> = [
      'error.precedence',
      context => (refuses(context) ? 'peer_rejected' : undefined),
    ]
    return withGuards(honest, list, [...guardsOf(honest, list), rogue as AnyGuard])
  }

type Lists = {
  readonly card: InitiatorSeams['guards']['card']
  readonly answer: InitiatorSeams['guards']['answer']
  readonly chunk: InitiatorSeams['guards']['chunk']
  readonly batchAnswer: InitiatorSeams['guards']['batchAnswer']
  readonly before: InitiatorSeams['guards']['response']['before']
  readonly after: InitiatorSeams['guards']['response']['after']
}

/** What the guards of a list look at. */
export type ContextOf<List extends GuardList> = Parameters<Lists[List][number][1]>[0]
