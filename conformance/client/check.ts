import {
  transports,
  type Capability,
  type CloseCode,
  type Limits,
  type RequirementId,
  type Transport,
} from '../../schemas/index.js'
import type { Fault } from '../played/fault.js'
import type { Observation } from '../played/observation.js'
import type { TranscriptEntry } from '../probe/initiator/transcript.js'
import type { Broken } from '../runner/judgement.js'
import type { ClientTask, Outcome } from './client.js'

/** One run of an initiator: what it was told, what the responder saw, and how it ended. */
export interface Run {
  /** What its exchanges are called in the evidence. */
  readonly step: string
  readonly task: ClientTask
  /** What an honest answer to each request is, in no order; of a stream, its chunks in theirs. */
  readonly answers: readonly string[]
  readonly seen: Observation
  readonly outcome: Outcome
  readonly transcript: readonly TranscriptEntry[]
  /** The first start of the same case, where that one was in doubt and CMD was started once more. */
  readonly before?: Run
}

/** Why something could not be seen. */
export interface NotObserved {
  readonly notObserved: string
}

/** How the responder of a check is, with the fault and without, and what the initiator is asked for. */
export interface Circumstances {
  /** What differs from the default limits in its card. */
  readonly limits?: Partial<Limits>
  /** How often the payload is to be sent; needs an initiator that takes SAGE_REQUESTS. */
  readonly requests?: number
  /** What the responder declares beside `ws`. */
  readonly capabilities?: readonly Capability[]
  /** The requests go as one batch; needs an initiator that takes SAGE_BATCH. */
  readonly batch?: true
  /** The task is opened as a stream; needs an initiator that takes SAGE_STREAM. */
  readonly stream?: true
  /** The request or its answer is compressed; needs an initiator that takes SAGE_ENCODING. */
  readonly encoding?: 'gzip'
  /** No card: needs an initiator that takes SAGE_KEM_KEY. */
  readonly cardless?: true
}

interface About extends Circumstances {
  /** Tells checks of one requirement apart; the check's id is then `requirement/variant`. */
  readonly variant?: string
  /** Further requirements that this check judges. */
  readonly also?: readonly RequirementId[]
  /** There is such a thing over this transport only. What is about the card, or without one, is for HTTP as it is. */
  readonly over?: Transport
  /** Everything else depends on it: if it fails, the rest is blocked. */
  readonly prerequisite?: true
}

type OneOrNamed = { readonly fault: Fault } | { readonly faults: Readonly<Record<string, Fault>> }

/** Where a fault is played: after it an initiator sends nothing more of the next kind, an upgrade's over another transport. */
export type Place = 'card' | 'upgrade' | 'handshake' | 'answer'

/** A responder whose fault an initiator must refuse. */
export type Refusing = About &
  OneOrNamed & {
    readonly at: Place
    /** The code with which the initiator closes the connection. */
    readonly closes?: CloseCode
  }

/** A responder that is unusual and within its rights. */
export type Accepting = About & OneOrNamed

/** What an initiator itself sends. The honest responder is asked twice. */
export type Watching = About & {
  /** Gives what was broken in the runs, or why it could not be seen, or nothing. */
  readonly look: (runs: readonly [Run, Run]) => Broken | NotObserved | undefined
}

/** What an initiator sends to a responder that is as the fault has it; whether it takes an answer is its own affair. */
export type Heeding = About &
  OneOrNamed & {
    /** Gives what was broken in a run, or nothing. */
    readonly look: (run: Run) => Broken | undefined
  }

/** A case of a check: one fault, and what is to come of it. */
export interface ClientCase {
  readonly name: string
  readonly fault: Fault
}

/** A check of an initiator. */
export interface ClientCheck {
  readonly id: string
  readonly requirement: RequirementId
  readonly also: readonly RequirementId[]
  readonly prerequisite: boolean
  /** Over which it is made. */
  readonly transports: readonly Transport[]
  readonly circumstances: Circumstances
  readonly kind:
    | {
        readonly name: 'refuses'
        readonly at: Place
        readonly closes?: CloseCode | undefined
        readonly cases: readonly ClientCase[]
      }
    | { readonly name: 'accepts'; readonly cases: readonly ClientCase[] }
    | { readonly name: 'heeds'; readonly cases: readonly ClientCase[]; readonly look: Heeding['look'] }
    | { readonly name: 'watches'; readonly look: Watching['look'] }
}

const casesOf = (spec: OneOrNamed): ClientCase[] =>
  'fault' in spec
    ? [{ name: '', fault: spec.fault }]
    : Object.entries(spec.faults).map(([name, fault]) => ({ name, fault }))

const create = (requirement: RequirementId, about: About, kind: ClientCheck['kind']): ClientCheck => {
  const { variant, also = [], prerequisite = false } = about
  const { limits, capabilities, requests, batch, stream, encoding, cardless } = about
  const isOfCard = cardless || (kind.name === 'refuses' && kind.at === 'card')
  const over = about.over ?? (isOfCard ? 'http' : undefined)
  return {
    id: variant === undefined ? requirement : `${requirement}/${variant}`,
    requirement,
    also,
    prerequisite,
    transports: over === undefined ? transports : [over],
    circumstances: {
      ...(limits && { limits }),
      ...(capabilities && { capabilities }),
      ...(requests !== undefined && { requests }),
      ...(batch && { batch }),
      ...(stream && { stream }),
      ...(encoding && { encoding }),
      ...(cardless && { cardless }),
    },
    kind,
  }
}

/** A check that an initiator takes no answer from a responder with a fault. */
export const refuses = (requirement: RequirementId, spec: Refusing): ClientCheck =>
  create(requirement, spec, { name: 'refuses', at: spec.at, closes: spec.closes, cases: casesOf(spec) })

/** A check that an initiator accepts what no rule refuses. */
export const accepts = (requirement: RequirementId, spec: Accepting): ClientCheck =>
  create(requirement, spec, { name: 'accepts', cases: casesOf(spec) })

/** A check of what an initiator sends where it might send something else. */
export const heeds = (requirement: RequirementId, spec: Heeding): ClientCheck =>
  create(requirement, spec, { name: 'heeds', cases: casesOf(spec), look: spec.look })

/** A check of what an initiator sends. */
export const watches = (requirement: RequirementId, spec: Watching): ClientCheck =>
  create(requirement, spec, { name: 'watches', look: spec.look })
