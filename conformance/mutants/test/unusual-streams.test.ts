import t from 'tap'
import { lowLimits } from '../../../reference/agent/limit-profiles.js'
import { cut } from '../../../reference/agent/served-streams.js'
import type { StreamParts, StreamSend } from '../../../reference/agent/stream-parts.js'
import { judgeFault } from '../judge-mutant.js'
import { responder, type Fault } from '../responder/mutant.js'

// Responders that do in streams what nobody expects and no rule forbids: no check may find fault with them. Their limits are
// those under which it is hardest to tell.

const stream =
  (replace: (honest: StreamParts) => Partial<StreamParts>): Fault =>
  honest => ({ ...honest, streamParts: { ...honest.streamParts, ...replace(honest.streamParts) } })

const controls = (send: StreamSend): boolean => 'credit' in send.stream

const unusual: Readonly<Record<string, Fault>> = {
  'credit without end': stream(() => ({ creditFor: () => 2 ** 32 - 1 })),
  'credit far in advance': stream(() => ({ creditFor: (taken, { window }) => taken + 3 * window })),
  'credit by the window': stream(() => ({
    creditFor: (taken, { window }) => (Math.floor(taken / window) + 1) * window,
  })),
  'every credit twice': stream(() => ({
    outgoing: async function* (sends) {
      for await (const send of sends) yield* controls(send) ? [send, send] : [send]
    },
  })),
  'its last credit again before every chunk': stream(() => ({
    outgoing: async function* (sends) {
      let last: StreamSend | undefined
      for await (const send of sends) {
        if (controls(send)) last = send
        else if (last) yield last
        yield send
      }
    },
  })),
  'an echo one chunk late': responder(() => ({
    echoStream: async function* (chunks, { metadata }) {
      let late: Uint8Array | undefined
      for await (const chunk of chunks)
        for (const part of cut(chunk, Number(metadata['chunk_size'] ?? Infinity))) {
          if (late) yield late
          late = part
        }
      if (late) yield late
    },
  })),
}

/** Those that depend on when credit and chunks come. */
const delicate = [
  'stream.opening',
  'stream.no-own-response',
  'stream.end',
  'stream.credit-initial',
  'stream.credit-respected',
  'stream.credit-effect',
  'stream.credit-given',
  'stream.credit-shrinks',
  'stream.beyond-credit',
  'stream.isolated',
  'stream.gap/repeated',
  'stream.after-end',
  'stream.session-closed',
  'stream.limit',
  'task.echo-stream',
  'task.echo-chunks',
]

for (const [name, fault] of Object.entries(unusual))
  t.test(`${name}: right, and nothing else is said of it`, async t => {
    const settings = { only: delicate, transports: ['ws'], serve: { limits: lowLimits } } as const
    for (const { check, state, observed } of await judgeFault(fault, settings))
      t.match(state, /^(pass|not-observed)$/, `${check}: ${observed}`)
  })
