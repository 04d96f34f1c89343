import { createUuid } from '../../probe/entropy.js'
import { signHandshake, type HandshakeDraft, type WireObject } from '../../probe/initiator/handshake-draft.js'
import { sealDraft, type ProbeSession, type SessionDraft } from '../../probe/initiator/session-draft.js'
import type { Identity, Target } from '../../probe/initiator/target.js'
import { ECHO_TASK } from '../../../schemas/index.js'
import type { Dice } from '../dice.js'
import { entropy, newHandshake, newIdentity } from '../initiator.js'

/** Handshakes that one draft is good for, as long as none of them is accepted. */
const DRAFT_USES = 200
/** Sessions of one DID: fewer than any responder has to grant. */
const DID_USES = 500

/** Makes honest messages, which are then made wrong: everything that an input is derived from. */
export class Workshop {
  private draft: HandshakeDraft | undefined
  private draftUses = 0
  private identity: Identity = newIdentity()
  private didUses = 0

  constructor(
    readonly target: Target,
    readonly dice: Dice,
    private readonly sessions: readonly ProbeSession[],
  ) {}

  /** A new token. */
  token(): string {
    return createUuid(entropy)
  }

  /** An honest request of one of the sessions, its record still to be sealed. */
  request(wish: Partial<SessionDraft> = {}): SessionDraft {
    return this.dice.pick(this.sessions).draft(entropy, {
      task_id: ECHO_TASK,
      plaintext: this.dice.bytes(this.dice.under(48)),
      ...wish,
    })
  }

  /** Such a request, sealed. */
  sealed(wish: Partial<SessionDraft> = {}): WireObject {
    return sealDraft(this.request(wish)).envelope
  }

  /** A handshake to make wrong: until one is accepted, many can be made of it. */
  spareHandshake(): HandshakeDraft {
    if (this.draft === undefined || ++this.draftUses > DRAFT_USES) {
      this.draft = this.newHandshake()
      this.draftUses = 0
    }
    return { ...this.draft, id: this.token() }
  }

  /** A handshake of its own, which may be accepted. */
  newHandshake(): HandshakeDraft {
    if (++this.didUses > DID_USES) {
      this.identity = newIdentity()
      this.didUses = 0
    }
    return newHandshake(this.target, this.identity)
  }

  /** A handshake of somebody new, who has used no nonce yet. */
  strangersHandshake(): HandshakeDraft {
    return newHandshake(this.target)
  }

  /** A handshake as it is sent. */
  signed(draft: HandshakeDraft): WireObject {
    return signHandshake(draft)
  }
}
