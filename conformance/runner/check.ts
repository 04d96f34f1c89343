import type {
  AuthenticatedErrorCode,
  CloseCode,
  PlainErrorCode,
  RequirementId,
  Transport,
} from '../../schemas/index.js'
import type { BatchDraft } from '../probe/initiator/batch.js'
import type { HandshakeDraft, WireObject } from '../probe/initiator/handshake-draft.js'
import type { SessionDraft } from '../probe/initiator/session-draft.js'
import type { StreamConversation, StreamWish } from '../probe/initiator/stream-conversation.js'
import type { Target } from '../probe/initiator/target.js'
import type { Outgoing } from '../probe/net/alter.js'
import type { WireRequest } from '../probe/net/exchange.js'
import type { Frame, WireFrames } from '../probe/net/frames.js'
import type { Broken } from './judgement.js'
import type { Kit } from './kit.js'

/** What a check needs of the target and of the run; it is skipped, or not observed, where that is not there. */
export interface Needs {
  /** The one transport over which it makes sense; without it the check is made over each that the target has. */
  readonly transport?: Transport
  /** Capability that the target's card must declare, or several of them: else the check is skipped. */
  readonly capability?: string | readonly string[]
  /** Why this target leaves no way to see it, if so: the check is then not observed. */
  readonly unobservable?: (target: Target) => string | undefined
  /** Nothing else may be going on: such checks run last, one at a time. */
  readonly alone?: true
}

/**
 * What the refusal must be. A `plain` error has the HTTP status of the registry over HTTP; over WebSocket the connection is
 * closed instead where websocket.md says so of such bytes.
 */
export type Expectation = (
  | { readonly plain: PlainErrorCode }
  | {
      readonly authenticated: AuthenticatedErrorCode
      /** It is the first and last chunk of the stream that the message names. */
      readonly stream?: true
    }
  /** The code with which a WebSocket connection is closed. */
  | { readonly close: CloseCode }
  /** An HTTP status, whatever the body: for what is refused before it is a SAGE message. */
  | { readonly status: number | readonly [min: number, max: number] }
) & {
  /** Headers that the refusal must have. */
  readonly headers?: Readonly<Record<string, RegExp>>
}

/** An honest message, ready to be sent: its draft, the JSON object that it became, and what carries it. */
export type Prepared<Draft, Carrier extends Outgoing = Outgoing> = Draft & {
  readonly envelope: WireObject
  readonly request: Carrier
  /** Bytes of the record; empty for a handshake. */
  readonly record: Uint8Array
}

type OneOrNamed<Function> = Function | Readonly<Record<string, Function>>
type MaybeLater<Value> = Value | Promise<Value>

/** One kind of fault, alone or as several named cases, given the honest message that is about to be sent and its twin. */
type FaultOf<Draft, Carrier extends Outgoing, Result> = OneOrNamed<
  (next: Prepared<Draft, Carrier>, twin: Prepared<Draft, Carrier>, kit: Kit) => MaybeLater<Result>
>

interface Faults<Draft> {
  readonly forged: OneOrNamed<(next: Draft, twin: Draft, kit: Kit) => MaybeLater<Draft>>
  readonly tampered: FaultOf<Draft, Outgoing, WireObject>
  readonly bytes: FaultOf<Draft, Outgoing, Uint8Array | string>
  readonly wire: FaultOf<Draft, WireRequest, WireRequest>
  readonly frames: FaultOf<Draft, WireFrames, readonly Frame[]>
}

type Exactly<All, Name extends keyof All> = Pick<All, Name> & { readonly [Other in Exclude<keyof All, Name>]?: never }

/**
 * The fault, exactly one kind of it:
 * `forged` is a peer that lies: it is given the draft, and what it returns is signed and sealed anew;
 * `tampered` is somebody on the path: it is given the finished message and returns another JSON object;
 * `bytes` is a message that says anything at all, an HTTP body or a text over WebSocket;
 * `wire` is anything else that HTTP can say: it returns the whole request, over that transport alone;
 * `frames` is anything else that WebSocket can say: it returns frames, over that transport alone.
 * Each is given the honest message that is about to be sent, and its twin, which has just been accepted.
 */
export type Fault<Draft> = {
  readonly [Name in keyof Faults<Draft>]: Exactly<Faults<Draft>, Name>
}[keyof Faults<Draft>]

type FaultNamed<Draft, Name extends keyof Faults<Draft>> = Name extends keyof Faults<Draft>
  ? Exactly<Faults<Draft>, Name>
  : never

/** What must be true after a refused handshake. */
export type AfterHandshake =
  /** The answer carries nothing that a session could be made of. */
  | 'no-session'
  /** An honest handshake, wholly fresh, is accepted and its session works. */
  | 'new-handshake'
  /** The undamaged form of that very message is accepted. */
  | 'same-bytes-accepted'
  /** The session of the twin still works. */
  | 'twin-session-lives'

/** What must be true after a refused session message. */
export type AfterMessage =
  /** The undamaged form of that very message is accepted. */
  | 'same-bytes-accepted'
  /** The next honest message of the session is accepted. */
  | 'session-lives'
  /** The session is unknown from now on. */
  | 'session-gone'
  /** An honest handshake, wholly fresh, is accepted and its session works. */
  | 'new-handshake'

/** What must be true after a refused message of a stream. */
export type AfterStreamMessage =
  /** The undamaged form of that very message is accepted, and the stream goes on to its end. */
  | 'same-bytes-accepted'
  /** Nothing more comes of the stream, nor of the message. */
  | 'stream-over'
  /** Another stream of the session, on the same connection where the target allows two, goes on to its end. */
  | 'other-stream-lives'
  /** The next honest message of the session is accepted, over the same connection. */
  | 'session-lives'

