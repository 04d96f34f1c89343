import { defaultLimits, STREAM_MEDIA_TYPE, type SessionResponse } from '../../../schemas/index.js'
import { explainResponse } from '../diagnosis/explain.js'
import { headerValues, type WireResponse } from '../net/response-reader.js'
import { Refusal } from '../refusal.js'
import { parseLines } from '../wire/lines.js'
import { openResponseRecord, parseSessionResponse } from '../wire/session-message.js'
import { readBody, readContent, readError, readOutcome, type Answer, type Content, type Outcome } from './answer.js'
import type { ProbeSession, SessionDraft } from './session-draft.js'

/** The message that opened a stream, and the bytes of its record. */
export interface StreamOpening {
  readonly draft: SessionDraft
  readonly record: Uint8Array
}

const isStreamType = ({ headers }: WireResponse): boolean => {
  const values = headerValues(headers, 'content-type')
  const [type = ''] = (values[0] ?? '').split(';')
  return values.length === 1 && type.trim().toLowerCase() === STREAM_MEDIA_TYPE
}

const refuse = (rule: string): never => {
  throw new Refusal('transcript', rule)
}

/**
 * Reads what comes of one stream as an honest initiator does: the names of each part, its record, its number, the end, and
 * how many chunks it has allowed. A part that an initiator must not take is `unacceptable`, with the reason.
 */
export class StreamReader {
  #next = 0
  #isOver = false

  /** @param allowed chunks that the responder may send by now; without it there is no credit, as over HTTP */
  constructor(
    readonly session: ProbeSession,
    readonly opening: StreamOpening,
    readonly allowed?: () => number,
    readonly maxMessageBytes = defaultLimits.maxMessageBytes,
  ) {}

  /** What came over WebSocket. Never throws. */
  read(outcome: Outcome): Answer {
    if (outcome.kind === 'sent' || outcome.kind === 'nothing') return { kind: 'nothing' }
    return readOutcome(
      outcome,
      body => this.#readPart(body),
      (refusal, body) => this.#explain(refusal, body),
    )
  }

  /** The parts of a whole answer over HTTP, or why there are none. Never throws. */
  readAll(outcome: Outcome): Answer[] {
    if (outcome.kind !== 'response') return [this.read(outcome)]
    const { response } = outcome
    const { status, body } = response
    if (status !== 200) return [readError(response)]
    const unacceptable = (why: string): Answer => ({ kind: 'unacceptable', why, response, body })
    if (!isStreamType(response)) return [unacceptable(`its media type is not ${STREAM_MEDIA_TYPE}`)]
    try {
      const parts = parseLines(body).map(line => ({ ...this.#readLine(line), response }))
      return this.#isOver ? parts : [...parts, unacceptable('it ends before a chunk with `end` true')]
    } catch (cause) {
      if (cause instanceof Refusal) return [unacceptable(cause.message)]
      throw cause
    }
  }

  #readLine(line: Uint8Array): Answer {
    return readBody(
      line,
      body => this.#readPart(body),
      (refusal, body) => this.#explain(refusal, body),
    )
  }

  #explain(refusal: Refusal, body: Uint8Array): string | undefined {
    return explainResponse(refusal, body, this.session, this.opening)
  }

  #readPart(body: Uint8Array): Answer {
    const { session, opening } = this
    const { draft } = opening
    const parsed = parseSessionResponse(body)
    if (parsed.message_id !== draft.id) refuse('message_id is not that of the opening')
    if (parsed.task_id !== draft.task_id) refuse('task_id is not that of the opening')
    if (parsed.kid !== draft.kid) refuse("kid is not the session's")
    if (parsed.stream?.id !== draft.stream?.id) refuse('stream.id is not that of the stream')
    const opened = openResponseRecord(parsed, opening.record, (bytes, aad) => session.receiver.open(bytes, aad))
    if (this.#isOver) refuse('it comes after the last chunk')
    return this.#take(parsed, readContent(parsed, opened, this.maxMessageBytes))
  }

  #take(parsed: SessionResponse, content: Content): Answer {
    const { stream } = parsed
    if (!stream || !('seq' in stream)) {
      if (!parsed.success) return refuse('an error that is no chunk')
      if (!this.allowed) return refuse('a control over HTTP')
      if (!stream || !('credit' in stream)) return refuse('a control that only an initiator may send')
      return { kind: 'credit', credit: stream.credit, ...content }
    }
    if (stream.seq !== this.#next) refuse(`chunk ${stream.seq} in the place of chunk ${this.#next}`)
    if (!parsed.success && !stream.end) refuse('an error that is not the end')
    if (parsed.success && this.allowed && stream.seq >= this.allowed()) refuse('a chunk beyond the credit')
    this.#next += 1
    this.#isOver = stream.end
    if (parsed.success) return { kind: 'chunk', end: stream.end, ...content }
    return { kind: 'authenticated', error: parsed.error, stream, ...content }
  }
}