/** What must be true after a refused upgrade. */
export type AfterUpgrade =
  /** The undamaged form of that very upgrade opens a connection, over which a handshake and a ping are answered. */
  'same-bytes-accepted'

/** At least one state: a refusal that says nothing of what comes after proves little. */
type AtLeastOne<State> = readonly [State, ...State[]]

interface About {
  /** Tells checks of one requirement apart; the check's id is then `requirement/variant`. */
  readonly variant?: string
  /** Further requirements that this check judges. */
  readonly also?: readonly RequirementId[]
  readonly needs?: Needs
  /** Everything else depends on it: if it fails, the rest is blocked. */
  readonly prerequisite?: true
}

/** A refused handshake. */
export type HandshakeRejection = About &
  Fault<HandshakeDraft> & {
    readonly subject: 'handshake'
    readonly expect: Expectation
    readonly after: AtLeastOne<AfterHandshake>
    /** What the honest message says, where the default will not do; twin and next alike. */
    readonly given?: (draft: HandshakeDraft, kit: Kit) => HandshakeDraft
  }

/** A refused message inside a session. */
export type MessageRejection = About &
  Fault<SessionDraft> & {
    readonly subject: 'session message'
    readonly expect: Expectation
    readonly after: AtLeastOne<AfterMessage>
    /** What the honest message says, where `sage/ping@v1` with a few bytes will not do; twin and next alike. */
    readonly given?: (draft: SessionDraft, kit: Kit) => SessionDraft
  }

/** A refused batch, as a whole. */
export type BatchRejection = About &
  FaultNamed<BatchDraft, 'tampered' | 'bytes' | 'wire'> & {
    readonly subject: 'batch'
    readonly expect: Expectation
    readonly after: AtLeastOne<AfterMessage>
  }

/** A refused message of a stream: one that is live, or the one that would open it. */
export type StreamRejection = About &
  FaultNamed<SessionDraft, 'forged' | 'tampered'> & {
    readonly subject: 'message of a stream'
    /** The error with which the stream ends, or the plain error that leaves it alive. */
    readonly expect: { readonly ends: AuthenticatedErrorCode } | { readonly plain: PlainErrorCode }
    readonly after: AtLeastOne<AfterStreamMessage>
    /** What the stream is, if not a plain echo. */
    readonly stream?: StreamWish
    /**
     * Opens the stream, and gives the honest message that is next in it: where an echo of two chunks, of which the second
     * is next, will not do; twin and next alike.
     */
    readonly given?: (stream: StreamConversation, kit: Kit) => Promise<SessionDraft>
  }

/** A refused upgrade to WebSocket. Only its HTTP request can be wrong. */
export type UpgradeRejection = About & {
  readonly subject: 'upgrade'
  readonly wire: OneOrNamed<(next: WireRequest, kit: Kit) => WireRequest>
  readonly expect: Extract<Expectation, { readonly status: unknown }>
  readonly after: AtLeastOne<AfterUpgrade>
}

/** Anything that is to be refused. */
export type Rejection = HandshakeRejection | MessageRejection | BatchRejection | StreamRejection | UpgradeRejection

/** Anything that is to be seen happening rather than refused. */
export type Acceptance = About & {
  /** Gives nothing where the requirement held, and what was broken where not. */
  readonly run: (kit: Kit) => Promise<Broken | undefined>
}

/** The capabilities without which a check is skipped: that of the transport first, where it is made over one alone. */
export const capabilitiesOf = ({ transport, capability = [] }: Needs): readonly string[] => [
  ...(transport === 'ws' ? ['ws'] : []),
  ...(typeof capability === 'string' ? [capability] : capability),
]

interface Identified {
  readonly id: string
  readonly requirement: RequirementId
  readonly also: readonly RequirementId[]
  readonly needs: Needs
  readonly prerequisite: boolean
}

/** A check that sends something. */
export type SendingCheck = Identified &
  ({ readonly kind: 'rejects'; readonly spec: Rejection } | { readonly kind: 'accepts'; readonly spec: Acceptance })

/** A check, ready to be planned. */
export type Check = SendingCheck | (Identified & { readonly kind: 'compares' })

const identify = (requirement: RequirementId, about: About, needs: Needs = {}): Identified => ({
  id: about.variant === undefined ? requirement : `${requirement}/${about.variant}`,
  requirement,
  also: about.also ?? [],
  needs: { ...needs, ...about.needs },
  prerequisite: about.prerequisite ?? false,
})

/** The check that the verdicts of all others are the same over every transport: it is made last, and sends nothing. */
export const compares = (requirement: RequirementId): Check => ({
  kind: 'compares',
  ...identify(requirement, { needs: { transport: 'ws' } }),
})

const needsOf = (spec: Rejection): Needs => {
  if (spec.subject === 'upgrade') return { transport: 'ws' }
  if (spec.subject === 'message of a stream') return {}
  if (spec.subject === 'batch') return { transport: 'http', capability: 'batch' }
  return spec.wire ? { transport: 'http' } : spec.frames ? { transport: 'ws' } : {}
}

/** A check that a fault is refused, as the requirement says, and that afterwards all is as it should be. */
export const rejects = (requirement: RequirementId, spec: Rejection): Check => ({
  kind: 'rejects',
  ...identify(requirement, spec, needsOf(spec)),
  spec,
})

/** A check that something happens as the requirement says. */
export const accepts = (requirement: RequirementId, spec: Acceptance): Check => ({
  kind: 'accepts',
  ...identify(requirement, spec),
  spec,
})
